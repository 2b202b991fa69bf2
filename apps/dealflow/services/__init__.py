"""What searchers keep for themselves, written."""
