"""Keeping searches: named, shared, watched, seen, deleted."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.accounts.cadences import Cadence
from apps.dealflow import events
from apps.dealflow.models import SavedSearch, SearchSubscription
from apps.dealflow.models.saved_searches import MAX_NAME
from apps.dealflow.rules.alerts import MOST_SEARCHES
from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.services.alerts import baseline_record
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours
from apps.organisations.services import organisation_lock
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish
from kernel.versions import version_save


class SavedSearchNotAcceptable(Invalid):
    """The saved search is not acceptable."""


class SavedSearchNameTaken(Conflict):
    """Another saved search of yours has this name."""


class TooManySavedSearches(Conflict):
    """Your organisation has as many saved searches as it may have. Delete one first."""


class NotYourSearch(Forbidden):
    """Only who made a saved search changes or deletes it; how often you are told of it is your own to say."""


@transaction.atomic
def saved_search_create(
    *, actor: Actor, name: str, query: DealFlowQuery, is_shared: bool = False, cadence: str = Cadence.OFF
) -> SavedSearch:
    """Keep a search; with a cadence its maker is told of what it finds from now on.

    A key keeps shared searches only, and is told of nothing. Raises NotYours, SavedSearchNotAcceptable,
    SavedSearchNameTaken, TooManySavedSearches and, from `alerts`, SearchTooBroad.
    """
    if actor.organisation_id is None:
        raise NotYours
    person = _person(actor)
    if person is None and not is_shared:
        raise _refused("/is_shared", "key_shares", "What a key keeps is shared.")
    if person is None and cadence != Cadence.OFF:
        raise _refused("/cadence", "person_needed", "A key is told of nothing.")
    organisation = organisation_lock(organisation_id=actor.organisation_id)
    if SavedSearch.objects.filter(organisation=organisation).count() >= MOST_SEARCHES:
        raise TooManySavedSearches
    search = SavedSearch(
        organisation=organisation,
        owner_id=person,
        name=_named(organisation, person, name),
        is_shared=is_shared,
        query=query.to_json(),
    )
    search.save(force_insert=True)
    publish(events.SAVED_SEARCH_CREATED, actor=actor, subject=search, data={"is_shared": is_shared})
    if person is not None:
        _subscribe(actor, search, person, cadence)
    return search


@transaction.atomic
def saved_search_update(*, actor: Actor, search: SavedSearch, **changes: Any) -> SavedSearch:
    """Change `name`, `query` or `is_shared`, which is its owner's right, or one's own `cadence`.

    A search that asks for something else knows its present results from now on. Once it is no longer shared, colleagues
    are told of it no more. Raises NotYourSearch, ChangedMeanwhile and what `saved_search_create` raises.
    """
    cadence = changes.pop("cadence", None)
    person = _person(actor)
    if cadence is not None and person is None:
        raise _refused("/cadence", "person_needed", "A key is told of nothing.")
    if changes:
        _change(actor, search, person, changes)
    if cadence is not None and person is not None:
        _subscribe(actor, search, person, cadence)
    return search


@transaction.atomic
def saved_search_delete(*, actor: Actor, search: SavedSearch) -> None:
    """Delete a search with what is known of it, for everybody it is shared with. Raises NotYourSearch."""
    _own_require(search, _person(actor))
    publish(events.SAVED_SEARCH_DELETED, actor=actor, subject=search)
    search.delete()


@transaction.atomic
def saved_search_seen(
    *, actor: Actor, search: SavedSearch, until: dt.datetime | None = None, now: dt.datetime | None = None
) -> SavedSearch:
    """Note that the actor has seen the results up to a moment, now if left out. Raises SavedSearchNotAcceptable for a
    key.
    """
    person = _person(actor)
    if person is None:
        raise _refused("", "person_needed", "A key sees nothing for anybody.")
    moment = now or utc_now()
    seen_at = moment if until is None else min(until, moment)
    SearchSubscription.objects.update_or_create(search=search, user_id=person, defaults={"seen_at": seen_at})
    return search


@transaction.atomic
def searches_release(*, user_id: UUID, organisation_id: UUID | None = None) -> int:
    """Let go of a person who left an organisation, or all of them: private searches go, shared ones stay without an
    owner, subscriptions end. Returns how many searches went.
    """
    own = SavedSearch.objects.filter(owner_id=user_id)
    subscriptions = SearchSubscription.objects.filter(user_id=user_id)
    if organisation_id is not None:
        own = own.filter(organisation_id=organisation_id)
        subscriptions = subscriptions.filter(search__organisation_id=organisation_id)
    touched = list(subscriptions.values_list("search_id", flat=True))
    subscriptions.delete()
    private = list(own.filter(is_shared=False))
    for search in private:
        publish(events.SAVED_SEARCH_DELETED, actor=Actor.system(), subject=search)
        search.delete()
    own.update(owner=None)
    for search in SavedSearch.objects.filter(pk__in=touched):
        _watch(search)
    return len(private)


@transaction.atomic
def searches_join(*, merged: Organisation, into: Organisation) -> None:
    """Bring the saved searches of an organisation to the one that it is merged into; one that has a name twice gets a
    number. What the other organisation's searches know, they know.
    """
    for search in SavedSearch.objects.filter(organisation=merged).order_by("pk"):
        taken = set(
            SavedSearch.objects.filter(organisation=into, owner_id=search.owner_id).values_list("name", flat=True)
        )
        number, name = 2, search.name
        while name in taken:
            suffix = f" ({number})"
            name, number = f"{search.name[: MAX_NAME - len(suffix)]}{suffix}", number + 1
        search.organisation, search.name = into, name
        search.save(update_fields=["organisation", "name"])


def _change(actor: Actor, search: SavedSearch, person: UUID | None, changes: dict[str, Any]) -> None:
    _own_require(search, person)
    organisation_lock(organisation_id=search.organisation_id)
    if "name" in changes:
        changes["name"] = _named(search.organisation, search.owner_id, changes["name"], besides=search)
    if "query" in changes:
        changes["query"] = changes["query"].to_json()
    if search.owner_id is None and changes.get("is_shared") is False:
        raise _refused("/is_shared", "ownerless", "A search that belongs to nobody stays shared.")
    changed = version_save(instance=search, changes=changes)
    if not changed:
        return
    publish(events.SAVED_SEARCH_UPDATED, actor=actor, subject=search, data={"fields": changed})
    if "is_shared" in changed and not search.is_shared:
        search.subscriptions.exclude(Q(user_id=search.owner_id)).delete()
        _watch(search)
    if "query" in changed and search.watched_since is not None:
        baseline_record(search=search)


def _subscribe(actor: Actor, search: SavedSearch, person: UUID, cadence: str) -> None:
    row, is_new = SearchSubscription.objects.get_or_create(search=search, user_id=person, defaults={"cadence": cadence})
    if cadence == (Cadence.OFF if is_new else row.cadence):
        return
    row.cadence = cadence
    row.save(update_fields=["cadence"])
    publish(events.SAVED_SEARCH_SUBSCRIBED, actor=actor, subject=search, data={"cadence": str(cadence)})
    _watch(search)


def _watch(search: SavedSearch) -> None:
    """Begin or end to watch the search, as somebody or nobody wants to be told."""
    locked = SavedSearch.objects.select_for_update(no_key=True, of=("self",)).get(pk=search.pk)
    is_wanted = search.subscriptions.exclude(cadence=Cadence.OFF).exists()
    if is_wanted == (locked.watched_since is not None):
        return
    search.watched_since = utc_now() if is_wanted else None
    search.save(update_fields=["watched_since"])
    if is_wanted:
        baseline_record(search=search)


def _named(organisation: Organisation, person: UUID | None, name: str, besides: SavedSearch | None = None) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise _refused("/name", "blank", "A saved search has a name.")
    same = SavedSearch.objects.filter(Q(owner_id=person), organisation=organisation, name=plain)
    if (same if besides is None else same.exclude(pk=besides.pk)).exists():
        raise SavedSearchNameTaken
    return plain


def _own_require(search: SavedSearch, person: UUID | None) -> None:
    if search.owner_id is not None and search.owner_id != person:
        raise NotYourSearch


def _person(actor: Actor) -> UUID | None:
    """The person who acts; none for a key, which is not the person who made it."""
    return None if actor.api_key_id is not None else actor.user_id


def _refused(pointer: str, code: str, detail: str) -> SavedSearchNotAcceptable:
    return SavedSearchNotAcceptable(errors=[FieldProblem(pointer, code, detail)])
