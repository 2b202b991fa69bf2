"""Reads of what changed between two generations: over all lists, for operators, and in one's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from apps.investors.models import Mandate
from apps.matching.models import MatchList, MatchRun, RunComparison
from apps.matching.rules.comparison import Cause, Change, Line, Move, OwnedMove, Tally, differences, list_moves
from apps.matching.selectors.matches import FEATURES, SEPARATOR, SHOWN
from apps.matching.selectors.pair_states import PairState, pair_states
from apps.matching.states import PreviewStatus, RunStatus, Side
from apps.startups.models import Raise
from kernel.access import Actor
from kernel.job_states import JobStatus

__all__ = ["SHOWN", "ListChange", "comparison_status", "list_changes", "run_before", "tally_json", "tally_read"]


@dataclass(frozen=True, slots=True)
class ListChange:
    """A change of an owner's own list and what it came from. `gates` are those that failed, where that is the cause."""

    mandate_id: UUID
    raise_id: UUID
    side: str
    move: Move
    cause: Cause
    gates: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.mandate_id}{SEPARATOR}{self.raise_id}"


def run_before(*, run: MatchRun) -> MatchRun | None:
    """The generation that readers saw before `run`, if its lists are still kept."""
    if run.published_at is None:
        return None
    found = (
        MatchRun.objects.filter(status=RunStatus.PUBLISHED, published_at__lt=run.published_at, is_shadow=False)
        .order_by("-published_at")
        .first()
    )
    return found if found is not None and found.lists.exists() else None


def comparison_status(comparison: RunComparison) -> str:
    """Whether a comparison is still worked out, done, or was given up."""
    job = comparison.job
    if job is None or (job.ended_at is not None and job.status != JobStatus.SUCCEEDED):
        return PreviewStatus.FAILED
    return PreviewStatus.QUEUED if job.ended_at is None else PreviewStatus.DONE


def list_changes(
    *, earlier: MatchRun, later: MatchRun, side: str, owner_id: UUID, section: str, actor: Actor
) -> list[ListChange]:
    """What changed on an owner's list between two generations, in the order of the later list, then those who left.

    Both lists as the owner would read them now: who is not visible to it stands in neither. A constant number of
    queries.
    """
    rows = {
        (row.run_id, row.section): row
        for row in MatchList.objects.filter(run__in=[earlier, later], side=side, owner_id=owner_id)
    }
    model: type[Mandate | Raise] = Raise if side == Side.INVESTOR else Mandate
    named = {pk for row in rows.values() for pk in row.counterpart_ids}
    visible = set(model.objects.visible_to(actor).filter(pk__in=named).values_list("pk", flat=True)) if named else set()
    lists = {key: _lines(row, visible) for key, row in rows.items()}
    moves = list_moves(
        before=lists.get((earlier.pk, section), ()), after=lists.get((later.pk, section), ()), shown=SHOWN
    )
    entered = [UUID(move.counterpart) for move in moves if move.from_score is None]
    left = [UUID(move.counterpart) for move in moves if move.to_score is None]
    states = {
        Change.ENTERED: pair_states(run=earlier, side=side, owner_id=owner_id, others=entered),
        Change.LEFT: pair_states(run=later, side=side, owner_id=owner_id, others=left),
    }
    present = {run.pk: _present(lists, run, section) for run in (earlier, later)}
    points = {
        (key[0], line.counterpart): line.points for key, lines in lists.items() if key[1] == section for line in lines
    }
    return [
        _change(move, side, owner_id, states.get(move.change, {}), present, points, (earlier.pk, later.pk))
        for move in moves
    ]


def _lines(row: MatchList, visible: set[UUID]) -> list[Line]:
    features = FEATURES[row.side]
    is_fund = row.side == Side.INVESTOR
    scores = row.score_investor if is_fund else row.score_startup
    points = row.contributions_investor if is_fund else row.contributions_startup
    width = len(features)
    return [
        Line(str(pk), scores[place], dict(zip(features, points[place * width : (place + 1) * width], strict=True)))
        for place, pk in enumerate(row.counterpart_ids)
        if pk in visible
    ]


def _present(lists: Mapping[tuple[UUID, str], Sequence[Line]], run: MatchRun, section: str) -> set[str]:
    """Who stands in the run's other section."""
    return {
        line.counterpart
        for (run_id, name), lines in lists.items()
        if run_id == run.pk and name != section
        for line in lines
    }


def _change(
    move: Move,
    side: str,
    owner_id: UUID,
    states: Mapping[UUID, PairState],
    present: Mapping[UUID, set[str]],
    points: Mapping[tuple[UUID, str], Mapping[str, int]],
    runs: tuple[UUID, UUID],
) -> ListChange:
    other = UUID(move.counterpart)
    mandate_id, raise_id = (owner_id, other) if side == Side.INVESTOR else (other, owner_id)
    cause, gates = Cause.SCORE, tuple[str, ...]()
    if move.from_score is None or move.to_score is None:
        state = states.get(other)
        there = runs[0] if move.from_score is None else runs[1]
        cause, gates = _cause(state, move.counterpart in present[there])
        if cause is Cause.SCORE and state is not None:
            move = _scored(move, state, points, runs)
    return ListChange(mandate_id, raise_id, side, move, cause, gates)


def _cause(state: PairState | None, is_in_other_section: bool) -> tuple[Cause, tuple[str, ...]]:
    """Why a pair is not on the list of the generation that `state` is of."""
    if is_in_other_section:
        return Cause.DATA, ()
    if state is None or (state.is_failed and not state.gates):
        return Cause.UNAVAILABLE, ()
    if state.is_failed:
        return Cause.GATE, state.gates
    return (Cause.DATA if state.lacks_data else Cause.SCORE), ()


def _scored(
    move: Move,
    state: PairState,
    points: Mapping[tuple[UUID, str], Mapping[str, int]],
    runs: tuple[UUID, UUID],
) -> Move:
    """The move with the score and the points that the pair has where it is listed no more, or was not yet."""
    if move.from_score is None:
        known = points[runs[1], move.counterpart]
        return replace(move, from_score=state.score, because=differences(before=state.points, after=known))
    known = points[runs[0], move.counterpart]
    return replace(move, to_score=state.score, because=differences(before=known, after=state.points))


def tally_json(tally: Tally) -> dict[str, Any]:
    """A tally as JSON types."""
    return {
        "lists": tally.lists,
        "changed_lists": tally.changed_lists,
        "changes": dict(tally.changes),
        "points": dict(tally.points),
        "largest": [{"owner": item.owner, **asdict(item.move)} for item in tally.largest],
    }


def tally_read(value: Mapping[str, Any]) -> Tally:
    """The tally that `tally_json` wrote."""
    return Tally(
        lists=value["lists"],
        changed_lists=value["changed_lists"],
        changes=Counter(value["changes"]),
        points=Counter(value["points"]),
        largest=[_owned(item) for item in value["largest"]],
    )


def _owned(item: Mapping[str, Any]) -> OwnedMove:
    values = {name: item[name] for name in ("counterpart", "from_rank", "to_rank", "from_score", "to_score")}
    because = tuple((name, points) for name, points in item["because"])
    return OwnedMove(item["owner"], Move(**values, change=Change(item["change"]), because=because))
