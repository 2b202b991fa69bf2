"""Everything that a caller can read: each list, filtered, ordered, counted, walked; each object; each explanation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import transaction

from apps.exchange.exporting.deal_flow import DEAL_FLOW
from apps.exchange.exporting.tables import part_read
from apps.exchange.exporting.visible import NOT_FOR, VISIBLE
from apps.permissions import Permission
from kernel.access import Actor
from tests.leaks.calls import Answer, answer_of, caller
from tests.leaks.catalogue import PREFIX, Operation, operations

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TEXTS = ("UA", "EUR", "UMS", "venture")
NUMBERS = ("5", "2000000")
MOMENTS = ("2026-01-05", "2026-01-05T00:00:00Z")
WORDS = (
    *("drone", "дрон", "dron", "FPV", "unmanned", "makes drones", "makse dornes", '"makes drones"', "літає"),
    *("STANAG Aster", "Aster", "Birch", "Cedar", "Cedra", "Dusk", "Elm", "Астер", "ayster 17", "licence"),
)
"""Words of titles and areas, of what few read (summaries, standards, numbers), names shown and kept back, slips."""
PUBLIC = frozenset({"capability-areas", "evidence-templates", "scoring-models"})
"""What is the same for everybody: asked without variations."""
PAGES = tuple(f"/{page}{query}" for page in ("attest", "attest/withdraw", "unsubscribe") for query in ("", "?lang=uk"))
"""What the links of mails open."""
PAGING = frozenset({"cursor", "page_size", "with_count", "fields", "ordering", "expand"})


class Reading:
    """What one caller reads, address by address; what the trail says of it is undone."""

    def __init__(self, actor: Actor | None, *, also: Mapping[str, list[str]], is_whole: bool = False) -> None:
        self.most_steps, self.most_rows, self.most_values = (40, 12, 99) if is_whole else (3, 2, 2)
        self.client = caller(actor)
        self.also = also
        self.answers: dict[str, Answer] = {}

    def everything(self) -> dict[str, Answer]:
        """All answers by address, in the order of asking."""
        for page in PAGES:
            self.ask(page)
        reads = [operation for operation in operations() if operation.is_read]
        reads.sort(key=lambda operation: operation.collection == "deal-flow")
        for operation in reads:
            if not operation.path_names:
                self.operation(operation, operation.path)
        for operation in reads:
            for address in self.addresses(operation):
                self.operation(operation, address)
        return self.answers

    def ask(self, address: str, query: Mapping[str, Any] | None = None) -> Answer:
        """One answer, kept."""
        whole = f"{address}?{urlencode(query, doseq=True)}" if query else address
        if whole not in self.answers:
            with transaction.atomic():
                self.answers[whole] = answer_of(self.client.get(whole))
                transaction.set_rollback(True)
        return self.answers[whole]

    def addresses(self, operation: Operation) -> Iterator[str]:
        """The operation's path with the ids that the caller knows, and some that it must not."""
        if not operation.path_names:
            return
        for value in self.known(operation):
            yield (
                operation.url(**{operation.path_names[0]: value})
                if len(operation.path_names) == 1
                else operation.url(**dict.fromkeys(operation.path_names, value))
            )

    def known(self, operation: Operation) -> list[str]:
        """Ids read in lists of the path's first noun, then ids of that noun that are hidden."""
        seen = [
            row["id"]
            for address, answer in self.answers.items()
            if address.partition("?")[0] == f"/api/v1/{operation.collection}" and answer.status == 200
            for row in answer.json()["results"]
            if "id" in row
        ]
        ids = list(dict.fromkeys(seen))[: self.most_rows]
        return ids + [value for value in self.also.get(operation.collection, []) if value not in ids]

    def operation(self, operation: Operation, address: str) -> None:
        """All ways to ask at an address."""
        plain = self.ask(address)
        if operation.collection == "matches" and operation.is_list:
            self.matches(operation, address)
            return
        if operation.collection == "deal-flow":
            self.deal_flow(operation, address)
        if plain.status != 200 or operation.collection in PUBLIC:
            return
        for query in self.queries(operation):
            self.ask(address, query)
        if operation.is_list:
            self.walk(address, {"page_size": "1"})

    def matches(self, operation: Operation, address: str) -> None:
        """The lists of the caller's own mandates and raises."""
        for noun in ("mandate", "raise"):
            for value in self.also.get(f"own {noun}", []):
                for query in ({noun: value, "with_count": "true"}, {noun: value, "section": "needs_data"}):
                    self.ask(address, query)
                self.walk(address, {noun: value, "page_size": "3"})

    def deal_flow(self, operation: Operation, address: str) -> None:
        """Raises side by side, and what is searched for by words, among others and among one's own."""
        if not operation.is_list:
            shown = self.listed("raises")[: self.most_rows]
            hidden = self.also.get("raises", [])[:2]
            for ids in (shown[:1], shown, *([*shown[:1], value] for value in hidden)):
                if ids:
                    self.ask(address, {"raise": ids})
            return
        whole = {"with_facets": "true", "with_count": "true"}
        for own in ({}, {"own": "true"}, {"own": "false"}):
            self.ask(address, {**own, **whole})
            for words in WORDS:
                self.ask(address, {"q": words, **own, **whole})
        for mandate in self.also.get("own mandate", []):
            self.walk(address, {"mandate": mandate, "ordering": "-score", "page_size": "2"})
            self.ask(address, {"mandate": mandate, "q": WORDS[0], **whole})
        self.walk(address, {"q": WORDS[0], "page_size": "2"})

    def listed(self, noun: str) -> list[str]:
        """The ids that were read in the list of a noun."""
        rows = self.ask(f"{PREFIX}{noun}")
        return [row["id"] for row in rows.json()["results"] if "id" in row] if rows.status == 200 else []

    def queries(self, operation: Operation) -> Iterator[dict[str, Any]]:
        """Query by query: filters with several values, orders, counts, parts."""
        if operation.is_list:
            yield {"with_count": "true"}
        for name, schema in operation.query.items():
            choices = schema.get("items", {}).get("enum", schema.get("enum", []))
            if name == "ordering":
                yield from ({name: value, "with_count": "true"} for value in choices)
            elif name in {"fields", "expand"}:
                yield {name: ",".join(choices)}
                yield {name: choices[0]}
            elif name not in PAGING:
                counted = {"with_count": "true"} if operation.is_list else {}
                counted |= {"with_facets": "true"} if "with_facets" in operation.query else {}
                yield from ({name: value, **counted} for value in self.values(schema))

    def values(self, schema: Mapping[str, Any]) -> list[str]:
        """Values to filter by."""
        item = schema.get("items", schema)
        if "enum" in item:
            return [str(value) for value in item["enum"]][: self.most_values]
        if item.get("type") == "boolean":
            return ["true", "false"]
        if item.get("format") == "uuid":
            return [values[0] for name, values in self.also.items() if values and " " not in name][: self.most_values]
        if item.get("format") == "date":
            return [MOMENTS[0]]
        if item.get("format") == "date-time":
            return [MOMENTS[1]]
        if item.get("type") in {"integer", "number"}:
            return [value for value in NUMBERS if float(value) >= item.get("minimum", 0)][:3]
        return list(TEXTS)[: self.most_values]

    def walk(self, address: str, query: dict[str, Any]) -> None:
        """A list page by page."""
        answer = self.ask(address, query)
        for _ in range(self.most_steps):
            following = answer.json().get("next") if answer.status == 200 else None
            if not following:
                return
            answer = self.ask(following.removeprefix("http://testserver"))


