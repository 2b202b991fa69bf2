"""Reads of messages, with their words as far as the reader may know them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.cadences import Cadence
from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification, Preference
from apps.startups.labels import language_of
from kernel.access import Actor


@dataclass(frozen=True, slots=True)
class Face:
    """A message in words. `title` is one line; `link` is an address of this site."""

    title: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants of one kind of message; `is_default` where it never said so."""

    kind: str
    inbox: bool
    mail: Cadence
    is_default: bool


def notification_list(*, actor: Actor) -> QuerySet[Notification]:
    """The actor's inbox as a member of the organisation it acts for, the archive included."""
    return Notification.objects.visible_to(actor).filter(is_in_inbox=True, kind__in=KINDS)


def faces(*, rows: Sequence[Any], reader: Actor, language: str) -> Mapping[UUID, Face]:
    """The words of messages that are visible to the reader, by their ids; one query for each kind among them.

    What the reader may no longer know stands in none of them: names are looked up now, and only what is still seen is
    counted.
    """
    subjects: defaultdict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        subjects[row.kind].add(row.subject_id)
    values = {kind: KINDS[kind].values(found, reader) for kind, found in subjects.items()}
    return {row.pk: _face(row, values[row.kind].get(row.subject_id), language_of(language)) for row in rows}


def face_of(*, kind: str, subject_id: UUID, count: int, values: Mapping[str, str] | None, language: str) -> Face:
    """The words of one kind of message about one subject that tells of `count` things."""
    known = KINDS[kind]
    texts = known.texts[language]
    if values is None:
        return Face(texts.without, texts.without, known.home)
    places = {**values, "count": str(count), "subject": str(subject_id)}
    return Face(texts.title.format_map(places), texts.text.format_map(places), known.link.format_map(places))


def _face(row: Any, values: Mapping[str, str] | None, language: str) -> Face:
    return face_of(kind=row.kind, subject_id=row.subject_id, count=row.mentioned, values=values, language=language)


def wishes(*, user_id: UUID) -> Mapping[str, Wish]:
    """What the person wants of each kind; one query."""
    said = {row.kind: row for row in Preference.objects.filter(user_id=user_id)}
    return {
        name: Wish(name, said[name].inbox, Cadence(said[name].mail), is_default=False)
        if name in said
        else Wish(name, inbox=True, mail=kind.mail, is_default=True)
        for name, kind in KINDS.items()
    }
