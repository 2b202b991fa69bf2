"""The results of a deal-flow search: which, in which order, with the viewer's tier."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import F, Func, IntegerField, QuerySet, UUIDField, Value

from apps.dealflow.rules.queries import NEWEST, DealFlowQuery
from apps.dealflow.selectors.criteria import criteria
from apps.dealflow.selectors.readers import Readers, readers_of
from apps.dealflow.selectors.scores import Scores, scores_of
from apps.dealflow.selectors.text import TextHits, text_hits
from apps.startups.models import Listing
from apps.startups.models.listings import sees_counterparts
from kernel.access import Actor
from kernel.api.ordering import Term

TIMEOUT_MS = 5_000
"""How long one statement of a search may take."""
WORK_MEM = "32MB"
NEWEST_FIRST = (Term("published_at", is_descending=True, is_nullable=False), Term("id", True, is_nullable=False))
COLUMNS: Mapping[str, str] = {
    "amount": "amount_eur",
    **{name: name for name in ("adaptation_days", "cadence_days", "feedback_days", "delivery_days")},
}
"""What results are ordered by beside publication, relevance and score; what is not stated comes last, newest first."""
ORDERS = ("published_at", "relevance", "score", *COLUMNS)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a list with an order of its own; the last term is the id."""

    rows: QuerySet[Any]
    terms: Sequence[Term]


@dataclass(frozen=True, slots=True)
class DealFlow:
    """What a search found: `hits` bare and in no order, and the same as `parts` that follow one another."""

    hits: QuerySet[Any]
    parts: Sequence[Part]
    readers: Readers = field(default_factory=Readers)
    scores: Scores = field(default_factory=Scores)
    text: TextHits | None = None


@contextmanager
def bounded() -> Iterator[None]:
    """Within it no statement takes longer than `TIMEOUT_MS`, none is compiled first, which would take longer than most
    of them do, and ten thousand rows are sorted in memory.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            names = ("statement_timeout", "jit", "work_mem")
            values = (str(TIMEOUT_MS), "off", WORK_MEM)
            settings = ", ".join(["set_config(%s, %s, true)"] * len(names))
            cursor.execute(f"SELECT {settings}", [part for pair in zip(names, values, strict=True) for part in pair])
        yield


def deal_flow_find(*, actor: Actor, query: DealFlowQuery, run_id: UUID | None = None) -> DealFlow:
    """What the search finds among the listings that the actor sees; `run_id` names the generation whose scores order
    it, else the current one. Who sees teasers alone finds its own listings.
    """
    hits: QuerySet[Any] = Listing.objects.shown_to(actor).filter(criteria(actor=actor, query=query))
    readers, text = Readers(), None
    if query.text:
        readers = readers_of(actor=actor)
        text = text_hits(
            rows=hits,
            text=query.text,
            granted=readers.granted,
            named=readers.named,
            is_counted=sees_counterparts(actor),
        )
        hits = text.hits
    scores = Scores() if query.mandate is None else scores_of(mandate_id=query.mandate, run_id=run_id)
    return DealFlow(hits, _parts(query.order, hits, text, scores), readers, scores, text)


def deal_flow_hits(*, actor: Actor, query: DealFlowQuery, is_strict: bool = False) -> QuerySet[Listing]:
    """All that the search finds, bare, unbounded and in no order; with `is_strict` only what has all of its words."""
    found = deal_flow_find(actor=actor, query=query)
    rows: QuerySet[Listing] = found.hits
    return rows.none() if is_strict and found.text is not None and found.text.is_partial else rows


def deal_flow_list(*, actor: Actor, query: DealFlowQuery) -> QuerySet[Listing]:
    """The listings that the search finds, each with `viewer_tier`, `is_revealed` and `disclosed_by` for the actor;
    newest first. Their order by relevance, score or a figure is that of `deal_flow_take`.
    """
    hits = deal_flow_hits(actor=actor, query=query)
    rows = _whole(actor).filter(pk__in=hits.order_by().values("pk"))
    return rows.order_by(NEWEST, "-id")


def deal_flow_take(*, actor: Actor, query: DealFlowQuery, limit: int) -> list[Listing]:
    """The first `limit` results in the order of the search, as `deal_flow_list` has them."""
    ids: list[UUID] = []
    for part in deal_flow_find(actor=actor, query=query).parts:
        if len(ids) < limit:
            rows = part.rows.order_by(*(term.order_by(is_reversed=False) for term in part.terms))
            ids += rows.values_list("pk", flat=True)[: limit - len(ids)]
    return deal_flow_rows(actor=actor, ids=ids)


def deal_flow_rows(*, actor: Actor, ids: Sequence[UUID]) -> list[Listing]:
    """These listings as the actor sees them, in the order of the ids, with what an answer shows of them; one query.

    What the actor sees no longer is left out.
    """
    rows = {row.pk: row for row in _whole(actor).filter(pk__in=ids)}
    return [rows[identifier] for identifier in ids if identifier in rows]


def _whole(actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = Listing.objects.visible_to(actor)
    return rows.select_related("firm__organisation", "capability__area", "raising").defer("words")


def _parts(order: str, hits: QuerySet[Any], text: TextHits | None, scores: Scores) -> list[Part]:
    name, is_descending = order.removeprefix("-"), order.startswith("-")
    if name in COLUMNS:
        column = COLUMNS[name]
        terms = (Term(column, is_descending, is_nullable=False), Term("id", is_descending, is_nullable=False))
        stated, unstated = {f"{column}__isnull": False}, {f"{column}__isnull": True}
        return [Part(hits.filter(**stated), terms), Part(hits.filter(**unstated), NEWEST_FIRST)]
    parts = [Part(hits, NEWEST_FIRST)]
    if name == "relevance" and text is not None:
        best = (Term("relevance", is_descending=True, is_nullable=False), *NEWEST_FIRST)
        parts = [Part(text.best, best), Part(text.rest, NEWEST_FIRST)]
    elif name == "score":
        parts = _by_score(hits, list(scores.by_raise))
    return parts if is_descending else [_backwards(part) for part in reversed(parts)]


def _by_score(hits: QuerySet[Any], ids: Collection[UUID]) -> list[Part]:
    """First what the mandate is paired with, by its place in the list, then the others."""
    places = Value(list(ids), output_field=ArrayField(UUIDField()))
    place = Func(places, F("id"), function="array_position", output_field=IntegerField())
    terms = (Term("place", is_descending=False, is_nullable=False), Term("id", is_descending=False, is_nullable=False))
    paired = hits.filter(pk__in=ids).annotate(place=place)
    return [Part(paired, terms), Part(hits.exclude(pk__in=ids), NEWEST_FIRST)]


def _backwards(part: Part) -> Part:
    return Part(part.rows, [Term(term.column, not term.is_descending, term.is_nullable) for term in part.terms])
