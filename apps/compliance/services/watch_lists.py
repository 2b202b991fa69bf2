"""Watch-lists: registered, their files received, read, and brought into force or not."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction

from apps.compliance import events
from apps.compliance.models import ListFilePart, ListVersion, WatchList
from apps.compliance.readers.entries import Unreadable
from apps.compliance.readers.streams import LIMITS
from apps.compliance.services import list_loading as loading
from apps.compliance.services import list_parts
from apps.compliance.services.list_loading import Check, Read
from apps.compliance.services.list_parts import Portion
from apps.compliance.states import LIST_VERSION, ListVersionStatus
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.errors import Conflict, Invalid
from kernel.events import publish
from kernel.jobs import job_enqueue

LOAD, CLEAR = "compliance.list_load", "compliance.list_clear"
"""The kinds of jobs."""
DATA = Path(__file__).parent.parent / "data"
EXPECTED = DATA / "watch-lists.json"
SAMPLES = DATA / "lists"
"""Synthetic files, each named after its list's code."""
REMOVED_SHARE = 0.2
"""A version that takes out more than this share of the entries in force waits for a person's word."""


class ListFileUnacceptable(Invalid):
    """The file is empty or larger than a list may be."""


class PublishedInFuture(Invalid):
    """The day of publication is in the future."""


class VersionUnderWay(Conflict):
    """Another version of this list is being read or waits for a confirmation."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The version that a file stands for; `is_new` is False when that file was known already."""

    version: ListVersion
    is_new: bool


@transaction.atomic
def list_register() -> list[WatchList]:
    """Make the expected lists known, and their sources up to date: as the product's own file has them."""
    found = []
    for item in json.loads(EXPECTED.read_bytes())["lists"]:
        values = {name: value for name, value in item.items() if name != "code"}
        found.append(WatchList.objects.update_or_create(code=item["code"], defaults=values)[0])
    return found


def list_version_receive(
    *, actor: Actor, watch_list: WatchList, file: BinaryIO, published_on: dt.date | None = None
) -> Receipt:
    """Keep a list's file and queue its reading. A file that is in force, is being read or waits is not taken twice.

    Raises ListFileUnacceptable, PublishedInFuture (422) and VersionUnderWay (409).
    """
    if published_on is not None and published_on > utc_today():
        raise PublishedInFuture
    sha256, size = _digest(file)
    if not 0 < size <= LIMITS.packed:
        raise ListFileUnacceptable
    with transaction.atomic():
        WatchList.objects.select_for_update(no_key=True).get(pk=watch_list.pk)
        live = (*ListVersion.OPEN, ListVersionStatus.IN_FORCE)
        known = ListVersion.objects.filter(watch_list=watch_list, status__in=live)
        same = known.filter(sha256=sha256).first()
        if same is not None:
            return Receipt(same, is_new=False)
        if known.filter(status__in=ListVersion.OPEN).exists():
            raise VersionUnderWay
        version = ListVersion.objects.create(watch_list=watch_list, sha256=sha256, size=size, published_on=published_on)
        loading.file_store(version=version, file=file)
        data = {"watch_list": watch_list.code, "sha256": sha256, "size": size}
        publish(events.LIST_VERSION_RECEIVED, actor=actor, subject=version, data=data)
        version.job = job_enqueue(kind=LOAD, actor=actor, payload={"list_version": str(version.pk)})
        version.save(update_fields=["job"])
        return Receipt(version, is_new=True)


@transaction.atomic
def list_version_begin(*, version_id: UUID) -> None:
    """Prepare a received file for being read in parts, where it can be."""
    version = ListVersion.objects.select_related("watch_list").select_for_update(of=("self",)).get(pk=version_id)
    if version.status == ListVersionStatus.RECEIVED and list_parts.part_numbers(version=version):
        list_parts.departures_expect(version=version)


