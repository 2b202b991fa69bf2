"""Nothing recognisable of a firm's work reaches whom it is not for, in whatever answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from apps.startups.api.serializers.attestations import AttestationOut
from apps.startups.api.serializers.capabilities import CapabilityOut
from apps.startups.api.serializers.firms import StartupOut
from apps.startups.api.serializers.speed import SpeedOut
from apps.startups.models import SearchWord
from kernel.api.views import ApiView
from kernel.ids import uuid7
from tests.leaks.bodies import body_of
from tests.leaks.calls import Answer, address_of, answer_of, caller, send
from tests.leaks.canaries import (
    AT,
    ATTESTOR,
    GRANTED,
    OFFICER,
    OWNER,
    STRANGER,
    WATCHER,
    Canaries,
    heard,
    moments,
    planted,
)
from tests.leaks.catalogue import Operation, operations
from tests.leaks.reading import Reading, taken_out
from tests.leaks.world import World

pytestmark = pytest.mark.django_db

VIEWERS = {
    "nobody": STRANGER,
    "person": STRANGER,
    "elm": STRANGER,
    "fern": STRANGER,
    "birch": STRANGER,
    "harbour": STRANGER,
    "authority": STRANGER,
    "granted": GRANTED,
    "attestor": ATTESTOR,
    "operator": OFFICER,
    "aster": OWNER,
    "gale": WATCHER,
}
"""Nobody, no organisation, an unverified and a suspended firm; a firm, a fund and an authority at T1; a fund at T2; the
attestor that was asked; an operator's officer without break-glass; the firm itself; a fund that watches it.
"""
WRITERS = ("nobody", "birch", "harbour", "granted", "authority", "attestor", "operator")


Readings = dict[str, dict[str, Answer]]


@pytest.fixture(scope="module")
def canaries(_market: World, django_db_blocker: Any) -> Iterator[Canaries]:
    """Planted once; what a test changes is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield planted(_market)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def readings() -> Readings:
    """All that a viewer reads, by viewer, for the tests that change nothing."""
    return {}


class Plainly(Reading):
    """Everything once: lists and objects with all their parts. Filters and orders choose among the same rows."""

    def queries(self, operation: Operation) -> Iterator[dict[str, Any]]:
        whole = (name for name in ("fields", "expand") if name in operation.query)
        for name in whole:
            schema = operation.query[name]
            yield {name: ",".join(schema.get("items", {}).get("enum", schema.get("enum", [])))}


def answers_of(world: World, name: str, canaries: Canaries, only: frozenset[str] = frozenset()) -> dict[str, Answer]:
    """All that the viewer reads, the canaries' own addresses among them; of `only` some nouns where there are any."""
    actor = None if name == "nobody" else world.actors[name]
    also = {**canaries.ids, "export-class-declarations": canaries.ids["capabilities"]}
    also["organisations"] = [str(world["aster"].pk), str(world["attestor"].pk)]
    own = world.organisations.get(name)
    if hasattr(own, "fund"):
        also["own mandate"] = [str(row.pk) for row in own.fund.mandates.filter(status="active")]
        also["matches"] = [f"{mandate}~{item}" for mandate in also["own mandate"] for item in canaries.ids["raises"]]
    reading = Plainly(actor, also=also)
    asked = [item for item in operations() if item.is_read and (not only or item.collection in only)]
    for operation in sorted(asked, key=lambda item: bool(item.path_names)):
        for address in reading.addresses(operation) if operation.path_names else [operation.path]:
            reading.operation(operation, address)
    return reading.answers


def found_in(world: World, name: str, canaries: Canaries, *only: str) -> list[str]:
    """What the viewer reads and may not."""
    return leaks_in(answers_of(world, name, canaries, frozenset(only)), name, canaries)


def leaks_in(answers: dict[str, Answer], name: str, canaries: Canaries) -> list[str]:
    """What of a reading the viewer may not read."""
    return [leak for address, answer in answers.items() for leak in canaries.found_in(address, answer, VIEWERS[name])]


