"""What an import did to each organisation: gathered object by object, told as one fact for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.exchange.events import IMPORT_TOUCHED
from apps.exchange.loading.targets import Target
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.bulk_events import publish_many
from kernel.events import OWN

MOST_IDS = 100
"""Of how many objects of a kind a fact gives the ids; its counts are of all."""

Owners = Mapping[UUID, Collection[UUID]]
"""Objects and the organisations whose they are."""


@dataclass(slots=True)
class Touched:
    """What was done to the objects of one kind of one organisation."""

    created: int = 0
    updated: int = 0
    fields: set[str] = field(default_factory=set)
    ids: list[UUID] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """What the fact tells: counts, the names of changed fields, ids of the first objects."""
        return {
            "created": self.created,
            "updated": self.updated,
            "fields": sorted(self.fields),
            "ids": [str(identifier) for identifier in self.ids],
        }


class Trail:
    """What an import did so far, by organisation and kind of object."""

    def __init__(self) -> None:
        self._found: defaultdict[UUID, dict[str, Touched]] = defaultdict(dict)

    def created(self, *, target: Target, ids: Collection[UUID]) -> None:
        """These objects are new."""
        for identifier, organisations in owners_of(target=target, ids=ids).items():
            for organisation in organisations:
                self._of(organisation, target, identifier).created += 1

    def updated(self, *, target: Target, fields: Mapping[UUID, Collection[str]], before: Owners) -> None:
        """These objects changed in these fields; whose they were `before` is told as well as whose they are."""
        after = owners_of(target=target, ids=fields.keys())
        for identifier, names in fields.items():
            for organisation in {*before.get(identifier, ()), *after.get(identifier, ())}:
                found = self._of(organisation, target, identifier)
                found.updated += 1
                found.fields.update(names)

    @property
    def organisations(self) -> list[UUID]:
        """All whose objects were touched."""
        return sorted(self._found)

    def of(self, *, target: Target) -> list[UUID]:
        """The organisations whose objects of this kind were touched."""
        return sorted(organisation for organisation, kinds in self._found.items() if target.name in kinds)

    def publish(self, *, import_id: UUID) -> None:
        """One fact for every organisation, in the trail of that organisation; inside the transaction of the load."""
        touched = sorted(self._found.items())
        publish_many(
            IMPORT_TOUCHED,
            actor=Actor.system(),
            subjects=[(Organisation._meta.label_lower, organisation, organisation) for organisation, _ in touched],
            data=[
                {"import": str(import_id), OWN: {name: item.as_json() for name, item in kinds.items()}}
                for _, kinds in touched
            ],
        )

    def _of(self, organisation: UUID, target: Target, identifier: UUID) -> Touched:
        found = self._found[organisation].setdefault(target.name, Touched())
        if len(found.ids) < MOST_IDS:
            found.ids.append(identifier)
        return found


def owners_of(*, target: Target, ids: Collection[UUID]) -> Owners:
    """The organisations whose the objects are; one query, none where there is nothing to ask."""
    if not ids or not target.owners:
        return {}
    rows = target.model._default_manager.filter(pk__in=list(ids)).values_list("pk", *target.owners)
    return {
        identifier: {organisation for organisation in organisations if organisation is not None}
        for identifier, *organisations in rows
    }
