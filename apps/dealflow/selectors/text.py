"""Listings by a text: which ones it means, how closely, and what stands in the way of a mistyped word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from apps.dealflow.rules.matching_words import Matcher, conjunctions, expected, lexemes_of, query_of, title_query_of
from apps.dealflow.rules.passages import Snippet
from apps.dealflow.selectors.matchers import matchers_of
from apps.dealflow.selectors.snippets import snippets
from apps.organisations.disclosure import Tier
from apps.startups.models.search import SearchText

NEWEST_RANKED = 1_000
"""Of each kind of match, in a title and anywhere, the newest listings that are ranked; the rest follows by recency."""
MOST_GRANTED = 1_000
"""Listings that only a grant or a revealed name makes findable, at most: the closest."""


@dataclass(frozen=True, slots=True)
class TextHits:
    """What a text finds: `hits` all of it, unranked and bare; `best` the ranked part by itself, annotated with
    `relevance`, 0 to 1; `rest` what is not in it. `is_partial` where nothing has all of the words; `corrections` by
    what was typed.
    """

    hits: QuerySet[Any]
    best: QuerySet[Any]
    rest: QuerySet[Any]
    is_partial: bool = False
    corrections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lexemes: frozenset[str] = frozenset()
    """What it is found by, for `snippets`."""
    is_many: bool = False
    """Whether `hits` are to be walked by recency, for `newest_first`."""


__all__ = ["Snippet", "TextHits", "newest_first", "snippets", "text_hits", "text_search"]


class Matches(Func):
    """Whether a vector meets a tsquery that is well-formed by its maker."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class Relevance(Func):
    """The mean of what each part of a text is worth in a vector, by how telling the parts are: 0 to 1. `parts` are
    their weights, each with what its ways of being met are worth and their tsqueries, the best first.
    """

    output_field = FloatField()

    def __init__(self, words: Any, parts: tuple[tuple[float, tuple[tuple[float, str], ...]], ...]) -> None:
        super().__init__(words)
        self.parts = parts

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        """One CASE for each part: the first way that meets the vector counts."""
        vector, own = compiler.compile(self.source_expressions[0])
        cases, values = [], []
        for weight, rungs in self.parts:
            cases.append("CASE" + f" WHEN {vector} @@ %s::tsquery THEN %s::float8" * len(rungs) + " ELSE 0 END")
            for worth, query in rungs:
                values += [*own, query, worth * weight]
        total = sum(weight for weight, _ in self.parts)
        return f"(({' + '.join(cases)}) / %s::float8)", (*values, total)


def text_hits(
    *,
    rows: QuerySet[Any],
    text: str,
    granted: Collection[UUID] = (),
    named: Collection[UUID] = (),
    is_counted: bool = True,
) -> TextHits:
    """The listings among `rows` that the text means.

    `granted` are the firms whose T2 texts the viewer reads, its own among them, `named` those whose name it sees by a
    grant or as a member; everybody else's listings are found by what verified counterparts read. `is_counted` as for
    `matchers_of`. All words count; where nothing has them all, all but one, all but two, then any. A listing's
    relevance is the mean over the words of the best way in which each is met, `matching_words.PLACES` by
    `matching_words.Kind`, a telling word weighing more.

    Cost: ranked are the NEWEST_RANKED newest that have the words in their title and as many of those that have them
    anywhere, where only some of the words are met as many in all of each choice of words, and whatever a grant opens;
    the others follow by recency. A text without words finds nothing.
    """
    matchers, listings = matchers_of(text=text, is_counted=is_counted)
    for alternatives in conjunctions(matchers):
        query = query_of(alternatives)
        own = _granted_ids(query, matchers, listings, granted=granted, named=named)
        hits = rows.filter(_meets(query) | Q(capability_id__in=list(own)) if own else _meets(query))
        is_many = _is_many(expected(alternatives), listings)
        if _is_any(hits, is_many=is_many):
            is_partial = len(alternatives[0]) < len(matchers)
            return _ranked(rows, hits, alternatives, matchers, listings, own, is_many=is_many, is_partial=is_partial)
    none = rows.none()
    return TextHits(none, none.annotate(relevance=_number(0)), none)


def text_search(
    *, rows: QuerySet[Any], text: str, granted: Collection[UUID] = (), named: Collection[UUID] = ()
) -> QuerySet[Any]:
    """The ranked part of `text_hits`, for whoever pages no further than that."""
    return text_hits(rows=rows, text=text, granted=granted, named=named).best


