"""What is known of organisations from screening, and the standing of the lists that it goes by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.compliance.models import Hit, ListVersion, Screening, ScreeningRun, ScreeningSubject, WatchList
from apps.compliance.rules.screening import list_state
from apps.compliance.selectors.subjects import subject_states
from apps.compliance.selectors.watch_lists import age_of, version_in_force, with_versions
from apps.compliance.states import Clearance, HitStatus, ListVersionStatus
from kernel.access import Actor


def is_cleared(*, organisation_id: UUID) -> Clearance:
    """The newest result of screening the organisation, its signatories and owners; unknown while there is none.

    `clear` becomes `review` as soon as somebody is stated whom the run has not compared, or not as stated now.
    """
    found = clearances(organisation_ids=[organisation_id])[organisation_id]
    if found != Clearance.CLEAR:
        return found
    query = Screening.objects.values_list("run__query", flat=True).get(organisation=organisation_id)
    if query is None:
        return found
    compared = {(item["key"], item["digest"]) for item in query}
    stated = {(state.key, state.digest) for state in subject_states(organisation_id=organisation_id)}
    return found if stated <= compared else Clearance.REVIEW


def clearances(*, organisation_ids: Collection[UUID]) -> dict[UUID, Clearance]:
    """`is_cleared` of each of the organisations, in one query, a moment after a change: once the subjects follow it."""
    changed = ScreeningSubject.objects.filter(
        screened=OuterRef("organisation"), is_current=True, changed_at__gt=OuterRef("run__started_at")
    )
    found = Screening.objects.filter(organisation__in=organisation_ids).annotate(is_behind=Exists(changed))
    known = {
        organisation_id: Clearance.REVIEW if is_behind and result == Clearance.CLEAR else Clearance(result)
        for organisation_id, result, is_behind in found.values_list("organisation_id", "result", "is_behind")
    }
    return {organisation_id: known.get(organisation_id, Clearance.UNKNOWN) for organisation_id in organisation_ids}


def lists_standing(*, now: dt.datetime) -> list[dict[str, Any]]:
    """Every list that is expected or in force: its version with hash and age in days, and how it stands, by code.

    The age counts from the day of publication, where that is stated, else from the loading.
    """
    in_force = ListVersion.objects.filter(status=ListVersionStatus.IN_FORCE).values("watch_list")
    shown = WatchList.objects.filter(Q(is_expected=True) | Q(pk__in=in_force)).order_by("code")
    return [_standing(item, version_in_force(item), now) for item in with_versions(shown)]


def has_list_in_force() -> bool:
    """Whether there is anything to screen against."""
    return ListVersion.objects.filter(status=ListVersionStatus.IN_FORCE).exists()


def run_list(*, actor: Actor) -> QuerySet[ScreeningRun]:
    """The runs that the actor sees, each with `is_pending`: whether a hit of it waits for a decision."""
    waiting = Hit.objects.filter(run=OuterRef("pk"), status=HitStatus.PENDING)
    return ScreeningRun.objects.visible_to(actor).annotate(is_pending=Exists(waiting))


def hit_list(*, actor: Actor) -> QuerySet[Hit]:
    """The hits that the actor sees, with subject and run."""
    return Hit.objects.visible_to(actor).select_related("subject", "run")


def _standing(item: WatchList, version: ListVersion | None, now: dt.datetime) -> dict[str, Any]:
    age = None if version is None else age_of(version, today=now.date())
    return {
        "code": item.code,
        "title": item.title,
        "state": list_state(age=age, expected_days=item.expected_days).value,
        "expected_days": item.expected_days,
        "age_days": age,
        "version": None if version is None else str(version.pk),
        "sha256": None if version is None else version.sha256,
        "published_on": None if version is None or version.published_on is None else version.published_on.isoformat(),
        "loaded_at": None if version is None or version.loaded_at is None else version.loaded_at.isoformat(),
    }


def newest_runs(*, organisation_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """The newest run of each of the organisations that has one."""
    rows = (
        ScreeningRun.objects.filter(screened__in=organisation_ids)
        .order_by("screened_id", "-id")
        .distinct("screened_id")
        .values_list("screened_id", "pk")
    )
    return dict(rows)
