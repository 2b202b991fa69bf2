"""Matching behind the REST API."""
