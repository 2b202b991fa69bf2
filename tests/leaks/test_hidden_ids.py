"""The id of something hidden is answered like an id that nothing has: in paths, bodies, queries and headers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import models, transaction

from apps.investors.models import Fund, Lever, Mandate
from apps.organisations.models import ApiKey, DisclosureGrant, Membership, Organisation
from apps.startups.models import Capability, DevelopmentEvent, Firm, Raise
from kernel.ids import uuid7
from tests.factories.organisations import key_of
from tests.leaks.bodies import body_of, own_id
from tests.leaks.calls import Answer, address_of, answer_of, ask, caller, names_filled, send
from tests.leaks.catalogue import PREFIX, Operation, operations, placed, routes, uuid_places
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
            if sight.of_row(row) == HIDDEN:
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

        monkeypatch.setattr("apps.startups.selectors.Firm.objects.visible_to", functools.partial(leaky, None))
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
    model = models_by_noun().get(noun) or models_by_noun().get(operation.collection)
    yield from (("{}", value) for value in (hidden.get(model, []) if model is not None else []))
    yield from (("{}", value) for value in hidden[Firm][:1])


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
