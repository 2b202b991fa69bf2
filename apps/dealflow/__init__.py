"""Deal flow: the search over open raises and published capabilities, and what a fund keeps beside it."""
