"""The audit trail in the REST interface."""