def _ranked(
    rows: QuerySet[Any],
    hits: QuerySet[Any],
    alternatives: Sequence[Sequence[Matcher]],
    matchers: Sequence[Matcher],
    listings: int,
    own: Mapping[UUID, float],
    *,
    is_many: bool,
    is_partial: bool,
) -> TextHits:
    bare = rows.order_by()
    newest = [_newest(hits, is_many=is_many)]
    titles = title_query_of(alternatives)
    if titles:
        are_many = _is_many(expected(alternatives, in_titles=True), listings)
        newest.append(_newest(bare.filter(_meets(titles)), is_many=are_many))
    if is_partial:
        newest += [
            _newest(
                bare.filter(_meets(query_of([each]))),
                is_many=_is_many(expected([each]), listings),
                most=NEWEST_RANKED // len(alternatives),
            )
            for each in alternatives
        ]
    if own:
        newest.append(bare.filter(capability_id__in=list(own)).values("pk"))
    chosen = newest[0].union(*newest[1:]) if len(newest) > 1 else newest[0]
    relevance: Any = _relevance(F("words"), matchers, listings)
    if own:
        relevance = Coalesce(_looked_up(own), relevance, output_field=FloatField())
    return TextHits(
        hits=hits,
        best=rows.model._default_manager.filter(pk__in=chosen).annotate(relevance=relevance),
        rest=hits.exclude(pk__in=chosen).annotate(relevance=_number(0)),
        is_partial=is_partial,
        corrections=_corrections(hits, matchers),
        lexemes=lexemes_of(matchers),
        is_many=is_many,
    )


def _corrections(hits: QuerySet[Any], matchers: Sequence[Matcher]) -> dict[str, tuple[str, ...]]:
    """By what was typed the known words it was taken for, as far as something is found by them."""
    return {
        matcher.part.text: matcher.corrected
        for matcher in matchers
        if matcher.corrected
        and _is_any(hits.filter(_meets(query_of([[each] for each in matcher.meant]))), is_many=False)
    }


def _is_many(hits: int, listings: int) -> bool:
    """Whether walking the listings by recency until enough are met costs less than collecting all that are met."""
    return hits * hits > NEWEST_RANKED * listings


def newest_first(rows: QuerySet[Any], *, is_many: bool) -> QuerySet[Any]:
    """The rows by recency. Where they are not many, by an expression that no index has: PostgreSQL cannot tell how few
    meet a text and would walk all listings by recency to find them.
    """
    return rows.order_by("-published_at" if is_many else _unindexed().desc(), "-pk")


def _unindexed() -> Any:
    return ExpressionWrapper(F("published_at") + Value(dt.timedelta()), output_field=DateTimeField())


def _is_any(hits: QuerySet[Any], *, is_many: bool) -> bool:
    return bool(newest_first(hits, is_many=is_many).values_list("pk", flat=True)[:1])


def _newest(rows: QuerySet[Any], *, is_many: bool, most: int | None = None) -> QuerySet[Any]:
    return newest_first(rows, is_many=is_many).values("pk")[: NEWEST_RANKED if most is None else max(most, 1)]


def _meets(query: str) -> Q:
    return Q(Matches(F("words"), Value(query)))


def _relevance(words: Any, matchers: Sequence[Matcher], listings: int) -> Relevance:
    return Relevance(words, tuple((matcher.weight(listings), tuple(matcher.rungs())) for matcher in matchers))


def _number(value: float) -> Any:
    return Func(Value(float(value)), template="%(expressions)s::float8", output_field=FloatField())


def _looked_up(own: Mapping[UUID, float]) -> Any:
    """The relevance of a capability that is among `own`, else NULL."""
    ids = Value(list(own), output_field=ArrayField(UUIDField()))
    place = Func(ids, F("capability_id"), function="array_position", output_field=IntegerField())
    values = Value(list(own.values()), output_field=ArrayField(FloatField()))
    return Func(values, place, template="((%(expressions)s])", arg_joiner=")[", output_field=FloatField())


def _granted_ids(
    query: str, matchers: Sequence[Matcher], listings: int, *, granted: Collection[UUID], named: Collection[UUID]
) -> dict[UUID, float]:
    """The capabilities that the viewer finds by what not everybody reads, with their relevance; the closest."""
    if not granted and not named:
        return {}
    own = Q(capability__firm__in=list({*granted, *named}))
    at_tier = Q(tier=int(Tier.T2), capability__firm__in=list(granted))
    at_tier |= Q(tier=int(Tier.T1)) & ~Q(capability__firm__in=list(granted))
    both = Func(
        F("words"), F("name"), arg_joiner=" || ", template="(%(expressions)s)", output_field=SearchVectorField()
    )
    seen = Case(When(capability__firm__in=list(named), then=both), default=F("words")) if named else F("words")
    rows = SearchText.objects.filter(own, at_tier).annotate(seen=seen)
    found = rows.filter(Q(Matches(F("seen"), Value(query)))).annotate(
        relevance=_relevance(F("seen"), matchers, listings)
    )
    chosen = found.order_by("-relevance", "capability_id").values_list("capability_id", "relevance")
    return dict(chosen[:MOST_GRANTED])
