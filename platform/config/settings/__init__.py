"""Settings, one module per concern."""
