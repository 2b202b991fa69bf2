"""Which fields a service may write."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def fields_require(*, values: Mapping[str, Any], names: Collection[str]) -> None:
    """Raises TypeError when `values` holds a field that is not among `names`."""
    stray = sorted(set(values) - set(names))
    if stray:
        raise TypeError(f"not to be written here: {', '.join(stray)}")
