"""Funds, levers and mandates in the REST interface."""
