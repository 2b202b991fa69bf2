"""The views of matching."""
