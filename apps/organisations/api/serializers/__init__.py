"""The shapes of organisations and what belongs to them in the REST interface, one module per noun."""
