"""Commands that load reference data."""
