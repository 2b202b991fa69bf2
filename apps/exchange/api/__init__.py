"""The REST interface of imports."""
