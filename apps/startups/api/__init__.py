"""The REST interface of startups."""