class TestReading:
    @pytest.mark.parametrize("name", VIEWERS)
    def test_no_canary_is_read(self, world: World, canaries: Canaries, readings: Readings, name: str) -> None:
        answers = readings[name] = answers_of(world, name, canaries)

        assert "\n".join(leaks_in(answers, name, canaries)[:20]) == ""
        assert len(answers) > 20

    def test_whoever_may_reads_them(self, world: World, canaries: Canaries, readings: Readings) -> None:
        """What nobody ever reads would be no canary."""
        heard: dict[str, set[str]] = {}
        for name in ("aster", "granted", "operator", "attestor", "gale"):
            viewer = VIEWERS[name]
            unread = Canaries({text: (what, {}) for text, (what, _) in canaries.texts.items()}, canaries.ids)
            answers = readings.get(name) or answers_of(world, name, canaries)
            for address, answer in answers.items():
                for leak in unread.found_in(address, answer, viewer):
                    heard.setdefault(leak.partition(" in /")[0].partition(": ")[2], set()).add(viewer)

        silent = [
            f"{what} {text!r}: {sorted(unheard)}"
            for text, (what, readers) in canaries.texts.items()
            if what in READ and (unheard := set(readers) - {STRANGER} - heard.get(f"{what} {text!r}", set()))
        ]
        assert silent == []


READ = frozenset(
    {
        *("region", "summary", "revenue", "standard", "codification number", "component", "supplier", "marginal cost"),
        *("smallest ticket", "subsidised loan", "blocked organisation", "use of proceeds", "place", "unit", "tracker"),
        *(
            "title of an entry",
            "tag",
            "name of a stage",
            "note",
            "earlier text of a note",
            "reminder",
            "name of a search",
        ),
        *("text of a search", "former term of a mandate"),
        *("number of a document", "issuer of a document", "title of a document"),
        *("reason of a verdict", "reason of a pattern", "reason of an officer", "name of an attestor"),
    }
)
"""Canaries that each of their readers does read."""


class TestAnswersToWrites:
    """Refusals and results tell no more than reading does."""

    @pytest.mark.parametrize("name", WRITERS)
    def test_no_canary_is_answered(self, world: World, canaries: Canaries, name: str) -> None:
        actor = None if name == "nobody" else world.actors[name]
        client, found, tried = caller(actor), [], 0

        for operation in operations():
            if operation.is_read:
                continue
            body = None if actor is None else body_of(operation, world, name)
            for address in addresses(operation, canaries):
                with transaction.atomic():
                    answer = answer_of(send(client, operation, address, body))
                    transaction.set_rollback(True)
                tried += 1
                found += [f"{operation.method} {leak}" for leak in canaries.found_in(address, answer, VIEWERS[name])]

        assert "\n".join(found[:20]) == ""
        assert tried > 60

    @pytest.mark.parametrize("name", ["birch", "harbour", "granted", "authority", "operator"])
    def test_a_bill_is_not_asked_by_strangers(self, world: World, canaries: Canaries, name: str) -> None:
        """What would make a bill do tells of it: it is as if there were none."""
        client = caller(world.actors[name])
        ask = {"perimeter": "EU+EEA", "max_share": "0.1"}
        published = canaries.ids["capabilities"][0]

        told = {
            client.post(f"/api/v1/capabilities/{value}/origin/substitutions", ask, format="json").status_code
            for value in (published, uuid7())
        }

        assert told <= {403, 404, 409}

    def test_a_link_that_is_none_tells_nothing(self, world: World, canaries: Canaries) -> None:
        client = caller(None)
        tokens = ("1a7e" * 16, "0b7e" * 16, "x", str(uuid7()), *canaries.ids["attestation-requests"])

        told = set()
        for name, beside in (("open", {}), ("decide", {"verdict": "confirmed"}), ("withdraw", {"reason": "Wrong."})):
            for token in tokens:
                answer = answer_of(client.post(f"/api/v1/attestation-links/{name}", {"token": token, **beside}))
                told.add((name, answer.status, answer.body))

        assert len(told) == 3


class TestExports:
    """What is taken out of others tells no more than what is read."""

    @pytest.mark.parametrize("name", ["birch", "harbour", "granted", "authority", "operator"])
    def test_no_canary_is_taken_out(self, world: World, canaries: Canaries, name: str) -> None:
        said = taken_out(world.actors[name])

        found = [leak for table, answer in said.items() for leak in canaries.found_in(table, answer, VIEWERS[name])]

        assert "\n".join(found[:20]) == ""
        assert len(said["capabilities"].json()["rows"]) >= 2

    def test_whoever_may_takes_them_out(self, world: World, canaries: Canaries) -> None:
        said = taken_out(world.actors["granted"])

        assert "serial zx-417-kruk flies." in heard(said["capabilities"])
        assert "stanag 94171" in heard(said["capabilities"])
        assert "a second kruk line." in heard(said["raises"])


