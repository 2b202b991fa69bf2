"""The REST interface of the deal flow."""