def list_version_parts(*, version_id: UUID) -> tuple[Sequence[int], bool]:
    """The parts that a received file is read in, none where it is read as a whole; whether its sender has dated it."""
    version = ListVersion.objects.select_related("watch_list").get(pk=version_id)
    if version.status != ListVersionStatus.RECEIVED:
        return (), False
    return list_parts.part_numbers(version=version), version.published_on is not None


def list_version_part_read(*, version_id: UUID, number: int, check: Check) -> Portion | None:
    """Read one part of a received file; None when it is no longer wanted."""
    version = ListVersion.objects.select_related("watch_list").get(pk=version_id)
    if version.status != ListVersionStatus.RECEIVED:
        return None
    return list_parts.part_read(version=version, number=number, today=utc_today(), check=check)


@transaction.atomic
def list_version_part_store(*, version_id: UUID, number: int, is_dated: bool, found: Portion | None) -> None:
    """Keep what a part holds."""
    version = ListVersion.objects.select_for_update().get(pk=version_id)
    if found is not None and version.status == ListVersionStatus.RECEIVED:
        list_parts.part_store(version=version, number=number, is_dated=is_dated, found=found)


@transaction.atomic
def list_version_sum(*, version_id: UUID) -> Mapping[str, int]:
    """Record what the parts amount to; nothing where the file was read as a whole."""
    version = ListVersion.objects.select_for_update().get(pk=version_id)
    if version.status != ListVersionStatus.RECEIVED or not ListFilePart.objects.filter(list_version=version).exists():
        return {}
    return list_version_read_finish(version_id=version_id, outcome=list_parts.parts_sum(version=version))


def list_version_read(*, version_id: UUID, check: Check) -> Read | Unreadable | None:
    """Read a received file into tables; what it holds, or why it is refused. None when it is no longer wanted."""
    version = ListVersion.objects.select_related("watch_list").get(pk=version_id)
    if version.status != ListVersionStatus.RECEIVED:
        return None
    try:
        return loading.version_read(version=version, today=utc_today(), check=check)
    except Unreadable as reason:
        return reason


@transaction.atomic
def list_version_read_finish(*, version_id: UUID, outcome: Read | Unreadable | None) -> Mapping[str, int]:
    """Record what the reading found; the file itself is no longer kept."""
    version = ListVersion.objects.select_for_update().get(pk=version_id)
    if outcome is None or version.status != ListVersionStatus.RECEIVED:
        return {}
    if isinstance(outcome, Unreadable):
        _refuse(version, code=outcome.code, text=str(outcome))
        return {"refused": 1}
    _drop_file(version)
    version.entries, version.added = outcome.entries, outcome.added
    version.changed, version.removed = outcome.changed, outcome.removed
    version.published_on = version.published_on or outcome.published_on
    version.save(update_fields=["entries", "added", "changed", "removed", "published_on"])
    return {"entries": outcome.entries, "added": outcome.added, "changed": outcome.changed, "removed": outcome.removed}


def list_version_ranges(*, version_id: UUID) -> Sequence[tuple[UUID, int]]:
    """The portions in which a version's names get their keys; none when it was refused."""
    is_wanted = ListVersion.objects.filter(pk=version_id, status=ListVersionStatus.RECEIVED).exists()
    return loading.key_ranges(version_id=version_id) if is_wanted else []


@transaction.atomic
def list_version_settle(*, version_id: UUID) -> Mapping[str, int]:
    """Bring a version that was read into force, or hold it where somebody should look first."""
    version = ListVersion.objects.select_for_update().get(pk=version_id)
    if version.status != ListVersionStatus.RECEIVED:
        return {}
    reasons = _doubts(version)
    if reasons:
        version.reasons = reasons
        version.save(update_fields=["reasons"])
        LIST_VERSION.fire("hold", instance=version, actor=Actor.system(), data=_told(version))
        return {"held": 1}
    _force(version, "bring_into_force", Actor.system())
    return {"in_force": 1}


