"""What searchers keep for themselves: searches and their finds, messages, a watch-list, holds of capacity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from apps.accounts.cadences import Cadence
from apps.dealflow.models import (
    AlertHit,
    PipelineStage,
    SavedSearch,
    SearchSubscription,
    WatchlistEntry,
    WatchlistMove,
    WatchlistNote,
    WatchlistNoteText,
    WatchlistReminder,
)
from apps.dealflow.services.stages import stages_ensure
from apps.investors.models import CapacityHold
from apps.investors.services import versions_record
from apps.notifications.models import Digest, Mention, Notification, Preference
from apps.organisations.models import Organisation
from apps.startups.models import Capability, Firm, Listing, Raise
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.ids import uuid7

ALERT, REMINDER = "dealflow.alert", "dealflow.reminder"
LISTED = "startups.listing"
COLUMNS = {Firm: "firm", Capability: "capability", Raise: "raise_item"}
SEEN = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
TEXTS = ("drones", "makes drones", "stanag aster")
"""What is searched for under a name: words that everybody reads, and words that few do."""


def searches_of(of: Organisation, owner: Actor, colleague: Any, name: str) -> SavedSearch:
    """Searches of one person and of another, shared and not, what they found and who is told; returns the first."""
    made = []
    for place, (person, is_shared) in enumerate(((owner.user_id, False), (owner.user_id, True), (colleague, False))):
        search = SavedSearch.objects.create(
            organisation=of,
            owner_id=person,
            name=f"{name} search {place}",
            is_shared=is_shared,
            query={"text": TEXTS[place]},
            watched_since=SEEN,
        )
        AlertHit.objects.create(search=search, listing=uuid7(), is_told=True)
        made.append(search)
    for search, person in ((made[0], owner.user_id), (made[1], owner.user_id), (made[1], colleague)):
        SearchSubscription.objects.create(search=search, user_id=person, cadence=Cadence.DAILY, seen_at=SEEN)
    return made[0]


def messages_of(of: Organisation, owner: Actor, colleague: Any, search: SavedSearch) -> None:
    """Messages to two people, read and not, with what they want of such messages and a digest of each."""
    for person in (owner.user_id, colleague):
        for kind, read_at in ((ALERT, None), (ALERT, SEEN)):
            Notification.objects.create(
                user_id=person,
                organisation=of,
                kind=kind,
                cause=uuid7(),
                subject_id=search.pk,
                mail=Cadence.DAILY,
                read_at=read_at,
            )
        Preference.objects.get_or_create(user_id=person, kind=ALERT, defaults={"mail": Cadence.WEEKLY})
        period = utc_now() + dt.timedelta(days=Digest.objects.count())
        Digest.objects.create(user_id=person, organisation=of, cadence=Cadence.DAILY, period=period)
    mentioned(Notification.objects.filter(organisation=of, user=owner.user_id).order_by("pk")[0], [(of, uuid7())])


def mentioned(message: Notification, about: Iterable[tuple[Organisation, Any]]) -> None:
    """Listings that a message tells of, each with whose it is."""
    for organisation, listing in about:
        Mention.objects.create(notification=message, organisation=organisation, object_type=LISTED, object_id=listing)


def kept_by(of: Organisation, owner: Actor, colleague: Any, name: str) -> None:
    """Searches and messages of an organisation, with an owner and a colleague of its."""
    search = searches_of(of, owner, colleague, name)
    messages_of(of, owner, colleague, search)


def watches(fund: Any, owner: Actor, subjects: Iterable[Any], name: str) -> list[WatchlistEntry]:
    """Entries of a fund about firms, capabilities and raises, with what it writes about them."""
    stages_ensure(actor=owner)
    first, second = PipelineStage.objects.filter(organisation=fund.organisation).order_by("pk")[:2]
    PipelineStage.objects.get_or_create(
        organisation=fund.organisation, name="Once", position=99, defaults={"archived_at": SEEN}
    )
    made = []
    for place, subject in enumerate(subjects):
        column = COLUMNS[type(subject)]
        entry = WatchlistEntry.objects.create(
            organisation=fund.organisation,
            kind=column.removesuffix("_item"),
            stage=second,
            title=f"{name} {place}",
            assignee_id=owner.user_id,
            priority="high",
            tags=[name.lower()],
            follow_up_on=dt.date(2026, 3, 1),
            **{column: subject},
        )
        WatchlistMove.objects.create(entry=entry, to_stage=first, moved_by_id=owner.user_id, moved_at=SEEN)
        WatchlistMove.objects.create(
            entry=entry, from_stage=first, to_stage=second, moved_by_id=owner.user_id, moved_at=SEEN
        )
        note = WatchlistNote.objects.create(entry=entry, author_id=owner.user_id, text=f"{name} is dear.")
        WatchlistNoteText.objects.create(note=note, number=1, text=f"{name} is cheap.", written_at=SEEN)
        due = utc_now() + dt.timedelta(days=30)
        reminder = WatchlistReminder.objects.create(
            entry=entry, person_id=owner.user_id, set_by_id=owner.user_id, due_at=due, text=f"Call {name}."
        )
        if place == 0:
            Notification.objects.create(
                user_id=owner.user_id,
                organisation=fund.organisation,
                kind=REMINDER,
                cause=uuid7(),
                subject_id=reminder.pk,
                mail=Cadence.OFF,
            )
        made.append(entry)
    return made


def watched_of(firms: Iterable[Any]) -> list[Any]:
    """Of each firm itself, a capability or a raise, in turn; of hidden ones, too."""
    found: list[Any] = []
    for place, firm in enumerate(firms):
        rows = (firm, *firm.capabilities.order_by("id")[:1], *firm.raises.order_by("id")[:1])
        found.append(rows[place % 3])
    return found


def terms_of(fund: Any, owner: Actor, *, status: str = "reserved") -> None:
    """The versions of a fund's mandates, and what is held of their capacity."""
    mandates = list(fund.mandates.order_by("id"))
    versions_record(actor=owner, mandate_ids=[mandate.pk for mandate in mandates])
    for mandate in mandates:
        CapacityHold.objects.create(
            mandate=mandate,
            amount="7.00",
            currency="EUR",
            cause="dealrooms.term_sheet",
            cause_id=uuid7(),
            status=status,
        )


def alerted(world: Any) -> None:
    """Has every person who acts told of what it sees and of what it does not: of a listing of each firm."""
    firms = [item.firm for item in world.organisations.values() if hasattr(item, "firm")]
    for name, actor in world.actors.items():
        if actor.organisation_id is None:
            continue
        search = SavedSearch.objects.get(organisation=world[name], owner=actor.user_id, is_shared=False)
        message = Notification.objects.filter(organisation=world[name], user=actor.user_id, kind=ALERT).order_by("pk")[
            1
        ]
        listings = [Listing.objects.filter(firm=firm).order_by("pk").first() for firm in firms]
        mentioned(message, [(row.organisation, row.pk) for row in listings if row is not None])
        AlertHit.objects.bulk_create(
            AlertHit(search=search, listing=row.pk, is_told=True) for row in listings if row is not None
        )
