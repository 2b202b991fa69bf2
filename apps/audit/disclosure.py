"""What of a fact its reader may know: nothing of organisations that it does not see, no persons but its own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from apps.audit.selectors import PERSONAL
from apps.organisations.events import DISCLOSURE_READ
from apps.organisations.models import DisclosureGrant, Membership, Organisation
from apps.organisations.selectors import organisation_list
from apps.permissions import Kind
from kernel.access import Actor
from kernel.events import OWN
from kernel.models import Event

SYSTEM, OPERATOR, ORGANISATION, PERSON = "system", "operator", "organisation", "person"
"""Who acted, where no id says it."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_CUT: Final = object()


@dataclass(frozen=True, slots=True)
class Face:
    """A fact as its reader may know it; `hidden` names what is not shown at all."""

    id: UUID
    name: str
    at: dt.datetime
    actor: str
    organisation: UUID | None
    object_type: str
    object_id: UUID | None
    request_id: str
    data: Mapping[str, Any]
    hidden: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the reader knows of the ids in some facts: organisations that exist, that it sees, that it may name; the
    operators; its own people.
    """

    organisations: frozenset[UUID]
    seen: frozenset[UUID]
    named: frozenset[UUID]
    operators: frozenset[UUID]
    people: frozenset[UUID]


def faces(*, events: Sequence[Event], actor: Actor) -> list[Face]:
    """The facts of the trail of the actor's organisation as the actor may know them; two queries for any number."""
    known = known_of(ids=[found for event in events for found in _ids_of(event)], actor=actor)
    return [_face(event, actor, known) for event in events]


def known_of(*, ids: Iterable[UUID], actor: Actor) -> Known:
    """What the actor's organisation knows of these ids.

    It names those in the list of organisations and those it granted something, as long as it sees them; operators act
    as the platform and are not named.
    """
    wanted, own = set(ids), actor.organisation_id
    granted = DisclosureGrant.objects.filter(Q(subject_id=own), viewer_id=OuterRef("pk"), person=None)
    rows: list[Any] = list(
        Organisation.objects.filter(pk__in=wanted)
        .annotate(
            is_seen=Exists(Organisation.objects.visible_to(actor).filter(pk=OuterRef("pk"))),
            is_listed=Exists(organisation_list(actor=actor).filter(pk=OuterRef("pk"))),
            is_granted=Exists(granted),
        )
        .values_list("pk", "kind", "is_seen", "is_listed", "is_granted", named=True)
    )
    people = Membership.objects.filter(Q(organisation_id=own), user_id__in=wanted)
    operators = frozenset(row.pk for row in rows if row.kind == Kind.OPERATOR and row.pk != own)
    seen = frozenset(row.pk for row in rows if row.is_seen or row.pk == own)
    told = frozenset(row.pk for row in rows if row.is_listed or row.is_granted or row.pk == own)
    return Known(
        organisations=frozenset(row.pk for row in rows),
        seen=seen,
        named=(seen & told) - operators,
        operators=operators,
        people=frozenset(people.values_list("user_id", flat=True)),
    )


def _ids_of(event: Event) -> Iterator[UUID]:
    for found in (event.actor_organisation_id, event.organisation_id):
        if found is not None:
            yield found
    # Of a read only the organisations matter, and what is one's own is known: both may be many objects.
    others = {name: value for name, value in event.data.items() if name != OWN}
    data = event.data.get("subjects", []) if event.name == DISCLOSURE_READ else others
    for text in (event.actor, str(data)):
        yield from (UUID(found) for found in ID.findall(text))


def _face(event: Event, actor: Actor, known: Known) -> Face:
    is_own_act = event.actor_organisation_id == actor.organisation_id
    hidden = set() if is_own_act else {"request_id"}
    object_type, data = event.object_type, event.data
    object_id: UUID | None = event.object_id
    organisation = event.organisation_id if is_own_act else actor.organisation_id
    if organisation not in known.named | {None, actor.organisation_id}:
        hidden.add("organisation")
    if event.name == DISCLOSURE_READ:
        sole, data = _read(event, actor, known, is_own_act=is_own_act)
        object_type, object_id = (sole["type"], UUID(sole["id"])) if sole else ("", None)
    elif is_own_act:
        is_seen = organisation in known.seen | {None, actor.organisation_id}
        object_id = event.object_id if is_seen else None
        kept = known.named
        data = _cut(data, lambda found: is_seen and (found in kept or found not in known.organisations))
    else:
        kept = known.named | known.people
        own = {OWN: data[OWN]} if OWN in data and event.organisation_id == actor.organisation_id else {}
        data = {
            **_cut({name: value for name, value in data.items() if name != OWN}, lambda found: found in kept),
            **own,
        }
    if object_id is None:
        hidden |= {"object_type", "object_id"}
    return Face(
        id=event.pk,
        name=event.name,
        at=event.at,
        actor=_actor(event, actor, known),
        organisation=organisation,
        object_type=object_type,
        object_id=object_id,
        request_id=event.request_id,
        data=data,
        hidden=frozenset(hidden),
    )


def _actor(event: Event, actor: Actor, known: Known) -> str:
    """Persons and keys of one's own organisation by id, another organisation as such, the operators without an id."""
    organisation = event.actor_organisation_id
    if organisation == actor.organisation_id or event.actor == SYSTEM:
        return event.actor
    if organisation in known.operators:
        return OPERATOR
    if organisation is None or event.name in PERSONAL:
        kind, _, person = event.actor.partition(":")
        return event.actor if kind == "user" and UUID(person) in known.people else PERSON
    return f"{ORGANISATION}:{organisation}" if organisation in known.named else ORGANISATION


def _read(
    event: Event, actor: Actor, known: Known, *, is_own_act: bool
) -> tuple[Mapping[str, Any] | None, dict[str, Any]]:
    """The object of a read, if it was one, and the read's data: all that the reader still sees, or what is one's own.

    What else the reader saw in the same answer, and how deeply, is none of a subject's business.
    """
    objects = [
        item for item in event.data["objects"] if is_own_act or UUID(item["organisation"]) == actor.organisation_id
    ]
    seen = [item for item in objects if UUID(item["organisation"]) in known.seen]
    shown = [
        {name: value for name, value in item.items() if name != "organisation" or UUID(value) in known.named}
        for item in seen
    ]
    tier = max(item["tier"] for item in objects)
    sole = seen[0] if len(objects) == len(seen) == 1 else None
    return sole, {"operation": event.data["operation"], "tier": tier, "objects": shown}


def _cut(value: Any, may_show: Any) -> Any:
    """The value without the ids that may not be shown; a text that holds one goes as a whole."""
    if isinstance(value, Mapping):
        cut = {name: _cut(item, may_show) for name, item in value.items() if _is_open(name, may_show)}
        return {name: item for name, item in cut.items() if item is not _CUT}
    if isinstance(value, list):
        return [item for item in (_cut(item, may_show) for item in value) if item is not _CUT]
    return value if not isinstance(value, str) or _is_open(value, may_show) else _CUT


def _is_open(text: str, may_show: Any) -> bool:
    return all(may_show(UUID(found)) for found in ID.findall(text))
