"""The shapes of the deal flow in the REST interface."""