def taken_out(actor: Actor) -> dict[str, Answer]:
    """The tables of others as the actor's export of what it sees has them, by name."""
    said = {}
    for table, columns in VISIBLE.items():
        if actor.may(columns.permission) and table not in NOT_FOR.get(actor.kind, ()):
            part = part_read(table=columns, actor=actor, filters={}, check=lambda: None)
            body = json.dumps({"columns": part.columns, "rows": part.rows}, ensure_ascii=False)
            said[table] = Answer(200, (), body.encode())
    if actor.may(Permission.DEAL_FLOW_READ):
        for words in WORDS:
            part = part_read(
                table=DEAL_FLOW["deal_flow"], actor=actor, filters={"query": {"text": words}}, check=lambda: None
            )
            body = json.dumps({"columns": part.columns, "rows": part.rows}, ensure_ascii=False)
            said[f"deal_flow {words}"] = Answer(200, (), body.encode())
    return said


def first_difference(first: Mapping[str, Answer], second: Mapping[str, Answer]) -> str:
    """Where two readings first differ, to be read by people; empty where they do not."""
    for address, one in first.items():
        other = second.get(address)
        if other is None:
            return f"{address} is not asked in the second world"
        if one != other:
            return f"GET {address}\n{_told(one, other)}"
    more = [address for address in second if address not in first]
    return f"{more[0]} is asked in the second world only" if more else ""


def _told(one: Answer, other: Answer) -> str:
    if one.status != other.status:
        return f"status {one.status} / {other.status}\n{one.body[:300]!r}\n{other.body[:300]!r}"
    if one.body != other.body:
        place = next((n for n, (a, b) in enumerate(zip(one.body, other.body, strict=False)) if a != b), len(one.body))
        around = slice(max(0, place - 160), place + 120)
        shown = [body[around].decode(errors="replace") for body in (one.body, other.body)]
        return "\n".join([f"body at byte {place}", *shown])
    changed = [f"{a} / {b}" for a, b in zip(one.headers, other.headers, strict=False) if a != b]
    return f"headers {changed}"
