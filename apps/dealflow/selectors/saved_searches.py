"""Reads of saved searches and of what they find."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, UUIDField, Value

from apps.dealflow.models import AlertHit, SavedSearch, SearchSubscription
from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors.conditions import Condition
from apps.dealflow.selectors.criteria import criteria
from apps.dealflow.selectors.listings import DealFlow, deal_flow_find
from apps.dealflow.selectors.readers import readers_of
from apps.dealflow.selectors.text import text_hits
from apps.startups.models import Listing
from kernel.access import Actor


def saved_search_list(*, actor: Actor) -> QuerySet[SavedSearch]:
    """Those that the actor sees, each with the actor's own `cadence` and `seen_at`, None where it has none."""
    own = SearchSubscription.objects.filter(search=OuterRef("pk"), user=_person(actor))
    return SavedSearch.objects.visible_to(actor).annotate(
        cadence=Subquery(own.values("cadence")), seen_at=Subquery(own.values("seen_at"))
    )


def saved_search_results(*, actor: Actor, search: Any, is_new: bool = False, run_id: UUID | None = None) -> DealFlow:
    """What a search of `saved_search_list` finds for the actor now; with `is_new` only what was listed or found since
    the actor last said that it had seen the results, all of it where it never did.
    """
    query = DealFlowQuery.from_json(search.query)
    found = deal_flow_find(actor=actor, query=query, run_id=run_id)
    if not is_new or search.seen_at is None:
        return found
    told = AlertHit.objects.filter(search=search, listing=OuterRef("pk"), is_told=True, found_at__gt=search.seen_at)
    new = Q(listed_at__gt=search.seen_at) | Q(Exists(told))
    return found.narrowed(Condition.of(Listing.objects.filter(new)))


def viewer_of(search: SavedSearch) -> Actor:
    """The search's organisation as it sees others now, without any of its people's further rights."""
    organisation = search.organisation
    return Actor(organisation_id=organisation.pk, kind=organisation.kind, standing=organisation.standing)


def saved_search_finds(
    *, search: SavedSearch, query: DealFlowQuery, listing_ids: Collection[UUID]
) -> QuerySet[Any, tuple[UUID, UUID]]:
    """Which of these listings the search finds for its organisation: pairs of the search's id and the listing's, to be
    put together with those of other searches. Of a text all words must be found.
    """
    actor = viewer_of(search)
    rows: QuerySet[Any] = Listing.objects.shown_to(actor).filter(criteria(actor=actor, query=query), pk__in=listing_ids)
    if query.text:
        readers = readers_of(actor=actor)
        text = text_hits(rows=rows, text=query.text, granted=readers.granted, named=readers.named)
        rows = text.hits.none() if text.is_partial else text.hits
    asked_by = Value(search.pk, output_field=UUIDField())
    pairs: QuerySet[Any, tuple[UUID, UUID]] = rows.order_by().annotate(asked_by=asked_by).values_list("asked_by", "pk")
    return pairs


def _person(actor: Actor) -> UUID | None:
    """Whose marks count: a key is not the person who made it."""
    return None if actor.api_key_id is not None else actor.user_id
