"""The REST interface of organisations, members and keys."""
