"""Tables taken out: which rows and cells, how each cell is written, in which file."""
