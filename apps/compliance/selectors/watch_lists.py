"""Watch-lists with the version in force and its age; versions; entries by their list's id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from apps.compliance.models import ListEntry, ListVersion, WatchList
from apps.compliance.states import ListVersionStatus
from kernel.access import Actor
from kernel.clock import utc_today


@dataclass(frozen=True, slots=True)
class Standing:
    """How old a list's version in force is. `age_days` is None while none is in force; then it is overdue."""

    code: str
    age_days: int | None
    is_overdue: bool


def with_versions(queryset: Any) -> Any:
    """The lists with their versions in force and open, in two queries."""
    shown = ListVersion.objects.filter(status__in=(*ListVersion.OPEN, ListVersionStatus.IN_FORCE))
    return queryset.prefetch_related(Prefetch("versions", queryset=shown, to_attr="live"))


def version_in_force(watch_list: WatchList) -> ListVersion | None:
    """The version in force of a list that came from `with_versions`."""
    live: Sequence[ListVersion] = watch_list.live  # type: ignore[attr-defined]
    return next((version for version in live if version.status == ListVersionStatus.IN_FORCE), None)


def version_open(watch_list: WatchList) -> ListVersion | None:
    """The version being read or waiting of a list that came from `with_versions`."""
    live: Sequence[ListVersion] = watch_list.live  # type: ignore[attr-defined]
    return next((version for version in live if version.status in ListVersion.OPEN), None)


def age_of(version: ListVersion, *, today: dt.date) -> int:
    """The version's age in days since publication, since it came into force where that is not stated."""
    since = version.published_on or (version.loaded_at or version.received_at).date()
    return max(0, (today - since).days)


def standing_of(watch_list: WatchList, *, today: dt.date) -> Standing:
    """The standing of a list that came from `with_versions`."""
    version = version_in_force(watch_list)
    age = None if version is None else age_of(version, today=today)
    is_overdue = watch_list.is_expected and (age is None or age > watch_list.expected_days)
    return Standing(watch_list.code, age, is_overdue)


def standings(*, today: dt.date | None = None) -> list[Standing]:
    """All lists by code."""
    lists = with_versions(WatchList.objects.order_by("code"))
    return [standing_of(watch_list, today=today or utc_today()) for watch_list in lists]


def version_list(*, actor: Actor, watch_list: WatchList) -> QuerySet[Any]:
    """The versions of a list that the actor sees."""
    return ListVersion.objects.visible_to(actor).filter(watch_list=watch_list)


def entry_list(*, watch_list: WatchList) -> QuerySet[Any]:
    """The entries that a list has or had: of versions that came into force."""
    return ListEntry.objects.filter(watch_list=watch_list, first_version__loaded_at__isnull=False)
