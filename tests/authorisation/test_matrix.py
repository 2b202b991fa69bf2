"""Every operation, called by everybody on every relation, answers as the table and the scene say; denials change
nothing, and each has an allowed call beside it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import override_settings
from rest_framework.test import APIClient

from apps.organisations.states import Standing
from apps.permissions import ROLE_PERMISSIONS, Kind, Role
from kernel.api.permissions import PUBLIC, SIGNED_IN
from tests.authorisation import sets
from tests.authorisation.operations import BASE, Operation, operations
from tests.authorisation.scenes import SCENES, Scene, nobody_sees
from tests.authorisation.world import Persona, World, world_made

pytestmark = pytest.mark.django_db

OPERATIONS = operations()
STRANGERS = ("other", "dark", "registered")
RANDOM = "random"
BINARY = "application/octet-stream"
ABSENT = (404, "not_found")
Answer = tuple[int, str]
Ids = tuple[tuple[str, str], ...]
"""What stands for each name in braces of the path."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One call: who, on whose object, what comes of it."""

    persona: Persona
    relation: str
    ids: Ids
    expected: Answer


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for all operations; nothing of it is kept."""
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), override_settings(API_RATES={}), transaction.atomic():
        yield world_made()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


@pytest.fixture
def _django_db_helper(world: World) -> World:
    """Stands for the transaction of each test: a savepoint in the world's does it."""
    return world


KEPT = (
    *(".read", ".api_key.revoke", ".grant.revoke", ".invitation.revoke", ".member.remove", ".go_dark"),
    *(".document.withdraw", ".upload.cancel"),
    *(".upload.create", ".ownership.state"),
    *(".verification.open", ".verification.provide", ".verification.submit", ".verification.answer"),
)
"""What a suspended organisation keeps: to read, to take away, and to be verified again."""


def permissions_of(persona: Persona) -> set[str]:
    """What the table gives a persona: a key no more than its scopes, a suspended organisation what it keeps."""
    if persona.kind is None:
        return set()
    held = {str(item) for role in persona.actor.roles for item in ROLE_PERMISSIONS[persona.kind, Role(role)]}
    if persona.label.endswith("one scope"):
        held &= {"organisations.organisation.read"}
    return {item for item in held if item.endswith(KEPT)} if persona.place == "suspended" else held


def refusal(operation: Operation, scene: Scene, persona: Persona) -> Answer | None:
    """How a persona is refused before any object is looked at; None when it is not."""
    if operation.permission == PUBLIC:
        return None
    if persona.label == "nobody":
        return 401, "not_authenticated"
    if operation.permission != SIGNED_IN:
        if operation.permission not in permissions_of(persona):
            return 403, "permission_missing"
        if persona.label.endswith("without a second factor"):
            return 403, "second_factor_required"
    is_fresh = not (persona.is_key or persona.is_stale or persona.label.endswith("without a second factor"))
    if operation.needs_step_up and not is_fresh:
        return 403, "step_up_required"
    found = [status for end, status in scene.refused.items() if persona.label.endswith(end)]
    return (found[0], "") if found else None


def success(scene: Scene, persona: Persona) -> Answer:
    """What a call that is not refused answers this persona."""
    found = [status for end, status in scene.instead.items() if persona.label.endswith(end)]
    return (found[0] if found else scene.success), ""


def strangers_answer(scene: Scene, persona: Persona, owner: Kind, place: str) -> Answer:
    """What a persona that is not refused gets of the object of a stranger of this kind in this place."""
    viewer, standing = persona.kind, persona.actor.standing
    is_trusted = standing == Standing.VERIFIED or (viewer == Kind.OPERATOR and standing != Standing.SUSPENDED)
    is_seen = scene.seen(viewer, owner, place) if viewer is not None and is_trusted else False
    if isinstance(is_seen, bool):
        return success(scene, persona) if is_seen else ABSENT
    return is_seen, ""


