"""The corpus runs against the same market as the tests of leaks."""

from tests.leaks.conftest import _market, silent, unlimited, world

__all__ = ["_market", "silent", "unlimited", "world"]
