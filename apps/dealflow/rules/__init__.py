"""Pure decisions of the deal flow: queries, words, comparisons."""
