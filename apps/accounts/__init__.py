"""People: who signs in. What they may do stands in `organisations`."""
