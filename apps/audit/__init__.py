"""The audit trail: what an organisation's own people did, and what others did with and read of what is its own."""
