"""Writes of compliance: ownership, watch-lists, screening, cases, permits."""
