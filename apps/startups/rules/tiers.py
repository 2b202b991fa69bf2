"""The tier that what is attached gives to a capability or a year's figures."""

from __future__ import annotations

SELF_DECLARED, DOCUMENTED, ATTESTED, REGISTERED = "E0", "E1", "E2", "E3"
"""Best last; a higher tier sorts behind a lower one as text."""


def figures_tier(*, given: str, has_document: bool) -> str:
    """The tier of a year's figures: `given` by an operator's import (empty: not), or E1 with a clean document."""
    return max(given, DOCUMENTED if has_document else SELF_DECLARED)


def capability_tier(*, given: str, has_document: bool, has_codification: bool, best_event: str | None) -> str:
    """The tier of a capability: the best that any of its evidence reaches, E0 where there is none.

    `has_document`: a clean document is attached; `has_codification`: an officer found a codification number in its
    registry; `best_event`: the best tier of the events that stand in its log, None where none counts.
    """
    reached = [given, SELF_DECLARED]
    if has_document:
        reached.append(DOCUMENTED)
    if has_codification:
        reached.append(REGISTERED)
    if best_event is not None:
        reached.append(best_event)
    return max(reached)
