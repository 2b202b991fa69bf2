"""Firms and what they can do: capabilities, bills of materials, development events, speed, raises."""
