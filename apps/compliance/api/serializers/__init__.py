"""Shapes of compliance's answers and inputs."""
