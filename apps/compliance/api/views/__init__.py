"""Views of compliance."""