class Stage:
    """The objects of one operation, made when first asked for."""

    def __init__(self, operation: Operation, scene: Scene, world: World) -> None:
        self.operation, self.scene, self.world = operation, scene, world
        self.ids: dict[Any, Ids] = {}
        self.bodies: dict[Any, Any] = {}

    def object_of(self, owner: Kind, place: str) -> Ids:
        assert self.scene.build is not None
        return self.object_by(self.scene.build, self.world.organisations[owner, place])

    def object_by(self, build: Callable[[Any], Any], owner: Any) -> Ids:
        """What `build` makes for the owner, once."""
        if owner not in self.ids:
            made = build(owner)
            named = made if isinstance(made, Mapping) else {"id": made}
            self.ids[owner] = tuple((name, str(value)) for name, value in named.items())
        return self.ids[owner]

    def cells(self) -> Iterator[Cell]:
        for index, persona in enumerate(self.world.personas):
            if persona.is_stale and not self.operation.needs_step_up:
                continue
            refused = refusal(self.operation, self.scene, persona)
            for relation, ids, answer in self._relations(persona):
                # Who is refused anyway is so before any look-up. Of the two hidden places the personas take turns.
                left_out = ["dark" if index % 2 else "registered", *(["other"] if refused is not None else [])]
                if relation.split()[0] not in left_out:
                    yield Cell(persona, relation, ids, refused or answer)

    def _relations(self, persona: Persona) -> Iterator[tuple[str, Ids, Answer]]:
        scene, works = self.scene, success(self.scene, persona)
        if scene.build is None:
            yield "none", (), works
            return
        names = re.findall(r"{(\w+)}", self.operation.path + scene.query)
        unknown = f"{uuid4()}~{uuid4()}" if self.operation.path.startswith("/matches/{id}") else str(uuid4())
        yield RANDOM, tuple((name, unknown) for name in names), scene.absent
        if scene.is_shared:
            yield "shared", self.object_of(Kind.OPERATOR, "home"), works
        elif scene.is_personal:
            yield "other", self.object_by(scene.build, self.world.foreigner), ABSENT
            if persona.actor.user_id is not None:
                yield "own", self.object_by(scene.build, persona), works
        else:
            yield from self._of_organisations(persona, works, unknown)

    def _of_organisations(self, persona: Persona, works: Answer, unknown: str) -> Iterator[tuple[str, Ids, Answer]]:
        if persona.kind in self.scene.owners:
            own = self.object_of(persona.kind, persona.place)
            yield "own", own, works
            if len(own) > 1:
                yield f"own and {RANDOM}", (*own[:-1], (own[-1][0], unknown)), ABSENT
        for owner in self._strangers(persona):
            for place in STRANGERS:
                if (owner, place) != (persona.kind, persona.place):
                    answer = strangers_answer(self.scene, persona, owner, place)
                    yield f"{place} {owner}", self.object_of(owner, place), answer

    def _strangers(self, persona: Persona) -> Sequence[Kind]:
        """The kinds whose objects the persona tries: all where a rule looks at them, else its own or the first."""
        owners = self.scene.owners
        if self.scene.seen is not nobody_sees or len(owners) < 2:
            return owners
        own = [owner for owner in owners if owner == persona.kind]
        return [*own, *[owner for owner in owners if owner != persona.kind][:1]]

    def call(self, cell: Cell) -> Answer:
        """The status and problem code of the call."""
        client = self.world.client_of(cell.persona)
        place = BASE + self.operation.path + self.scene.query
        for name, value in cell.ids:
            place = place.replace(f"{{{name}}}", value)
        view, action, headers = self.operation.view, self.operation.action, dict(self.scene.headers)
        if action in getattr(view, "if_match_required", ()):
            headers["If-Match"] = _tag(client, place)
        if action in getattr(view, "idempotency_required", ()):
            headers["Idempotency-Key"] = uuid4().hex
        body, form = self.body_for(cell.persona), self.scene.format
        method = getattr(client, self.operation.method.lower())
        if isinstance(body, bytes):
            response = method(place, body, content_type=BINARY, headers=headers)
        else:
            response = method(place, headers=headers) if body is None else method(place, body, form, headers=headers)
        is_problem = response.headers.get("Content-Type") == "application/problem+json"
        return response.status_code, response.json()["code"] if is_problem else ""

    def body_for(self, persona: Persona) -> Any:
        body = self.scene.body
        if not callable(body):
            return body
        if self.scene.format != "json":  # files are read once
            return body(persona)
        if persona.label not in self.bodies:
            self.bodies[persona.label] = body(persona)
        return self.bodies[persona.label]


def _tag(client: APIClient, place: str) -> str:
    """The entity tag of what is changed: that of the path, or of the object before an action's name. That it was read
    is not kept.
    """
    with transaction.atomic():
        answers = [client.get(path) for path in (place, place.rpartition("/")[0])]
        transaction.set_rollback(True)
    tags = [str(answer.headers["ETag"]) for answer in answers if "ETag" in answer.headers]
    return tags[0] if tags else '"none"'


def fingerprint() -> list[tuple[str, int, str]]:
    """How many rows every table has and a digest of them all. A refusal may be kept as the answer to its key."""
    tables = sorted(set(connection.introspection.table_names()) - {"django_migrations", "kernel_idempotentanswer"})
    parts = [
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM \"{table}\" t"  # noqa: S608 - names from the catalogue
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return [row for row in cursor.fetchall() if row[1]]


def differs(expected: Answer, answer: Answer) -> bool:
    """A success is known by its status, a denial by its code too; 404 has one code whatever the reason."""
    return expected[0] != answer[0] or (expected[1] != "" and expected[1] != answer[1])


def told(cell: Cell, answer: Answer) -> str:
    return f"{cell.persona.label} on {cell.relation}: {answer[0]} {answer[1]}, expected {cell.expected[0]}"


class TestScenes:
    def test_are_there_for_every_operation_and_no_other(self) -> None:
        assert sets.__all__
        assert {item.name for item in OPERATIONS} == set(SCENES)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda item: item.name)
class TestOperation:
    def test_answers_everybody_as_the_table_says(self, operation: Operation, world: World) -> None:
        with transaction.atomic():
            stage = Stage(operation, SCENES[operation.name], world)
            cells = list(stage.cells())
            for persona in world.personas:
                stage.body_for(persona)
            if stage.scene.ready is not None:
                stage.scene.ready()
            denied = [cell for cell in cells if cell.expected[0] >= 400]
            allowed = [cell for cell in cells if cell.expected[0] < 400]
            before = fingerprint()

            wrong = [told(cell, answer) for cell in denied if differs(cell.expected, answer := stage.call(cell))]
            changed = [] if (after := fingerprint()) == before else sorted(set(after) ^ set(before))
            for cell in allowed:
                with transaction.atomic():
                    if differs(cell.expected, answer := stage.call(cell)):
                        wrong.append(told(cell, answer))
                    else:
                        connection.check_constraints()
                    transaction.set_rollback(True)
            transaction.set_rollback(True)

        assert not wrong, "\n".join(wrong)
        assert changed == [], "denied calls changed something"
        assert allowed, "nobody may: a denial of everybody shows nothing"
        assert any(cell.ids for cell in allowed) or stage.scene.build is None
        assert denied or operation.permission == PUBLIC
