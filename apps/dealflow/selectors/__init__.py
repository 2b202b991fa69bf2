"""The search and what searchers keep, read."""
