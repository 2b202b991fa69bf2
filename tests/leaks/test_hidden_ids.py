"""The id of something hidden is answered like an id that nothing has: in paths, bodies, queries and headers."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import models, transaction

from apps.compliance.models import OwnershipStatement, Party, Permit, VerificationCase
from apps.dealflow.models import PipelineStage, SavedSearch, WatchlistEntry, WatchlistNote, WatchlistReminder
from apps.documents.models import Document, Upload
from apps.investors.models import Fund, Lever, Mandate
from apps.notifications.models import Notification
from apps.organisations.models import ApiKey, DisclosureGrant, Membership, Organisation
from apps.startups.models import (
    AttestationRequest,
    AttestorAdmission,
    Capability,
    DevelopmentEvent,
    EventEvidence,
    Firm,
    Raise,
)
from kernel.ids import uuid7
from tests.factories.documents import TEXT, digest_header
from tests.factories.organisations import key_of
from tests.leaks.bodies import body_of, own_id
from tests.leaks.calls import Answer, address_of, answer_of, ask, caller, names_filled, send
from tests.leaks.catalogue import BYTES, PREFIX, Operation, operations, placed, routes, uuid_places
from tests.leaks.rules import HIDDEN, SUBJECTS, Sight
from tests.leaks.world import World

pytestmark = pytest.mark.django_db

PERSONAS = (
    "person",
    "elm",
    "fern",
    "iris",
    "birch",
    "cedar",
    "harbour",
    "granted",
    "authority",
    "attestor",
    "operator",
)
MADE = 201
NEW = re.compile(rb'"[0-9a-f]{8}-[0-9a-f-]{27}"|"20[0-9-]{8}T[^"]*"')
"""Ids and moments."""
MOST = 3
"""So many hidden rows of a kind are tried, of as many organisations as there are."""


@functools.cache
def models_by_noun() -> dict[str, type[models.Model]]:
    """The model that each collection of the interface is about, as its views say."""
    found: dict[str, type[models.Model]] = {}
    for address, view in routes(PREFIX):
        noun = address.removeprefix(PREFIX).lstrip("^").partition("/")[0].removesuffix("$")
        queryset = getattr(getattr(view, "cls", None), "queryset", None)
        is_top = address.count("<") == 0
        if queryset is not None and (is_top or noun not in found):
            found[noun] = queryset.model
    return found


def hidden_rows(world: World, name: str) -> dict[type[models.Model], list[str]]:
    """Ids of rows that the persona must not know of, by model."""
    sight = Sight(world, world.actors[name])
    found: dict[type[models.Model], list[str]] = {}
    for model in SUBJECTS:
        chosen: dict[Any, str] = {}
        for row in model._default_manager.order_by("pk"):
            if sight.of_row(row) == HIDDEN and "id" not in sight.beside(row):
                state = getattr(row, "status", getattr(row, "standing", ""))
                chosen.setdefault((state, len(chosen) % MOST), str(row.pk))
        found[model] = list(chosen.values())[:MOST]
    return found


def undone(work: Callable[[], Any]) -> Answer:
    """The answer of a request whose effect is undone."""
    with transaction.atomic():
        answer = answer_of(work())
        transaction.set_rollback(True)
    return answer


def compared(request: Callable[[str], Any], hidden: str, where: str, found: list[str], form: str = "{}") -> bool:
    """Notes in `found` how the answer for a hidden id differs from that for an id of nothing; False where the caller
    may not ask at all. `form` is the text around the id.
    """
    ids = (hidden, str(uuid7()))
    first, second = (undone(lambda value=value: request(form.format(value))).without(value) for value in ids)
    if first.status == second.status == MADE:
        # Made in both cases: what differs is the new row's own.
        first, second = (replace(answer, body=NEW.sub(b"", answer.body), headers=()) for answer in (first, second))
    if first != second:
        found.append(
            f"{where} {form.format(hidden)}: {first.status} {first.body!r} is not {second.status} {second.body!r}"
            f" or {dict(first.headers)} is not {dict(second.headers)}"
        )
    return first.status not in {401, 403}


class TestPaths:
    @pytest.mark.parametrize("name", PERSONAS)
    def test_a_hidden_id_is_like_no_id(self, world: World, name: str) -> None:
        hidden = hidden_rows(world, name)
        client = caller(world.actors[name])
        found: list[str] = []
        tried = 0

        for operation in operations():
            if not operation.path_names:
                continue
            filled = names_filled(world, operation, name)
            body = body_of(operation, world, name)
            for place in operation.path_names:
                for form, value in ids_for(world, operation, place, hidden, name):

                    def request(
                        text: str, to: Operation = operation, at: Any = (filled, place), body: Any = body
                    ) -> Any:
                        return send(client, to, address_of(to, {**at[0], at[1]: text}), _again(body))

                    tried += 1
                    if not compared(request, value, f"{name}: {operation.label} {{{place}}}", found, form):
                        break

        assert "\n".join(found[:9]) == ""
        assert tried > 20

    def test_nobody_is_told_nothing(self, world: World) -> None:
        client, found = caller(None), []

        for operation in operations():
            for place in operation.path_names:

                def request(text: str, to: Operation = operation, place: str = place) -> Any:
                    return send(client, to, address_of(to, {place: text}), None)

                compared(request, str(world["aster"].firm.pk), operation.label, found)

        assert "\n".join(found[:9]) == ""

    def test_every_collection_with_ids_is_known(self) -> None:
        nouns = {operation.collection for operation in operations() if operation.path_names} - {"scoring-models"}

        unknown = {noun for noun in nouns if noun != "matches" and models_by_noun().get(noun) not in SUBJECTS}

        assert unknown - {"match-runs"} == set()


class TestBodiesAndQueries:
    @pytest.mark.parametrize("name", PERSONAS)
    def test_a_hidden_id_is_like_no_id(self, world: World, name: str) -> None:
        hidden = hidden_rows(world, name)
        client = caller(world.actors[name])
        found: list[str] = []

        for operation in operations():
            filled = names_filled(world, operation, name)
            address = address_of(operation, filled)
            body = body_of(operation, world, name)
            for place in uuid_places(operation.body or {}):

                def told(text: str, to: Operation = operation, at: Any = (address, place), body: Any = body) -> Any:
                    return send(client, to, at[0], placed(_again(body), at[1], text))

                for value in every(hidden):
                    if not compared(told, value, f"{name}: {operation.label} body {place}", found):
                        break
            for parameter in id_parameters(operation):

                def asked(text: str, at: tuple[str, str] = (address, parameter)) -> Any:
                    return client.get(f"{at[0]}?{at[1]}={text}")

                for value in every(hidden):
                    if not compared(asked, value, f"{name}: {operation.label} ?{parameter}=", found):
                        break

        assert "\n".join(found[:9]) == ""

    def test_there_are_such_places(self) -> None:
        places = [(op.label, place) for op in operations() for place in uuid_places(op.body or {})]

        assert ("POST /api/v1/raises", ("lead_capability",)) in places
        assert len(places) >= 6


class TestOwners:
    """Whoever is stated as an owner is shown by name: a name that is kept back is not had that way."""

    @pytest.mark.parametrize("name", ["birch", "harbour", "authority"])
    def test_a_name_kept_back_is_like_no_id(self, world: World, name: str) -> None:
        sight, client, found = Sight(world, world.actors[name]), caller(world.actors[name]), []
        address = f"/api/v1/organisations/{world[name].pk}/ownership"
        kept = [item for item in world.organisations.values() if item.pk != sight.own and not sight.is_name_shown(item)]

        for organisation in kept:
            compared(
                lambda text: client.post(address, {"statements": [{"owner": text}]}, format="json"),
                str(organisation.pk),
                f"{name}: an owner",
                found,
            )

        assert "\n".join(found[:9]) == ""
        assert world["cedar"] in kept
        assert (
            client.post(address, {"statements": [{"owner": str(world["attestor"].pk)}]}, format="json").status_code
            == 201
        )


class TestWatched:
    """What a fund may watch, compare and search for is what it sees: a hidden id is like none, whatever its kind."""

    @pytest.mark.parametrize("name", ["harbour", "iris"])
    def test_a_hidden_subject_is_like_no_id(self, world: World, name: str) -> None:
        hidden, client, found = hidden_rows(world, name), caller(world.actors[name]), []
        for kind, model in (("firm", Firm), ("capability", Capability), ("raise", Raise)):
            for value in hidden[model]:

                def watched(text: str, kind: str = kind) -> Any:
                    body = {"kind": kind, "subject": text}
                    return client.post("/api/v1/watchlist-entries", body, format="json")

                compared(watched, value, f"{name}: {kind}", found)

        assert "\n".join(found[:9]) == ""

    @pytest.mark.parametrize("name", ["harbour", "iris", "birch", "attestor"])
    def test_a_hidden_raise_is_compared_like_none(self, world: World, name: str) -> None:
        hidden, client, found = hidden_rows(world, name)[Raise], caller(world.actors[name]), []
        shown = world["aster"].firm.raises.filter(status="open").order_by("id")[0].pk
        for value in hidden:
            for end in ("compare", "compare.csv"):

                def asked(text: str, end: str = end) -> Any:
                    return client.get(f"/api/v1/deal-flow/{end}?raise={shown}&raise={text}")

                compared(asked, value, f"{name}: {end}", found)

        assert "\n".join(found[:9]) == ""
        assert hidden != []


class TestContent:
    """The bytes of a document: a hidden id is like none, also for parts and for the head alone."""

    @pytest.mark.parametrize("name", ["elm", "harbour", "birch", "authority", "operator", "person"])
    def test_a_hidden_document_is_like_none(self, world: World, name: str) -> None:
        hidden, client, found = hidden_rows(world, name)[Document], caller(world.actors[name]), []
        asked = [{}, {"Range": "bytes=0-1"}, {"Range": "bytes=99999-"}, {"If-None-Match": "*"}, {"Accept": "image/png"}]

        for value in hidden:
            for headers in asked:
                for method in (client.get, client.head):
                    for query in ("", "?version=1", "?version=2", "?version=99"):

                        def request(text: str, how: Any = (method, query, headers)) -> Any:
                            return how[0](f"/api/v1/documents/{text}/content{how[1]}", headers=how[2])

                        compared(request, value, f"{name}: {headers} {query}", found)

        assert "\n".join(found[:9]) == ""
        assert hidden != []

    def test_what_is_opened_is_read(self, world: World) -> None:
        shown = world["aster"].documents.get(title="aster harbour True")
        address = f"/api/v1/documents/{shown.pk}/content"

        answer = ask(caller(world.actors["harbour"]), address)

        assert (answer.status, answer.body) == (200, TEXT)
        assert ask(caller(world.actors["fern"]), address).status == 404

    @pytest.mark.parametrize("offset", ["0", "3", "99999999", "-1", str(2**63), "x"])
    def test_a_part_for_a_hidden_upload_is_like_one_for_none(self, world: World, offset: str) -> None:
        client, found = caller(world.actors["harbour"]), []
        for value in hidden_rows(world, "harbour")[Upload]:
            for sent in (TEXT, b""):
                for digest in (digest_header(sent), digest_header(b"else"), ""):

                    def request(text: str, how: Any = (sent, digest)) -> Any:
                        address = f"/api/v1/uploads/{text}/chunks/{offset}"
                        return client.put(address, how[0], content_type=BYTES, headers={"Content-Digest": how[1]})

                    compared(request, value, f"{offset} {digest}", found)

        assert "\n".join(found[:9]) == ""


class TestHeaders:
    @pytest.mark.parametrize("name", ["aster", "harbour", "operator"])
    def test_another_organisation_is_like_none(self, world: World, name: str) -> None:
        key = key_of(world.actors[name])
        client, found = caller(None), []
        bearer = f"Bearer {key.token}"

        for organisation in world.organisations.values():
            if organisation.pk != world[name].pk:
                compared(
                    lambda text: client.get("/api/v1/me", headers={"Authorization": bearer, "X-Organisation": text}),
                    str(organisation.pk),
                    name,
                    found,
                )

        assert "\n".join(found[:9]) == ""
        assert ask(caller(world.actors[name]), "/api/v1/me").status == 200


class TestComparison:
    def test_a_telling_answer_is_noticed(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        def leaky(rows: Any, actor: Any) -> Any:
            shown = Firm._base_manager.select_related("organisation")
            return shown.extra(select={"viewer_tier": "1", "is_revealed": "false"})

        monkeypatch.setattr("apps.startups.selectors.firms.Firm.objects.visible_to", functools.partial(leaky, None))
        dark, found = str(world["dusk"].firm.pk), []

        compared(lambda text: caller(world.actors["birch"]).get(f"/api/v1/startups/{text}"), dark, "leak", found)

        assert len(found) == 1


def id_parameters(operation: Operation) -> Iterator[str]:
    """The query parameters that take an id."""
    for name, schema in operation.query.items():
        if "uuid" in (schema.get("format"), schema.get("items", {}).get("format")):
            yield name


def ids_for(
    world: World, operation: Operation, place: str, hidden: dict[type[models.Model], list[str]], name: str
) -> Iterator[tuple[str, str]]:
    """Hidden ids of the kind that stands at a place of the path, and one of another kind, each with its form."""
    noun = operation.path.partition(f"/{{{place}}}")[0].rpartition("/")[2]
    if noun == "matches":
        organisation = world.organisations.get(name, world["gale"])
        mandate, item = f"{own_id('mandate', world, 'gale')}~{{}}", f"{{}}~{own_id('raise', world, 'aster')}"
        if hasattr(organisation, "fund"):
            mandate = f"{organisation.fund.mandates.get(status='active').pk}~{{}}"
        if hasattr(organisation, "firm"):
            item = f"{{}}~{organisation.firm.raises.filter(status='open').order_by('id')[0].pk}"
        yield from ((mandate, value) for value in hidden[Raise])
        yield from ((item, value) for value in hidden[Mandate])
        return
    model = NESTED.get(noun) or models_by_noun().get(noun) or models_by_noun().get(operation.collection)
    yield from (("{}", value) for value in (hidden.get(model, []) if model is not None else []))
    yield from (("{}", value) for value in hidden[Firm][:1])


NESTED: dict[str, type[models.Model]] = {
    "ownership": OwnershipStatement,
    "evidence": EventEvidence,
    "notes": WatchlistNote,
    "reminders": WatchlistReminder,
}
"""What stands below another object's id."""
KINDS = (
    Organisation,
    Firm,
    Fund,
    Capability,
    Raise,
    Mandate,
    Lever,
    Membership,
    ApiKey,
    DisclosureGrant,
    DevelopmentEvent,
    AttestationRequest,
    AttestorAdmission,
    Document,
    Party,
    VerificationCase,
    Permit,
    PipelineStage,
    WatchlistEntry,
    SavedSearch,
    Notification,
)


def every(hidden: dict[type[models.Model], list[str]]) -> Iterator[str]:
    """A hidden id of every kind that a body might name."""
    for model in KINDS:
        yield from hidden[model][:1]


def _again(body: Any) -> Any:
    """A body that can be sent once more: files are read from their beginning."""
    for value in body.values() if isinstance(body, dict) else ():
        if hasattr(value, "seek"):
            value.seek(0)
    return body
