"""Funds and what they will do: mandates, and the levers behind their offers."""
