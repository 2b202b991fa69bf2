"""Reads of scoring models: where each stands, how it was judged, and how its lists differ from those in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from django.db.models.functions import TruncQuarter
from numpy.typing import NDArray

from apps.matching.models import MatchList, MatchRun, ModelEvaluation, RegisteredModel
from apps.matching.states import RunStatus, Section, Side

TOPS = (10, 50)
QUARTERS = 8
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """How alike two runs' lists are, over the owners that have one in both; means over owners.

    `overlap`: for 10 and 50, the share of the shorter top that both tops hold. `rank_correlation`: Spearman's, over the
    counterparts that both lists name; None without a list of three. `entered` and `left` count pairs of the top 50.
    """

    side: str
    owners: int
    overlap: dict[int, float | None]
    rank_correlation: float | None
    entered: int
    left: int


def evaluation_list() -> QuerySet[ModelEvaluation]:
    """All evaluations."""
    return ModelEvaluation.objects.all()


def registered_of(*, name: str) -> RegisteredModel | None:
    """The row of a registered model; None for a packaged one."""
    return RegisteredModel.objects.filter(name=name).first()


def shadow_latest(*, model_id: str) -> MatchRun | None:
    """The newest shadow run of a model that came to its end."""
    runs = MatchRun.objects.filter(model_id=model_id, is_shadow=True, status=RunStatus.PUBLISHED)
    return runs.defer("mandate_versions", "raise_versions").order_by("-created_at").first()


def anchors() -> list[UUID]:
    """The first generation of each of the last eight quarters: what was chosen since is judged by its inputs."""
    published = MatchRun.objects.filter(status=RunStatus.PUBLISHED, is_shadow=False)
    quarters = published.annotate(quarter=TruncQuarter("published_at", tzinfo=dt.UTC))
    firsts = quarters.order_by("-quarter", "published_at").distinct("quarter")
    return [run.pk for run in firsts.only("pk")[:QUARTERS]]


def agreements(*, run_id: UUID, against_id: UUID) -> list[Agreement]:
    """How alike the ranked lists of two runs are, for each side. A query per 2,000 lists and run."""
    return [_agreement(run_id, against_id, side) for side in Side.values]


def _agreement(run: UUID, against: UUID, side: str) -> Agreement:
    owners: list[UUID] = list(_ranked(run, side).order_by("owner_id").values_list("owner_id", flat=True))
    shares: dict[int, list[float]] = {top: [] for top in TOPS}
    correlations: list[float] = []
    entered = left = compared = 0
    for first in range(0, len(owners), _BATCH):
        part = owners[first : first + _BATCH]
        mine, theirs = _lists(run, side, part), _lists(against, side, part)
        for owner in part:
            if owner not in theirs:
                continue
            compared += 1
            for top in TOPS:
                one, other = set(mine[owner][:top]), set(theirs[owner][:top])
                if one and other:
                    shares[top].append(len(one & other) / min(len(one), len(other)))
            one, other = set(mine[owner][: TOPS[-1]]), set(theirs[owner][: TOPS[-1]])
            entered, left = entered + len(one - other), left + len(other - one)
            found = _correlation(mine[owner], theirs[owner])
            if found is not None:
                correlations.append(found)
    return Agreement(
        side=side,
        owners=compared,
        overlap={top: _mean(values) for top, values in shares.items()},
        rank_correlation=_mean(correlations),
        entered=entered,
        left=left,
    )


def _ranked(run: UUID, side: str) -> QuerySet[MatchList]:
    return MatchList.objects.filter(run=run, side=side, section=Section.RANKED)


def _lists(run: UUID, side: str, owners: list[UUID]) -> dict[UUID, list[UUID]]:
    return dict(_ranked(run, side).filter(owner_id__in=owners).values_list("owner_id", "counterpart_ids"))


def _correlation(one: list[UUID], other: list[UUID]) -> float | None:
    """Spearman's rank correlation of the counterparts that both lists name; None for fewer than three."""
    places = {counterpart: place for place, counterpart in enumerate(other)}
    shared = np.array([places[counterpart] for counterpart in one if counterpart in places], np.int64)
    if len(shared) < 3:
        return None
    ranks: NDArray[np.int64] = np.argsort(np.argsort(shared))
    n = len(shared)
    apart = int(((ranks - np.arange(n)) ** 2).sum())
    return 1.0 - 6.0 * apart / (n * (n * n - 1))


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
