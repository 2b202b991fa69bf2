"""Commands of imports and the demonstration."""
