"""The shapes of matching in the REST interface."""
