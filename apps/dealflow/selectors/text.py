"""Listings by a text: which ones it means, how closely, and what stands in the way of a mistyped word."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import FloatField, QuerySet
from django.db.models.expressions import RawSQL

from apps.dealflow.rules.matching_words import Matcher, conjunctions, expected, lexemes_of, query_of, title_query_of
from apps.dealflow.rules.passages import Snippet
from apps.dealflow.selectors.conditions import Condition
from apps.dealflow.selectors.matchers import matchers_of
from apps.dealflow.selectors.snippets import snippets
from apps.organisations.disclosure import Tier

NEWEST_RANKED = 1_000
"""Of each kind of match, in a title and anywhere, the newest listings that are ranked; the rest follows by recency."""
MOST_GRANTED = 1_000
"""Listings that only a grant or a revealed name makes findable, at most: the closest."""
COUNTED = 10_000
"""Results beyond so many are not counted."""
OF_THESE = "startups_listing.capability_id = ANY (%s::uuid[])"
IF_MORE = "(SELECT count(*) FROM hits) > {}"
BEGINNING = "hits AS MATERIALIZED ({}), chosen AS MATERIALIZED ({})"
FIRST = "SELECT id FROM hits{} ORDER BY {} LIMIT {}"
NEWEST = "published_at DESC, id DESC"
NEWEST_UNINDEXED = "published_at + interval '0' DESC, id DESC"
"""The same by an expression that no index has: PostgreSQL cannot tell how few meet a text and would walk all listings
by recency to find them.
"""
OPENED = "capability_id IN (SELECT capability_id FROM own WHERE step <= {place})"
MET = "startups_listing.words @@ %s::tsquery"
CHOSEN = Condition("startups_listing.id IN (SELECT id FROM chosen)")
NOT_CHOSEN = Condition("startups_listing.id <> ALL (ARRAY(SELECT id FROM chosen))")

FOUND = """
WITH own AS MATERIALIZED (
    SELECT capability_id, {relevance} AS worth, {step} AS step FROM (
        SELECT said.capability_id, CASE WHEN capability.firm_id = ANY (%s::uuid[]) THEN said.words || said.name
            ELSE said.words END AS words
        FROM startups_searchtext said JOIN startups_capability capability ON capability.id = said.capability_id
        WHERE capability.firm_id = ANY (%s::uuid[])
            AND said.tier = CASE WHEN capability.firm_id = ANY (%s::uuid[]) THEN %s ELSE %s END
    ) AS startups_listing
    WHERE {met} ORDER BY worth DESC, capability_id LIMIT %s
)
SELECT (SELECT array_agg(capability_id) FROM own), (SELECT array_agg(worth) FROM own),
    (SELECT array_agg(step) FROM own), CASE {cases} END{mended}
