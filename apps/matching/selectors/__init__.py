"""Reads of matching: what the engine is given, runs, and the lists of matches."""
