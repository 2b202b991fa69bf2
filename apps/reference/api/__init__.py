"""The REST interface of reference."""
