"""How long each phase of a run took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of a run; `seconds` is None before it begins, and goes on counting until it ends."""

    name: str
    seconds: float | None


def phases(
    *, names: Sequence[str], opened: Sequence[dt.datetime | None], ended: dt.datetime | None, now: dt.datetime
) -> tuple[Phase, ...]:
    """The phases in their order, each from its own opening to that of the next one, the last to `ended` or `now`.

    `opened[k]` is when phase `k` opened, None where it has not, or where there was nothing to do in it: then it took no
    time, if a later one has opened.
    """
    following: dt.datetime | None = None
    found: list[Phase] = []
    for name, start in reversed(list(zip(names, opened, strict=True))):
        if start is None:
            found.append(Phase(name, None if following is None else 0.0))
            continue
        stop = following or ended or now
        found.append(Phase(name, max(0.0, round((stop - start).total_seconds(), 3))))
        following = start
    return tuple(reversed(found))
