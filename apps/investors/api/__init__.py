"""The REST interface of investors."""