class TestSearch:
    """Nobody finds by a word what it may not read, nor is told that a word is known."""

    @pytest.mark.parametrize("name", ["elm", "birch", "harbour", "authority", "operator", "granted", "aster"])
    def test_what_is_hidden_is_found_by_whoever_reads_it(self, world: World, canaries: Canaries, name: str) -> None:
        client, found = caller(world.actors[name]), {}

        for text in HIDDEN_WORDS:
            asked = {"q": text, "with_facets": "true", "with_count": "true"}
            body = answer_of(client.get("/api/v1/deal-flow", asked)).json()
            found[text] = (body["count"], bool(body.get("corrections")))

        reads = name in {"granted", "aster"}
        assert {text for text, (count, _) in found.items() if count} == (set(HIDDEN_WORDS) if reads else set())
        assert {is_mended for _, is_mended in found.values()} == {False}

    def test_no_hidden_word_is_in_the_vocabulary(self, world: World, canaries: Canaries) -> None:
        words = set(SearchWord.objects.values_list("text", flat=True))

        assert words & {"kruk", "depot", "tram", "круків", "каньйон", "zx", "94171", "1550"} == set()
        assert len(words) > 20


HIDDEN_WORDS = ('"tram depot"', '"трамвайному депо"', "zx-417-kruk", '"каньйон круків"', '"stanag 94171"')


def addresses(operation: Operation, canaries: Canaries) -> Iterator[str]:
    """The operation's address with the canaries' ids in its path."""
    if not operation.path_names:
        yield operation.path
        return
    noun = {"export-class-declarations": "capabilities"}.get(operation.collection, operation.collection)
    for value in canaries.ids.get(noun, []):
        inner = dict.fromkeys(operation.path_names[1:], canaries.ids["event-evidence"][0])
        yield address_of(operation, {operation.path_names[0]: value, **inner})


class TestItsOwnTeeth:
    """Each leak, put in on purpose, is noticed."""

    def test_a_field_too_many(self, world: World, canaries: Canaries, monkeypatch: pytest.MonkeyPatch) -> None:
        shown = StartupOut.to_representation
        monkeypatch.setattr(
            StartupOut, "to_representation", lambda self, row: {**shown(self, row), "region": row.region}
        )

        assert any("region" in leak for leak in found_in(world, "harbour", canaries, "startups"))

    def test_a_component(self, world: World, canaries: Canaries, monkeypatch: pytest.MonkeyPatch) -> None:
        shown = CapabilityOut.to_representation
        monkeypatch.setattr(
            CapabilityOut,
            "to_representation",
            lambda self, row: {**shown(self, row), "parts": [part.supplier for part in row.components.all()]},
        )

        assert any("supplier" in leak for leak in found_in(world, "granted", canaries, "capabilities"))

    @pytest.mark.parametrize("moment", [*moments(AT)][::3])
    def test_a_moment(self, world: World, canaries: Canaries, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
        monkeypatch.setattr(SpeedOut, "get_figures", lambda self, row: {"cadence": moment})

        assert any("time of an event" in leak for leak in found_in(world, "birch", canaries, "capabilities"))

    def test_who_attested(self, world: World, canaries: Canaries, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(AttestationOut, "_is_giver", lambda self, row: True)

        leaks = found_in(world, "aster", canaries, "attestations")

        assert any("code of a seat" in leak for leak in leaks)
        assert any("day of a verdict" in leak for leak in leaks)

    def test_a_header(self, world: World, canaries: Canaries, monkeypatch: pytest.MonkeyPatch) -> None:
        answered = ApiView.finalize_response

        def telling(self: Any, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
            made = answered(self, request, response, *args, **kwargs)
            made["X-Unit"] = "47th Ravens"
            return made

        monkeypatch.setattr(ApiView, "finalize_response", telling)

        assert any("unit" in leak for leak in found_in(world, "harbour", canaries, "raises"))
