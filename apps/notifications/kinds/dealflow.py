"""Messages about saved searches and about what somebody wanted to be reminded of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.dealflow.models import WatchlistReminder
from apps.dealflow.selectors.saved_searches import saved_search_list
from apps.notifications.kinds.registry import MessageKind, Texts
from kernel.access import Actor


def search_names(subjects: Collection[UUID], reader: Actor) -> Mapping[UUID, Mapping[str, str]]:
    """The names of those saved searches that the reader has."""
    rows = saved_search_list(actor=reader).filter(pk__in=subjects)
    return {pk: {"name": " ".join(name.split())} for pk, name in rows.values_list("pk", "name")}


def reminded_of(subjects: Collection[UUID], reader: Actor) -> Mapping[UUID, Mapping[str, str]]:
    """What the reminders say that the reader's organisation has; the title of their entry where they say nothing."""
    rows: QuerySet[Any] = WatchlistReminder.objects.visible_to(reader).filter(pk__in=subjects).select_related("entry")
    said = {row.pk: (" ".join((row.text or row.entry.title).split()), str(row.entry_id)) for row in rows}
    return {pk: {"what": what, "entry": entry} for pk, (what, entry) in said.items() if what}


ALERT = MessageKind(
    name="dealflow.alert",
    event="dealflow.alert.raised",
    link="/api/v1/saved-searches/{subject}/results?new=true",
    home="/api/v1/saved-searches",
    values=search_names,
    removed="dealflow.saved_search.deleted",
    texts={
        "en": Texts(
            name="New results of saved searches",
            title="New results: {name}",
            text="Your saved search “{name}” has found something new. New results: {count}.",
            without="A saved search",
        ),
        "uk": Texts(
            name="Нові результати збережених пошуків",
            title="Нові результати: {name}",
            text="Ваш збережений пошук «{name}» знайшов щось нове. Нових результатів: {count}.",
            without="Збережений пошук",
        ),
    },
)
REMINDER = MessageKind(
    name="dealflow.reminder",
    event="dealflow.reminder.due",
    link="/api/v1/watchlist-entries/{entry}",
    home="/api/v1/watchlist-entries",
    values=reminded_of,
    texts={
        "en": Texts(
            name="Reminders of the watch-list",
            title="Reminder: {what}",
            text="You wanted to be reminded: {what}",
            without="A reminder of your watch-list",
        ),
        "uk": Texts(
            name="Нагадування зі списку спостереження",
            title="Нагадування: {what}",
            text="Ви просили нагадати: {what}",
            without="Нагадування зі списку спостереження",
        ),
    },
)
