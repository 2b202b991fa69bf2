"""What the tests of every app may use."""

from tests.transactions import committed, transactional_db

__all__ = ["committed", "transactional_db"]
