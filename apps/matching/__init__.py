"""Matching of mandates with raises: runs, matches, explanations, and the decision log of funds."""
