"""The views of the registry."""