"""
"""What the viewer finds by what not everybody reads, with the first step that it meets; the first step that finds
something, looked for no further; and for each mistyped word whether something is found by its correction.
"""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A kind of match whose newest are ranked, at most `most`; `is_many` where they are to be walked by recency."""

    meets: Condition
    is_many: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class TextHits:
    """What a text finds among the listings of `within`: those that fulfil `meets`. Ranked are the newest of them, of
    those that have it in their `titles`, and of `others`.

    `is_partial` where nothing has all of the words; `corrections` by what was typed; `lexemes` what it is found by,
    for `snippets`; `is_many` whether hits are to be walked by recency, for `order_of`.
    """

    within: Condition
    meets: Condition
    relevance: Condition
    """What a listing is worth, 0 to 1."""
    titles: Ranked | None = None
    others: Sequence[Ranked] = ()
    is_partial: bool = False
    corrections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lexemes: frozenset[str] = frozenset()
    is_many: bool = False

    @property
    def condition(self) -> Condition:
        """What all hits fulfil."""
        return self.within & self.meets

    def beginning(self, *, is_counted: bool = False) -> Condition:
        """What a statement begins with that names `hits`, the newest of them with what they are counted by, or
        `chosen`, what is ranked; with `is_counted` there are as many hits as are counted, and one more.
        """
        most = NEWEST_RANKED if self.is_many and not is_counted else COUNTED + 1
        counted, rank = ["id", "published_at", "codes"], (NEWEST, NEWEST_RANKED)
        of_titles: Condition | None = None
        if self.titles is not None and not self.is_many:
            # All are collected: whether they have it in their titles is seen in passing.
            of_titles = self.titles.meets
            counted.append(f"{of_titles.sql} AS is_title")
        newest = self.condition.select(", ".join(counted), order=order_of(is_many=self.is_many), most=most)
        params = [*(() if of_titles is None else of_titles.params), *newest.params]
        texts = [FIRST.format("", *rank)]
        if of_titles is not None:
            texts.append(FIRST.format(" WHERE is_title", *rank))
        ranked = [] if self.titles is None else [self.titles]
        for place, each in enumerate([*ranked, *self.others]):
            rows = self.within & each.meets
            if of_titles is not None and place == 0:
                rows = rows & Condition(IF_MORE.format(COUNTED))
            found = rows.select(order=order_of(is_many=each.is_many), most=each.most or NEWEST_RANKED)
            texts.append(found.sql)
            params += found.params
        chosen = " UNION ".join(f"({text})" for text in texts)
        return Condition(BEGINNING.format(newest.sql, chosen), tuple(params))

    @property
    def hits(self) -> QuerySet[Any]:
        """All hits, unranked and bare."""
        return self.condition.rows()

    @property
    def best(self) -> QuerySet[Any]:
        """The ranked part by itself, annotated with `relevance`."""
        relevance = RawSQL(self.relevance.sql, self.relevance.params, FloatField())  # noqa: S611 - our own text
        ranked: QuerySet[Any] = CHOSEN.rows(self._with()).annotate(relevance=relevance)
        return ranked

    @property
    def rest(self) -> QuerySet[Any]:
        """What is not in it."""
        nothing = RawSQL("0::float8", (), FloatField())
        rows: QuerySet[Any] = (self.condition & NOT_CHOSEN).rows(self._with()).annotate(relevance=nothing)
        return rows

    def _with(self) -> Condition:
        begin = self.beginning()
        return Condition(f"WITH {begin.sql}", begin.params)


__all__ = ["Snippet", "TextHits", "order_of", "snippets", "text_hits", "text_search"]


