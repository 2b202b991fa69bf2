"""Bringing checked rows into the database: what is known already, what refers to what, what is new or changed."""
