"""Reads of compliance, scoped to who asks."""
