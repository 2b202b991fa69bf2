"""Bands of the foreign share: which published bands lie within those that are asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from itertools import pairwise


def share_labels(*, edges: Sequence[Decimal]) -> tuple[str, ...]:
    """The single bands between 0 and 1, such as `0-0.1`; `edges` are the inner ones, rising."""
    bounds = ("0", *(str(edge) for edge in edges), "1")
    return tuple(f"{lower}-{upper}" for lower, upper in pairwise(bounds))


def labels_within(*, chosen: Collection[str], edges: Sequence[Decimal]) -> list[str]:
    """The published bands that lie within the chosen single ones: a firm's own may span several of them."""
    singles = share_labels(edges=edges)
    found = []
    for first, lower in enumerate(singles):
        for upper in singles[first:]:
            if upper not in chosen or lower not in chosen:
                break
            found.append(f"{lower.split('-')[0]}-{upper.split('-')[1]}")
    return found
