"""What becomes of watch-lists when two entries of an organisation turn out to be one."""

from __future__ import annotations

from typing import Any

from apps.dealflow.models import (
    PipelineStage,
    WatchlistEntry,
    WatchlistMove,
    WatchlistNote,
    WatchlistReminder,
)
from apps.dealflow.selectors.watchlist import SUBJECTS
from apps.dealflow.states import SubjectKind
from apps.organisations.models import Organisation
from apps.startups.models import Firm

CARRIED: tuple[Any, ...] = (WatchlistMove, WatchlistNote, WatchlistReminder)


def fund_join(*, merged: Organisation, into: Organisation) -> None:
    """Bring stages and entries of a merged fund over: stages of one name are one, entries of one subject too."""
    known = {
        stage.name.casefold(): stage for stage in PipelineStage.objects.filter(organisation=into, archived_at=None)
    }
    last = max((stage.position for stage in known.values()), default=0)
    for stage in PipelineStage.objects.filter(organisation=merged).order_by("position", "pk"):
        same = known.get(stage.name.casefold())
        if same is None or stage.archived_at is not None:
            last += 1
            PipelineStage.objects.filter(pk=stage.pk).update(organisation=into, position=last)
            continue
        WatchlistEntry.objects.filter(stage=stage).update(stage=same)
        WatchlistMove.objects.filter(from_stage=stage).update(from_stage=same)
        WatchlistMove.objects.filter(to_stage=stage).update(to_stage=same)
        stage.delete()
    for column, _ in SUBJECTS.values():
        kept = dict(_own(into, column).values_list(column, "pk"))
        for entry in _own(merged, column):
            twin = kept.get(getattr(entry, f"{column}_id"))
            if twin is not None:
                _fold(entry, twin)
    WatchlistEntry.objects.filter(organisation=merged).update(organisation=into)


def firm_join(*, merged: Organisation, into: Organisation) -> None:
    """Let whoever watched the merged firm watch the other one, once."""
    firm, target = (Firm.objects.filter(organisation=organisation).first() for organisation in (merged, into))
    if firm is None or target is None:
        return
    watched = WatchlistEntry.objects.filter(kind=SubjectKind.FIRM)
    kept = dict(watched.filter(firm=target).values_list("organisation_id", "pk"))
    for entry in watched.filter(firm=firm, organisation__in=kept):
        _fold(entry, kept[entry.organisation_id])
    watched.filter(firm=firm).update(firm=target)


def _own(organisation: Organisation, column: str) -> Any:
    return WatchlistEntry.objects.filter(organisation=organisation).exclude(**{column: None})


def _fold(entry: WatchlistEntry, twin: Any) -> None:
    """Give what was written beside an entry to its twin; the entry goes."""
    for model in CARRIED:
        model.objects.filter(entry=entry).update(entry=twin)
    entry.delete()