def text_hits(
    *,
    rows: QuerySet[Any] | Condition,
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

    Cost: one query beside those of `matchers_of`. Ranked are the NEWEST_RANKED newest that have the words in their
    title and as many of those that have them anywhere, where only some of the words are met as many in all of each
    choice of words, and whatever a grant opens; the others follow by recency. A text without words finds nothing.
    """
    within = Condition.of(rows)
    matchers, listings = matchers_of(text=text, is_counted=is_counted)
    relevance = _relevance(matchers, listings)
    steps = list(conjunctions(matchers))
    firms = (list(named), list({*granted, *named}), list(granted), int(Tier.T2), int(Tier.T1))
    own, place, confirmed = _found(within, steps, relevance, matchers, firms, listings)
    if place is None:
        return TextHits(within, Condition("FALSE"), Condition("0::float8"))
    chosen = {capability: worth for capability, (worth, step) in own.items() if step <= place}
    alternatives = steps[place]
    meets = _meets(query_of(alternatives))
    if chosen:
        meets = meets | Condition(OF_THESE, (list(chosen),))
        worth = "coalesce((%s::float8[])[array_position(%s::uuid[], startups_listing.capability_id)], "
        relevance = Condition(f"{worth}{relevance.sql})", (list(chosen.values()), list(chosen), *relevance.params))
    titles = title_query_of(alternatives)
    are_many = _is_many(expected(alternatives, listings=listings, in_titles=True), listings)
    is_partial = len(alternatives[0]) < len(matchers)
    others = []
    if is_partial:
        most = max(NEWEST_RANKED // len(alternatives), 1)
        others = [
            Ranked(_meets(query_of([each])), _is_many(expected([each], listings=listings), listings), most)
            for each in alternatives
        ]
    if chosen:
        others.append(Ranked(Condition(OF_THESE, (list(chosen),)), most=MOST_GRANTED * 10))
    return TextHits(
        within=within,
        meets=meets,
        relevance=relevance,
        titles=Ranked(_meets(titles), are_many) if titles else None,
        others=others,
        is_partial=is_partial,
        corrections={matcher.part.text: matcher.corrected for matcher in matchers if matcher.part.text in confirmed},
        lexemes=lexemes_of(matchers),
        is_many=_is_many(expected(alternatives, listings=listings), listings),
    )


def text_search(
    *, rows: QuerySet[Any], text: str, granted: Collection[UUID] = (), named: Collection[UUID] = ()
) -> QuerySet[Any]:
    """The ranked part of `text_hits`, for whoever pages no further than that."""
    return text_hits(rows=rows, text=text, granted=granted, named=named).best


def order_of(*, is_many: bool) -> str:
    """The SQL by which hits are taken newest first."""
    return NEWEST if is_many else NEWEST_UNINDEXED


def _found(
    within: Condition,
    steps: Sequence[Sequence[Sequence[Matcher]]],
    relevance: Condition,
    matchers: Sequence[Matcher],
    firms: tuple[Any, ...],
    listings: int,
) -> tuple[dict[UUID, tuple[float, int]], int | None, set[str]]:
    """What only the viewer finds, by capability with its relevance and its first step; the first step that finds
    something; the mistyped words by whose correction something is found. One query.
    """
    if not steps:
        return {}, None, set()
    queries = [query_of(step) for step in steps]
    cases, params = [], list[Any]()
    for place, (step, query) in enumerate(zip(steps, queries, strict=True)):
        is_any = _is_any(within & _meets(query), is_many=_is_many(expected(step, listings=listings), listings))
        opened = (within & Condition(OPENED.format(place=place))).select("")
        cases.append(f"WHEN {is_any.sql} OR EXISTS ({opened.sql}) THEN {place}")
        params += [*is_any.params, *opened.params]
    told, mended = [matcher for matcher in matchers if matcher.corrected], []
    for matcher in told:
        is_any = _is_any(within & _meets(query_of([[each] for each in matcher.meant])), is_many=False)
        mended.append(f", {is_any.sql}")
        params += is_any.params
    sql = FOUND.format(
        relevance=relevance.sql,
        step="CASE" + "".join(f" WHEN {MET} THEN {place}" for place in range(len(queries))) + " END",
        met=f"({' OR '.join([MET] * len(queries))})",
        cases=" ".join(cases),
        mended="".join(mended),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, (*relevance.params, *queries, *firms, *queries, MOST_GRANTED, *params))
        ids, worths, firsts, found, *are_found = cursor.fetchone()
    own = dict(zip(ids or (), zip(worths or (), firsts or (), strict=True), strict=True))
    return own, found, {matcher.part.text for matcher, is_found in zip(told, are_found, strict=True) if is_found}


def _is_any(hits: Condition, *, is_many: bool) -> Condition:
    """Where they are not many, planned as if all were wanted: a plan for the first one alone would walk all listings
    where there is none.
    """
    if is_many:
        first = hits.select(order=NEWEST, most=1)
        return Condition(f"({first.sql}) IS NOT NULL", first.params)
    every = hits.select()
    return Condition(f"EXISTS (WITH met AS MATERIALIZED ({every.sql}) SELECT FROM met)", every.params)


def _is_many(hits: float, listings: int) -> bool:
    """Whether walking the listings by recency until enough are met costs less than collecting all that are met."""
    return hits * hits > NEWEST_RANKED * listings


def _meets(query: str) -> Condition:
    return Condition(MET, (query,))


def _relevance(matchers: Sequence[Matcher], listings: int) -> Condition:
    """The mean of what each part of a text is worth in a listing's words, by how telling the parts are: of each the
    first way that meets them counts, the best first.
    """
    cases, values, total = [], list[Any](), 0.0
    for matcher in matchers:
        weight, rungs = matcher.weight(listings), matcher.rungs()
        total += weight
        when = f" WHEN {MET} THEN %s::float8" * len(rungs)
        cases.append(f"CASE{when} ELSE 0 END")
        for worth, query in rungs:
            values += [query, worth * weight]
    return Condition(f"(({' + '.join(cases) or '0'}) / %s::float8)", (*values, total or 1.0))
