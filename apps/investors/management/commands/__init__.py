"""Commands that load levers."""