@transaction.atomic
def list_version_confirm(*, version: ListVersion, actor: Actor) -> ListVersion:
    """Bring a version that waits into force all the same. Raises NotPermitted (403) and NotNow (409)."""
    return _force(version, "confirm", actor)


@transaction.atomic
def list_version_discard(*, version: ListVersion, actor: Actor) -> ListVersion:
    """Give a version that waits up. Raises NotPermitted (403) and NotNow (409)."""
    LIST_VERSION.fire("discard", instance=version, actor=actor, data=_told(version))
    _clear_later(version, actor)
    return version


@transaction.atomic
def list_version_abandon(*, job_id: UUID, code: str) -> None:
    """Refuse the version whose job was cancelled or failed."""
    for version in ListVersion.objects.filter(job_id=job_id, status=ListVersionStatus.RECEIVED):
        _refuse(version, code=code, text=f"The loading was {code}.")


def _force(version: ListVersion, transition: str, actor: Actor) -> ListVersion:
    WatchList.objects.select_for_update(no_key=True).get(pk=version.watch_list_id)
    before = ListVersion.objects.filter(watch_list=version.watch_list_id, status=ListVersionStatus.IN_FORCE).first()
    if before is not None and LIST_VERSION.permits(LIST_VERSION.by_name[transition], actor):
        LIST_VERSION.fire("supersede", instance=before, actor=Actor.system(), data={"by": str(version.pk)})
    LIST_VERSION.fire(transition, instance=version, actor=actor, data=_told(version))
    loading.departures_apply(version=version)
    version.loaded_at = utc_now()
    version.save(update_fields=["loaded_at"])
    return version


def _doubts(version: ListVersion) -> list[dict[str, str]]:
    """Why somebody should look before the version comes into force."""
    before = ListVersion.objects.filter(watch_list=version.watch_list_id, status=ListVersionStatus.IN_FORCE).first()
    if before is None:
        return []
    reasons = []
    if version.published_on and before.published_on and version.published_on < before.published_on:
        text = f"The file is of {version.published_on}, the one in force of {before.published_on}."
        reasons.append({"code": "older", "text": text})
    held, removed = before.entries or 0, version.removed or 0
    if removed > held * REMOVED_SHARE:
        text = f"{removed} of the {held} entries in force would go, more than {REMOVED_SHARE:.0%}."
        reasons.append({"code": "removes_many", "text": text})
    return reasons


def _refuse(version: ListVersion, *, code: str, text: str) -> None:
    _drop_file(version)
    version.reasons = [{"code": code, "text": text[:500]}]
    if version.removed is None:  # not read to its end: what some of its parts hold is no count of the file's
        version.entries = version.added = version.changed = None
    version.save(update_fields=["reasons", "entries", "added", "changed"])
    LIST_VERSION.fire("refuse", instance=version, actor=Actor.system(), data={**_told(version), "reason": code})
    _clear_later(version, Actor.system())


def _clear_later(version: ListVersion, actor: Actor) -> None:
    job_enqueue(kind=CLEAR, actor=actor, payload={"list_version": str(version.pk)})


def _drop_file(version: ListVersion) -> None:
    parts = ListFilePart.objects.filter(list_version=version)
    parts._raw_delete(parts.db)  # noqa: SLF001 - without loading the content that is dropped


def _told(version: ListVersion) -> dict[str, Any]:
    return {
        "watch_list": version.watch_list.code,
        "entries": version.entries,
        "added": version.added,
        "changed": version.changed,
        "removed": version.removed,
    }


def _digest(file: BinaryIO) -> tuple[str, int]:
    """The hash and the size of a file, read up to the limit; it stands at its beginning afterwards."""
    whole, size = hashlib.sha256(), 0
    while size <= LIMITS.packed and (piece := file.read(loading.PART)):
        whole.update(piece)
        size += len(piece)
    file.seek(0)
    return whole.hexdigest(), size
