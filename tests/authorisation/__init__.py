"""Who may do what: the operations, the generated matrix, the hand-written lists, and the mutations that judge them."""
