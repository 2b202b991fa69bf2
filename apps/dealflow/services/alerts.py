"""Finding what watched searches find anew, and telling it once.

A search has found a listing when there is an `AlertHit`. It is written in one transaction with the fact that tells of
it, and with the delivery of the fact that led there: a process may die at any instant and a delivery may come twice,
there is one row and one fact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from apps.accounts.cadences import Cadence
from apps.dealflow import events
from apps.dealflow.models import AlertHit, SavedSearch, SearchSubscription
from apps.dealflow.rules.alerts import MOST_KNOWN, may_find
from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors.listings import deal_flow_hits
from apps.dealflow.selectors.saved_searches import saved_search_finds, viewer_of
from apps.startups.models import Listing
from apps.startups.states import ListingKind
from kernel.access import Actor
from kernel.bulk_events import publish_many
from kernel.errors import Invalid
from kernel.ids import uuid7
from kernel.job_kinds import Planned
from kernel.jobs import job_enqueue
from kernel.models import Event, Job

KIND = "dealflow.alerts"
TOUCHED = "exchange.import.touched"
LISTED = "startups.listing"
AT_ONCE = 200
"""Listings that one fact is followed for at once; more of them are a job."""
LISTINGS_PER_CHUNK = 200
SEARCHES_PER_QUERY = 40
"""Searches that are asked in one statement, each for a few listings."""
FOUND = """
INSERT INTO dealflow_alerthit (id, search_id, listing, is_told)
SELECT * FROM unnest(%(id)s::uuid[], %(search)s::uuid[], %(listing)s::uuid[], %(is_told)s::boolean[])
ON CONFLICT (search_id, listing) DO NOTHING
RETURNING search_id, listing, is_told
"""

Hits = Mapping[UUID, Collection[UUID]]
"""What searches found: ids of listings by the id of the search."""


class SearchTooBroad(Invalid):
    """The search finds too much to be told of what is new. Narrow it."""


@transaction.atomic
def alerts_follow(*, organisation_id: UUID, viewer_id: UUID | None = None) -> int:
    """Tell the people whose watched searches find a listing of the organisation for the first time; returns of how many
    finds. With `viewer_id` only that organisation's searches are asked. More listings than a few are left to a job.
    """
    listings = list(Listing.objects.filter(organisation_id=organisation_id).order_by("pk")[: AT_ONCE + 1])
    searches = _watched() if viewer_id is None else _watched().filter(organisation_id=viewer_id)
    if not listings or not searches.exists():
        return 0
    if len(listings) > AT_ONCE:
        payload = {"organisations": [str(organisation_id)]} | ({"viewer": str(viewer_id)} if viewer_id else {})
        job_enqueue(kind=KIND, actor=Actor.system(), payload=payload, organisation_id=organisation_id)
        return 0
    return hits_tell(hits=hits_find(listings=listings, searches=searches))


@transaction.atomic
def alerts_import_follow(*, import_id: UUID) -> Job | None:
    """Queue the following of all listings of organisations that an import touched; once for each import. None where
    nobody watches.
    """
    if not _watched().exists():
        return None
    asked = {"import": str(import_id)}
    present = Job.objects.filter(kind=KIND, payload=asked).order_by("pk").first()
    return present or job_enqueue(kind=KIND, actor=Actor.system(), payload=asked)


def alerts_chunks(*, job_id: UUID) -> list[Planned]:
    """The parts of a job: the listings that it follows, some at a time."""
    asked = Job.objects.values_list("payload", flat=True).get(pk=job_id)
    if "import" in asked:
        touched = Event.objects.filter(name=TOUCHED, data__import=asked["import"]).values("organisation_id")
        rows = Listing.objects.filter(organisation_id__in=touched)
    else:
        rows = Listing.objects.filter(organisation_id__in=asked["organisations"])
    ids = [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    shared = {"viewer": asked["viewer"]} if "viewer" in asked else {}
    portions = [ids[start : start + LISTINGS_PER_CHUNK] for start in range(0, len(ids), LISTINGS_PER_CHUNK)]
    return [Planned({"listings": portion, **shared}, len(portion)) for portion in portions]


def alerts_chunk_work(*, payload: Mapping[str, Any], check: Callable[[], None]) -> Callable[[], dict[str, int]]:
    """Ask the watched searches for the listings of a chunk; returns what tells of the finds."""
    listings = list(Listing.objects.filter(pk__in=payload["listings"]).order_by("pk"))
    searches = _watched().filter(Q(organisation_id=payload["viewer"]) if "viewer" in payload else Q())
    hits = hits_find(listings=listings, searches=searches, check=check)
    return lambda: {"alerts": hits_tell(hits=hits)}


def hits_find(
    *,
    listings: Sequence[Listing],
    searches: QuerySet[SavedSearch],
    check: Callable[[], None] = lambda: None,
) -> Hits:
    """Which of the searches find which of the listings now, as the search's own organisation sees them, besides what
    they have found before and what the organisation lists itself.

    Three statements, and one more for every few searches that the listings' plain facts do not rule out.
    """
    known: defaultdict[UUID, set[UUID]] = defaultdict(set)
    rows = AlertHit.objects.filter(listing__in=[listing.pk for listing in listings])
    for search_id, listing in rows.values_list("search_id", "listing"):
        known[search_id].add(listing)
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    asked = []
    for search in searches.select_related("organisation").order_by("pk").iterator(chunk_size=1_000):
        query = DealFlowQuery.from_json(search.query)
        wanted = [
            listing.pk
            for listing in listings
            if listing.organisation_id != search.organisation_id
            and listing.pk not in known[search.pk]
            and may_find(query=query, listing=listing)
        ]
        if wanted:
            asked.append(saved_search_finds(search=search, query=query, listing_ids=wanted))
    for start in range(0, len(asked), SEARCHES_PER_QUERY):
        check()
        first, *others = asked[start : start + SEARCHES_PER_QUERY]
        for search_id, listing in first.union(*others, all=True) if others else first:
            found[search_id].add(listing)
    return found


@transaction.atomic
def hits_tell(*, hits: Hits) -> int:
    """Note the finds and publish, for each search with new ones, the fact that its subscribers are told of; returns how
    many finds were new.
    """
    new = _record(hits, is_told=True)
    searches = {row.pk: row for row in SavedSearch.objects.filter(pk__in=new)}
    people: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    for row in SearchSubscription.objects.filter(search_id__in=new).exclude(cadence=Cadence.OFF):
        people[row.search_id][str(row.user_id)] = row.cadence
    owners = dict(
        Listing.objects.filter(pk__in={pk for found in new.values() for pk in found}).values_list(
            "pk", "organisation_id"
        )
    )
    told = [search for pk, search in sorted(searches.items()) if people[pk]]
    publish_many(
        events.ALERT_RAISED,
        actor=Actor.system(),
        subjects=[(SavedSearch._meta.label_lower, search.pk, search.organisation_id) for search in told],
        data=[
            {
                "people": people[search.pk],
                "about": [
                    {"organisation": str(owners[pk]), "type": LISTED, "id": str(pk)}
                    for pk in sorted(new[search.pk])
                    if pk in owners
                ],
            }
            for search in told
        ],
    )
    return sum(len(found) for found in new.values())


@transaction.atomic
def baseline_record(*, search: SavedSearch) -> int:
    """Note what the search finds now as known, so that only what comes is told; returns how much was not known yet.
    Raises SearchTooBroad where it finds more than is kept.
    """
    query = DealFlowQuery.from_json(search.query)
    rows = deal_flow_hits(actor=viewer_of(search), query=query, is_strict=True)
    found = list(rows.values_list("pk", flat=True)[: MOST_KNOWN + 1])
    if len(found) > MOST_KNOWN:
        raise SearchTooBroad
    return len(_record({search.pk: found}, is_told=False).get(search.pk, ()))


@transaction.atomic
def baselines_renew(*, organisation_id: UUID) -> int:
    """Note again what the organisation's watched searches find, after all at once became visible to it: it is told of
    what comes, not of everything there is. Returns for how many searches.
    """
    searches = list(_watched().filter(organisation_id=organisation_id).select_related("organisation"))
    for search in searches:
        try:
            baseline_record(search=search)
        except SearchTooBroad:
            search.subscriptions.update(cadence=Cadence.OFF)
            SavedSearch.objects.filter(pk=search.pk).update(watched_since=None)
    return len(searches)


def _watched() -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(watched_since__isnull=False)


def _record(hits: Hits, *, is_told: bool) -> dict[UUID, set[UUID]]:
    """Write what is not yet known; returns that. A raise's lead capability counts as known with it: when the raise
    ends and the capability is listed in its place, that is nothing new.
    """
    wanted = {pk for found in hits.values() for pk in found}
    leads = dict(
        Listing.objects.filter(pk__in=wanted, kind=ListingKind.RAISE, capability__isnull=False).values_list(
            "pk", "capability_id"
        )
    )
    rows = sorted(_rows(hits, leads, is_told=is_told))
    new: defaultdict[UUID, set[UUID]] = defaultdict(set)
    if not rows:
        return new
    values: dict[str, list[Any]] = {
        "id": [uuid7() for _ in rows],
        "search": [search for search, _, _ in rows],
        "listing": [listing for _, listing, _ in rows],
        "is_told": [told for _, _, told in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(FOUND, values)
        for search_id, listing, told in cursor.fetchall():
            if told == is_told:
                new[search_id].add(listing)
    return new


def _rows(hits: Hits, leads: Mapping[UUID, UUID | None], *, is_told: bool) -> Iterator[tuple[UUID, UUID, bool]]:
    for search_id, found in hits.items():
        silent = {lead for pk in found if (lead := leads.get(pk)) is not None} - set(found)
        yield from ((search_id, pk, is_told) for pk in set(found))
        yield from ((search_id, lead, False) for lead in silent)
