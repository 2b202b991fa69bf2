"""The results of a deal-flow search: which, in which order, with the viewer's tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from apps.dealflow.rules.queries import NEWEST, DealFlowQuery
from apps.dealflow.selectors.conditions import Condition, condition_of
from apps.dealflow.selectors.parts import NEWEST_FIRST, Part, backwards, rows_placed
from apps.dealflow.selectors.readers import Readers, readers_of
from apps.dealflow.selectors.scores import Scores, scores_of
from apps.dealflow.selectors.text import CHOSEN, NOT_CHOSEN, TextHits, text_hits
from apps.startups.models import Listing
from apps.startups.models.listings import sees_counterparts
from kernel.access import Actor
from kernel.api.ordering import Term

TIMEOUT_MS = 5_000
"""How long one statement of a search may take."""
WORK_MEM = "32MB"
COLUMNS: Mapping[str, str] = {
    "amount": "amount_eur",
    **{name: name for name in ("adaptation_days", "cadence_days", "feedback_days", "delivery_days")},
}
"""What results are ordered by beside publication, relevance and score; what is not stated comes last, newest first."""
ORDERS = ("published_at", "relevance", "score", *COLUMNS)


@dataclass(frozen=True, slots=True)
class DealFlow:
    """What a search found: what all hits fulfil, and the same as `parts` that follow one another."""

    condition: Condition
    parts: Sequence[Part]
    order: str = NEWEST
    readers: Readers = field(default_factory=Readers)
    scores: Scores = field(default_factory=Scores)
    text: TextHits | None = None
    is_counted: bool = False
    """Whether the statement that reads the parts can count the hits by the way."""

    @property
    def hits(self) -> QuerySet[Any]:
        """All hits, bare and in no order."""
        return self.condition.rows()

    @property
    def is_many(self) -> bool:
        """Whether hits are to be walked by recency, for `order_of`."""
        return self.text is None or self.text.is_many

    def narrowed(self, condition: Condition) -> DealFlow:
        """Those of the results that fulfil it."""
        hits, text = self.condition & condition, self.text
        if text is not None:
            text = replace(text, within=text.within & condition)
        parts = _parts(self.order, hits, text, self.scores)
        return replace(self, condition=hits, parts=parts, text=text, is_counted=False)


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


def deal_flow_find(
    *, actor: Actor, query: DealFlowQuery, run_id: UUID | None = None, is_counted: bool = False
) -> DealFlow:
    """What the search finds among the listings that the actor sees; `run_id` names the generation whose scores order
    it, else the current one. With `is_counted` the hits are to be counted, too. Who sees teasers alone finds its own
    listings.
    """
    hits = condition_of(actor=actor, query=query)
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
        hits = text.condition
    scores = Scores() if query.mandate is None else scores_of(mandate_id=query.mandate, run_id=run_id)
    parts = _parts(query.order, hits, text, scores, is_counted=is_counted)
    is_along = is_counted and parts[0].beginning is not None
    return DealFlow(hits, parts, query.order, readers, scores, text, is_along)


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
    parts = deal_flow_find(actor=actor, query=query).parts
    placed = rows_placed(parts=parts, limit=limit)
    return deal_flow_rows(actor=actor, ids=[row.id for row in placed])


def deal_flow_rows(*, actor: Actor, ids: Sequence[UUID]) -> list[Listing]:
    """These listings as the actor sees them, in the order of the ids, with what an answer shows of them; one query.

    What the actor sees no longer is left out.
    """
    rows = {row.pk: row for row in _whole(actor).filter(pk__in=ids)}
    return [rows[identifier] for identifier in ids if identifier in rows]


def _whole(actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = Listing.objects.visible_to(actor)
    return rows.select_related("firm__organisation", "capability__area", "raising").defer("words")


def _parts(
    order: str, hits: Condition, text: TextHits | None, scores: Scores, *, is_counted: bool = False
) -> list[Part]:
    name, is_descending = order.removeprefix("-"), order.startswith("-")
    if name in COLUMNS:
        column = COLUMNS[name]
        terms = (Term(column, is_descending, is_nullable=False), Term("id", is_descending, is_nullable=False))
        stated, unstated = (Condition(f"startups_listing.{column} IS {state}") for state in ("NOT NULL", "NULL"))
        return [Part(hits & stated, terms), Part(hits & unstated, NEWEST_FIRST)]
    parts = [Part(hits, NEWEST_FIRST)]
    if name == "relevance" and text is not None:
        best = (Term("relevance", is_descending=True, is_nullable=False), *NEWEST_FIRST)
        begin = text.beginning(is_counted=is_counted)
        parts = [
            Part(CHOSEN, best, {"relevance": text.relevance}, begin),
            Part(hits & NOT_CHOSEN, NEWEST_FIRST, beginning=begin),
        ]
    elif name == "score":
        parts = _by_score(hits, list(scores.by_raise))
    return parts if is_descending else [backwards(part) for part in reversed(parts)]


def _by_score(hits: Condition, ids: list[UUID]) -> list[Part]:
    """First what the mandate is paired with, by its place in the list, then the others."""
    place = Condition("array_position(%s::uuid[], startups_listing.id)", (ids,))
    terms = (Term("place", is_descending=False, is_nullable=False), Term("id", is_descending=False, is_nullable=False))
    paired = hits & Condition("startups_listing.id = ANY (%s::uuid[])", (ids,))
    others = hits & Condition("startups_listing.id <> ALL (%s::uuid[])", (ids,))
    return [Part(paired, terms, {"place": place}, listed=ids), Part(others, NEWEST_FIRST)]
