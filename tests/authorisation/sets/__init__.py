"""The scenes of the matrix, one module per app or noun."""

from tests.authorisation.sets import (
    disclosure,
    exchange,
    investors,
    kernel,
    matching,
    members,
    organisations,
    startups,
)

__all__ = ["disclosure", "exchange", "investors", "kernel", "matching", "members", "organisations", "startups"]
