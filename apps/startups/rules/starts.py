"""What a start consists of, and what of it is missing."""

from __future__ import annotations

from collections.abc import Mapping

START_FIELDS = ("area", "title", "maturity", "trl", "staff", "amount", "instruments", "stage")
"""The eight fields, in the order in which they are asked for."""


def start_missing(*, stated: Mapping[str, object]) -> list[str]:
    """Those of the fields that are not filled in, in their order. A staff of zero is one."""
    return [name for name in START_FIELDS if stated.get(name) in (None, "", [])]
