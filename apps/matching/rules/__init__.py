"""Pure decisions of matching."""
