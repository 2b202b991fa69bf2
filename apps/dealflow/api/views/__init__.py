"""The views of the deal flow."""
