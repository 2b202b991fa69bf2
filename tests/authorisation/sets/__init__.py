"""The scenes of the matrix, one module per app or noun."""

from tests.authorisation.sets import (
    cases,
    disclosure,
    documents,
    exchange,
    investors,
    kernel,
    matching,
    members,
    organisations,
    ownership,
    permits,
    screening,
    startups,
    watch_lists,
)

__all__ = [
    "cases",
    "disclosure",
    "documents",
    "exchange",
    "investors",
    "kernel",
    "matching",
    "members",
    "organisations",
    "ownership",
    "permits",
    "screening",
    "startups",
    "watch_lists",
]
