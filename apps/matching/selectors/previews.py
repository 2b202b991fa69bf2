"""Reads of previews and unlocks, with the counterparts that the reader may see now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.investors.models import Mandate
from apps.matching.models import MatchPreview
from apps.matching.selectors.matches import FEATURES, SHOWN, Match, missing_told
from apps.matching.states import PreviewPurpose, PreviewStatus, Section, Side
from apps.startups.models import Raise
from kernel.access import Actor
from kernel.job_states import JobStatus

TOP = 10
"""Of how many of the best lines a preview tells what each trial does to their score."""
FEWEST = 3
"""What would open fewer counterparts than these is not told."""


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """What a trial does to the score of a counterpart; `score` is None where a gate would fail."""

    counterpart: UUID
    before: int
    score: int | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A single change of the terms and what it would do."""

    code: str
    gate: str
    field: str
    to: str
    entering: Mapping[str, int | None]
    leaving: Mapping[str, int | None]
    top: tuple[ScoreChange, ...]


@dataclass(frozen=True, slots=True)
class Previewed:
    """What came of a preview, as its owner may see it now."""

    preview: MatchPreview
    status: str
    ranked: tuple[Match, ...] = ()
    needs_data: tuple[Match, ...] = ()
    counts: Mapping[str, Any] | None = None
    missing: tuple[Mapping[str, Any], ...] = ()
    changes: tuple[Tried, ...] = ()


@dataclass(frozen=True, slots=True)
class Unlock:
    """Something of one's own that would open more: a fact that is missing, or a limit that narrowly fails."""

    kind: str
    item: str
    gate: str
    to: str
    opens: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class UnlocksShown:
    """What would open more, with whether it is worked out yet."""

    preview: MatchPreview
    status: str
    unlocks: tuple[Unlock, ...]


def unlocks_shown(*, preview: MatchPreview) -> UnlocksShown:
    """What is known of it so far."""
    return UnlocksShown(preview, status_of(preview), tuple(unlocks_read(preview=preview)))


def preview_list(*, actor: Actor) -> QuerySet[MatchPreview]:
    """The actor's organisation's previews with their jobs and runs."""
    return (
        MatchPreview.objects.visible_to(actor)
        .filter(purpose=PreviewPurpose.PREVIEW)
        .select_related("job", "run")
        .defer("run__mandate_versions", "run__raise_versions", "run__extra_areas")
    )


def status_of(preview: MatchPreview) -> str:
    """Whether it waits, is done, or was given up."""
    if preview.result is not None:
        return PreviewStatus.DONE
    job = preview.job
    ended = job is None or job.status in {JobStatus.FAILED, JobStatus.PARTIAL, JobStatus.CANCELLED}
    return PreviewStatus.FAILED if ended else PreviewStatus.QUEUED


def preview_read(*, preview: MatchPreview, actor: Actor) -> Previewed:
    """A preview with what the actor may see of it now; one query for the counterparts."""
    result = preview.result
    if result is None:
        return Previewed(preview, status_of(preview))
    lines = result["sections"]
    visible = _visible(preview, actor, {line["counterpart"] for section in lines.values() for line in section})
    ranked = lines[Section.RANKED]
    top = [place for place, line in enumerate(ranked) if UUID(line["counterpart"]) in visible][:TOP]
    return Previewed(
        preview=preview,
        status=PreviewStatus.DONE,
        ranked=_matches(preview, Section.RANKED, ranked, visible),
        needs_data=_matches(preview, Section.NEEDS_DATA, lines[Section.NEEDS_DATA], visible),
        counts=result["counts"],
        missing=tuple(result["missing"]),
        changes=tuple(
            Tried(
                **{name: trial[name] for name in ("code", "gate", "field", "to")},
                entering=change["entering"],
                leaving=change["leaving"],
                top=tuple(
                    ScoreChange(UUID(ranked[place]["counterpart"]), ranked[place]["score"], change["scores"][place])
                    for place in top
                ),
            )
            for trial, change in zip(preview.asked["trials"], result["changes"], strict=True)
        ),
    )


def unlocks_read(*, preview: MatchPreview) -> list[Unlock]:
    """What would open most first; what would open fewer than three counterparts is left out."""
    if preview.result is None:
        return []
    found = [Unlock("missing", entry["item"], "", "", entry["alone"]) for entry in preview.result["missing"]]
    found += [
        Unlock("limit", trial["field"], trial["gate"], trial["to"], change["entering"])
        for trial, change in zip(preview.asked["trials"], preview.result["changes"], strict=True)
    ]
    told = [unlock for unlock in found if (unlock.opens["at_least"] or 0) >= FEWEST]
    return sorted(told, key=lambda unlock: (-(unlock.opens["at_least"] or 0), unlock.kind, unlock.item, unlock.to))


def _visible(preview: MatchPreview, actor: Actor, ids: set[str]) -> dict[UUID, Mandate | Raise]:
    rows: QuerySet[Any]
    if preview.side == Side.INVESTOR:
        rows = Raise.objects.visible_to(actor).select_related("firm__organisation", "lead_capability__area")
    else:
        rows = Mandate.objects.visible_to(actor).select_related("fund__organisation", "lever")
    return {row.pk: row for row in rows.filter(pk__in=ids)}


def _matches(
    preview: MatchPreview, section: str, lines: Sequence[Mapping[str, Any]], visible: Mapping[UUID, Mandate | Raise]
) -> tuple[Match, ...]:
    own = preview.owner_id or preview.pk
    found: list[Match] = []
    for line in lines:
        counterpart = visible.get(UUID(line["counterpart"]))
        if counterpart is None:
            continue
        pair = (own, counterpart.pk) if preview.side == Side.INVESTOR else (counterpart.pk, own)
        match = Match(
            mandate_id=pair[0],
            raise_id=pair[1],
            side=preview.side,
            section=section,
            rank=0,
            score=line["score"],
            score_mutual=line["score_mutual"],
            confidence=line["confidence"] / 1_000_000,
            contributions=dict(zip(FEATURES[preview.side], line["contributions"], strict=True)),
            missing=missing_told(line["missing"]),
            counterpart=counterpart,
        )
        found.append(replace(match, rank=len(found) + 1))
    return tuple(found[:SHOWN])
