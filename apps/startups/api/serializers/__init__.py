"""The shapes of the registry in the REST interface."""
