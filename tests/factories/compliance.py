"""Lists in force with entries, what is screened, parties and who owns whom, for tests."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import factory

from apps.compliance.models import ListEntry, ListName, ListVersion, OwnershipStatement, Party, Screening, WatchList
from apps.compliance.selectors.candidates import keys_of
from apps.compliance.services.parties import party_of
from apps.compliance.states import EntryKind, ListFormat, ListVersionStatus, NameQuality, ScreeningResult
from apps.organisations.models import Organisation
from apps.organisations.states import Basis
from kernel.clock import utc_now


def watch_list_made(code: str = "eu", **values: Any) -> WatchList:
    """A list that is expected weekly."""
    defaults = {
        "title": f"List {code}",
        "publisher": "A publisher",
        "source_url": "https://lists.example.org/",
        "format": ListFormat.FTM,
        "expected_days": 7,
        "source_date": dt.date(2026, 1, 1),
        **values,
    }
    return WatchList.objects.get_or_create(code=code, defaults=defaults)[0]


def list_version_made(code: str = "eu", **values: Any) -> ListVersion:
    """A new version of the list in force instead of the one before; entries stay as they are."""
    watch_list = watch_list_made(code)
    ListVersion.objects.filter(watch_list=watch_list, status=ListVersionStatus.IN_FORCE).update(
        status=ListVersionStatus.SUPERSEDED
    )
    count = ListVersion.objects.filter(watch_list=watch_list).count()
    defaults = {
        "sha256": hashlib.sha256(f"{code}-{count}".encode()).hexdigest(),
        "size": 1,
        "published_on": utc_now().date(),
        "loaded_at": utc_now(),
        "status": ListVersionStatus.IN_FORCE,
        **values,
    }
    return ListVersion.objects.create(watch_list=watch_list, **defaults)


def entry_made(version: ListVersion, *names: str, kind: str = EntryKind.PERSON, **values: Any) -> ListEntry:
    """An entry that this version brought, with its names and keys."""
    content: Mapping[str, Any] = {
        "source_id": f"{version.watch_list.code}-{names[0]}",
        "kind": kind,
        "names": list(names),
        "countries": [],
        "birth_dates": [],
        "birth_places": [],
        "registration_dates": [],
        "identifiers": [],
        "programmes": [],
        **values,
    }
    digest = hashlib.sha256(repr(sorted(content.items())).encode()).digest()[:16]
    qualities = _qualities(names)
    entry = ListEntry.objects.create(
        watch_list=version.watch_list, first_version=version, digest=digest, name_qualities=qualities, **content
    )
    side = "person" if kind == EntryKind.PERSON else "entity"
    ListName.objects.bulk_create(
        ListName(
            entry=entry,
            name=name,
            quality=quality,
            keys=keys_of(kind=side, names=[name], identifiers=() if place else content["identifiers"]),
        )
        for place, (name, quality) in enumerate(zip(names, qualities, strict=True))
    )
    return entry


def entry_removed(entry: ListEntry, version: ListVersion) -> ListEntry:
    """The entry taken out by this version."""
    entry.removed_version = version
    entry.save(update_fields=["removed_version"])
    return entry


def imported_clear(organisation: Organisation) -> Screening:
    """The word of an operator's import."""
    return Screening.objects.create(organisation=organisation, result=ScreeningResult.CLEAR, basis=Basis.IMPORT)


def _qualities(names: Sequence[str]) -> list[str]:
    return [NameQuality.ALIAS if place else NameQuality.PRIMARY for place in range(len(names))]


class PartyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Party

    kind = "person"
    legal_name = factory.Sequence(lambda n: f"Party {n}")


def party_for(one: Organisation | Party | None, name: str = "", kind: str = "entity") -> Party:
    """The party of an organisation, a party itself, or a new one with a name."""
    if isinstance(one, Organisation):
        return party_of(organisation_id=one.pk)
    return one if one is not None else PartyFactory(legal_name=name or "Somebody", kind=kind)


def owns(
    owner: Organisation | Party | None,
    owned: Organisation | Party,
    *,
    name: str = "",
    kind: str = "person",
    share: object = None,
    **values: object,
) -> OwnershipStatement:
    """A statement that an organisation, a party or somebody with a name owns an organisation or a party."""
    if share is not None:
        values = {"share_min": Decimal(str(share)), "share_max": Decimal(str(share)), **values}
    party = party_for(owned)
    values.setdefault("stated_by", party.organisation or party.stated_by)
    return OwnershipStatement.objects.create(owner=party_for(owner, name, kind), owned=party, **values)
