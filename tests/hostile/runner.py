"""Sends the corpus: which inputs apply to which operation, how each becomes a request, what may come back."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.dealflow.models import SavedSearch
from apps.notifications.models import Notification
from tests.factories.documents import digest_header
from tests.factories.organisations import key_of
from tests.hostile.inputs import BODS, EXTRA, FIELD, FOREIGN, HEADER, JSON, PATH, QUERY, RAW, VERB, Input
from tests.leaks.bodies import body_of
from tests.leaks.calls import address_of, caller, entitled, names_filled
from tests.leaks.catalogue import BYTES, FORM, METHODS, Operation, operations, placed, routes, uuid_places
from tests.leaks.rules import SUBJECTS, subject_of
from tests.leaks.world import World

SIGN_IN_FIELDS = (
    "email",
    "password",
    "code",
    "key",
    "name",
    "provider",
    "token",
    "credential",
    "phone",
    "id",
    "sessions",
)
SIGN_IN_FIELDS += ("username", "new_password", "current_password", "process", "authenticators", "passwordless")
PROVES_WHO = frozenset({"Authorization", "X-Session-Token", "X-Organisation", "Cookie"})
MANAGED = ("/account/", "/auth/sessions", "/auth/session", "reauthenticate")
SLOW = frozenset(
    {"/api/schema/", "/api/docs/", "/api/redoc/"} | {f"/_allauth/openapi.{kind}" for kind in ("json", "yaml")}
)
SLOW_STEP = 20
"""Of the inputs for addresses that describe the interface, every so many-th is sent."""
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass
class Outcome:
    """What came back, in sum."""

    requests: int = 0
    worst: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Case:
    """One input at one place of one operation."""

    operation: Operation
    given: Input
    place: Any = None

    def __str__(self) -> str:
        return f"{self.operation.label} ← {self.given}{f' at {self.place}' if self.place else ''}"


def other_addresses() -> list[Operation]:
    """Sign-in, health, metrics and the description of the interface, as operations without a schema."""
    found = []
    for address, view in routes("/"):
        if address.startswith("/api/v1/"):
            continue
        plain = address.replace("^", "").replace("$", "")
        path = "/".join("x" if "<" in part or "(" in part else part for part in plain.split("/"))
        made = getattr(view, "view_class", None) or getattr(view, "cls", None)
        for method in METHODS if made is None else [name for name in METHODS if hasattr(made, name)]:
            names = {"type": "object", "properties": {name: {} for name in SIGN_IN_FIELDS}}
            body = names if method != "get" else None
            found.append(Operation(path, method.upper(), path, "public", (), {}, body, JSON, {}))
    return found


def cases(corpus: Sequence[Input]) -> Iterator[Case]:
    """Every input at every place of every operation that it applies to."""
    seen: set[str] = set()
    for operation in (*operations(), *other_addresses()):
        is_first = operation.path not in seen
        seen.add(operation.path)
        chosen = corpus[::SLOW_STEP] if operation.path in SLOW else corpus
        for given in chosen:
            if given.kind != VERB or is_first:
                yield from (Case(operation, given, place) for place in places(operation, given))


def places(operation: Operation, given: Input) -> Iterator[Any]:
    """Where the input goes in a request of the operation; nothing where it does not apply."""
    is_ours = operation.path.startswith("/api/v1/")
    properties = (operation.body or {}).get("properties", {})
    is_json = operation.content_type == JSON and bool(properties)
    if given.kind == RAW:
        yield from [None] if operation.method in UNSAFE else []
    elif given.kind == FIELD:
        yield from (properties if is_ours and is_json else [None] if is_json else [])
    elif given.kind == QUERY:
        yield from operation.query if given.parameter else [None]
    elif given.kind == PATH:
        yield from operation.path_names
    elif given.kind == EXTRA:
        is_object = operation.content_type not in {FORM, BYTES}
        yield from [None] if operation.method in UNSAFE and is_ours and is_object else []
    elif given.kind == FOREIGN:
        yield from uuid_places(operation.body or {}) if is_ours else []
    elif given.kind == BODS:
        yield from [None] if is_json and "bods" in properties else []
    else:
        yield None


def sampled(found: list[Case], *, seed: int, per_operation: int) -> list[Case]:
    """Each input at least once and each operation several times, the same for the same seed."""
    chance = random.Random(seed)
    by_input: dict[str, list[Case]] = {}
    by_operation: dict[str, list[Case]] = {}
    for case in found:
        by_input.setdefault(str(case.given), []).append(case)
        if case.operation.path not in SLOW:
            by_operation.setdefault(case.operation.label, []).append(case)
    chosen = {}
    for several in by_input.values():
        quick = [case for case in several if case.operation.path not in SLOW] or several
        case = chance.choice(quick)
        chosen[str(case)] = case
    for several in by_operation.values():
        most = per_operation if several[0].operation.path.startswith("/api/") else 1
        for case in chance.sample(several, min(most, len(several))):
            chosen[str(case)] = case
    return list(chosen.values())


class Sender:
    """Sends cases as the caller that may do most, each with its effect undone."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.foreign = _foreign(world)
        self.prepared: dict[str, tuple[str, dict[str, str], Any]] = {}
        self.keys = {name: key_of(actor).token for name, actor in world.actors.items() if actor.organisation_id}
        self.session = _session(world)
        self.clients: dict[str, APIClient] = {}
        self.outcome = Outcome()
        self.plain: dict[str, dict[str, Any]] = {}

    def send(self, case: Case) -> None:
        """Sends one case and notes what is wrong with the answer."""
        self.outcome.requests += 1
        self.outcome.used.add(str(case.given))
        self.outcome.reached.add(case.operation.label)
        is_watched = case.given.kind in {EXTRA, FOREIGN}
        with transaction.atomic():
            before = fingerprint() if is_watched else ""
            response = self.response(case)
            content = b"".join(response.streaming_content) if response.streaming else response.content
            self.judge(case, response, content)
            if is_watched and response.status_code >= 400 and fingerprint() != before:
                self.outcome.wrong.append(f"{case}: refused, and something changed")
            is_taken = case.given.kind == EXTRA and response.status_code < 400
            after = protected() if is_taken else {}
            transaction.set_rollback(True)
        if is_taken:
            self.compare(case, after)

    def judge(self, case: Case, response: Any, content: bytes) -> None:
        """Notes a 5xx, an answer that is no problem document, and one that tells of our insides."""
        status = response.status_code
        self.outcome.worst = max(self.outcome.worst, status)
        self.outcome.statuses[status] = self.outcome.statuses.get(status, 0) + 1
        if status >= 500:
            self.outcome.wrong.append(f"{case}: {status}")
        if b"Traceback" in content or b"django.db" in content or b"psycopg" in content:
            self.outcome.wrong.append(f"{case}: {content[:200]!r}")
        if status >= 400 and case.operation.path.startswith("/api/v1/") and not _is_problem(response, content):
            self.outcome.wrong.append(f"{case}: {status} is no problem document: {content[:200]!r}")

    def compare(self, case: Case, with_extra: dict[str, Any]) -> None:
        """Notes where the added fields made a difference to what nobody may set."""
        label = case.operation.label
        if label not in self.plain:
            self.plain[label] = self.without_extra(case.operation)
        if with_extra != self.plain[label]:
            changed = {name for name in with_extra if with_extra[name] != self.plain[label].get(name)}
            self.outcome.wrong.append(f"{case}: took effect on {sorted(changed)}")

    def without_extra(self, operation: Operation) -> dict[str, Any]:
        """What nobody may set, after the same request without the added fields."""
        name, filled, body = self.prepare(operation)
        content, kind = sent_as(operation, body)
        with transaction.atomic():
            address = address_of(operation, filled)
            _request(caller(self.world.actors.get(name)), operation.method, address, content, kind, "", {})
            found = protected()
            transaction.set_rollback(True)
        return found

    def prepare(self, operation: Operation) -> tuple[str, dict[str, str], Any]:
        """The caller's name, the names of the path and a good body, found once per operation."""
        if operation.label not in self.prepared:
            name = entitled(self.world, operation)
            filled = names_filled(self.world, operation, name) if name else {}
            body = body_of(operation, self.world, name) if operation.path.startswith("/api/v1/") and name else {}
            self.prepared[operation.label] = (name, filled, body)
        return self.prepared[operation.label]

    def client(self, operation: Operation, name: str, given: Input) -> APIClient:
        """A client of the caller; where the input says who is calling, one that does not say so itself."""
        if given.kind == HEADER and PROVES_WHO & {header for header, _ in given.headers}:
            client: APIClient = caller(None)
            return client
        if operation.path.startswith("/_allauth/"):
            return self.account(operation)
        if name not in self.clients:
            self.clients[name] = caller(self.world.actors.get(name))
        return self.clients[name]

    def account(self, operation: Operation) -> APIClient:
        """A client for sign-in: with a session where an account is managed, without one where one begins."""
        client: APIClient = caller(None)
        if any(part in operation.path for part in MANAGED):
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session
            client.credentials(HTTP_X_SESSION_TOKEN=self.session)
        return client

    def response(self, case: Case) -> Any:
        """The answer to a case."""
        operation, given = case.operation, case.given
        name, filled, body = self.prepare(operation)
        client = self.client(operation, name, given)
        names, query, method, content, kind = dict(filled), "", operation.method, None, JSON
        headers = {header: _as_sent(value) for header, value in given.headers}
        if operation.method in UNSAFE and operation.content_type != FORM:
            content, kind = sent_as(operation, body)
        if operation.content_type == BYTES:
            sent = given.value if given.kind == RAW else content
            headers = {"Content-Digest": digest_header(sent or b""), **headers}
        if given.kind == RAW:
            content, kind = given.value, given.content_type
        elif given.kind in {FIELD, EXTRA, FOREIGN, BODS}:
            content = _dumped(self.body(case, body))
        elif given.kind == QUERY:
            query = _query(given, case.place)
        elif given.kind == PATH:
            names[case.place] = given.value
        elif given.kind == VERB:
            method = given.value
        elif given.kind == HEADER and "X-Organisation" in headers and name in self.keys:
            headers["Authorization"] = f"Bearer {self.keys[name]}"
        return _request(client, method, address_of(operation, names), content, kind, query, headers)

    def body(self, case: Case, body: Any) -> Any:
        """The good body with the input in it."""
        operation, given = case.operation, case.given
        if given.kind == FIELD:
            every = dict.fromkeys((operation.body or {})["properties"], given.value)
            return {**body, case.place: given.value} if case.place else every
        if given.kind == BODS:
            return {"bods": given.value, "dry_run": False}
        if given.kind == EXTRA:
            return self.added(operation, body, given)
        return placed(body, case.place, self.foreign[given.value])

    def added(self, operation: Operation, body: Any, given: Input) -> Any:
        """The body with the input's fields; those that the operation does take stay as they are."""
        declared = (operation.body or {}).get("properties", {})
        extra = {key: value for key, value in given.value.items() if key not in declared}
        return {**body, **extra} if isinstance(body, dict) else extra


def sent_as(operation: Operation, body: Any) -> tuple[bytes, str]:
    """A good body as bytes, and their type."""
    if operation.content_type == BYTES:
        return body or b"", BYTES
    return json.dumps(body).encode() if body is not None else b"", JSON


def _request(
    client: APIClient, method: str, address: str, content: bytes | None, kind: str, query: str, headers: dict[str, str]
) -> Any:
    data = content or b""
    extra: dict[str, Any] = {"wsgi.input": io.BytesIO(data), "QUERY_STRING": query}
    if kind:
        extra["CONTENT_TYPE"] = _as_sent(kind)
    return client.generic(method, address, data, kind, headers=headers, **extra)


def _dumped(body: Any) -> bytes:
    return json.dumps(body).encode()


def _as_sent(value: str) -> str:
    """A header's text as a server hands it on: its bytes as Latin-1."""
    return value if all(ord(letter) < 256 for letter in value) else value.encode().decode("latin-1")


def _query(given: Input, place: str | None) -> str:
    if not given.parameter:
        return str(given.value)
    times = {"{any}": 1, "{2}": 2, "{101}": 101}[given.parameter]
    return "&".join([f"{place}={given.value}"] * times)


def _is_problem(response: Any, content: bytes) -> bool:
    if response.headers.get("Content-Type", "").partition(";")[0] != "application/problem+json":
        return response.wsgi_request.method == "HEAD" and not content
    if not content:
        return bool(response.wsgi_request.method == "HEAD")
    body = json.loads(content)
    is_whole = {"type", "title", "status", "detail", "code", "request_id", "errors"} <= set(body)
    return is_whole and body["status"] == response.status_code


def _session(world: World) -> str:
    """A session of a person, as a sign-in leaves it."""
    user = User.objects.get(pk=world.actors["aster"].user_id)
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    return str(session.session_key)


def _foreign(world: World) -> dict[str, str]:
    """Ids of what belongs to a firm and a fund that nobody sees."""
    firm, fund = world["dusk"].firm, world["juniper"].fund
    keys = [row for model in SUBJECTS if model.__name__ == "ApiKey" for row in model._default_manager.all()]
    grants = [row for model in SUBJECTS if model.__name__ == "DisclosureGrant" for row in model._default_manager.all()]
    return {
        "organisation": str(world["dusk"].pk),
        "firm": str(firm.pk),
        "fund": str(fund.pk),
        "capability": str(firm.capabilities.order_by("id")[0].pk),
        "raise": str(firm.raises.order_by("id")[0].pk),
        "mandate": str(fund.mandates.order_by("id")[0].pk),
        "lever": str(fund.organisation.levers.get().pk),
        "person": str(world.actors["dusk"].user_id),
        "key": next(str(row.pk) for row in keys if subject_of(row) == world["dusk"].pk),
        "grant": str(grants[0].pk),
        "document": str(fund.organisation.documents.order_by("id")[0].pk),
        "upload": str(fund.organisation.uploads.order_by("id")[0].pk),
        "party": str(fund.organisation.stated_parties.order_by("id")[0].pk),
        "case": str(fund.organisation.verification_cases.order_by("id")[0].pk),
        "permit": str(fund.organisation.permits.order_by("id")[0].pk),
        "entry": str(fund.organisation.watchlist_entries.order_by("id")[0].pk),
        "stage": str(fund.organisation.pipeline_stages.order_by("id")[0].pk),
        "search": str(SavedSearch.objects.filter(organisation=fund.organisation).order_by("id")[0].pk),
        "message": str(Notification.objects.filter(organisation=fund.organisation).order_by("id")[0].pk),
    }


PROTECTED = {
    "organisations": "SELECT kind, standing, basis, dark_since IS NULL, merged_into_id, count(*) FROM "
    "organisations_organisation GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    "memberships": "SELECT organisation_id, roles, count(*) FROM organisations_membership WHERE organisation_id IN "
    "(SELECT organisation_id FROM organisations_identifier WHERE value LIKE 'N-%') GROUP BY 1, 2 ORDER BY 1, 2",
    "people": "SELECT is_staff, is_superuser, is_active, count(*) FROM accounts_user GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "keys": "SELECT organisation_id, scopes, revoked_at IS NULL, expires_at > now() + interval '1 year', count(*) "
    "FROM organisations_apikey GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "grants": "SELECT viewer_id, subject_id, tier, cause, person_id IS NULL, count(*) FROM "
    "organisations_disclosuregrant GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    "break glass": "SELECT operator_id, subject_id, tier, approved_by_id, count(*) FROM organisations_breakglass "
    "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "capabilities": "SELECT firm_id, status, version, created_at > '2021-01-01', count(*) FROM startups_capability "
    "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "raises": "SELECT firm_id, status, version, created_at > '2021-01-01', count(*) FROM startups_raise "
    "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "firms": "SELECT organisation_id, teaser_id, version FROM startups_firm ORDER BY 1",
    "funds": "SELECT organisation_id, teaser_id, version FROM investors_fund ORDER BY 1",
    "mandates": "SELECT fund_id, status, version, count(*) FROM investors_mandate GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "documents": "SELECT organisation_id, purpose, version, withdrawn_at IS NULL, count(*) FROM documents_document "
    "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "versions": "SELECT document_id, number, status, sha256 FROM documents_documentversion ORDER BY 1, 2",
    "access": "SELECT document_id, viewer_id, cause, until IS NULL, count(*) FROM documents_documentaccess "
    "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "uploads": "SELECT organisation_id, status, received, document_id IS NULL, count(*) FROM documents_upload "
    "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "ownership": "SELECT stated_by_id, owned_id = stated_by_id, is_withdrawn, count(*) FROM "
    "compliance_ownershipstatement GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "cases": "SELECT organisation_id, status, is_standing, cause, version, officer_id, decided_by_id, submitted_by_id "
    "FROM compliance_verificationcase ORDER BY organisation_id, id",
    "hits": "SELECT id, status, decided_by_id, score, version FROM compliance_hit ORDER BY 1",
    "permits": "SELECT organisation_id, kind, status, version, decided_by_id, count(*) FROM compliance_permit "
    "GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    "interests": "SELECT operator_id, user_id, count(*) FROM compliance_declaredinterest GROUP BY 1, 2 ORDER BY 1, 2",
    "lists": "SELECT watch_list_id, status, version, count(*) FROM compliance_listversion GROUP BY 1, 2, 3 "
    "ORDER BY 1, 2, 3",
    "watch-lists": "SELECT organisation_id, kind, version, moved_at > '2026-01-01', created_at > '2021-01-01', "
    "count(*) FROM dealflow_watchlistentry GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    "stages": "SELECT organisation_id, archived_at IS NULL, version, count(*) FROM dealflow_pipelinestage "
    "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "notes": "SELECT author_id, edited_at IS NULL, version, count(*) FROM dealflow_watchlistnote GROUP BY 1, 2, 3 "
    "ORDER BY 1, 2, 3",
    "reminders": "SELECT set_by_id, told_at IS NULL, count(*) FROM dealflow_watchlistreminder GROUP BY 1, 2 "
    "ORDER BY 1, 2",
    "searches": "SELECT organisation_id, owner_id, query_version, version, count(*) FROM dealflow_savedsearch "
    "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "messages": "SELECT user_id, organisation_id, kind, mailed_at IS NULL, count(*) FROM notifications_notification "
    "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "holds": "SELECT mandate_id, status, amount, count(*) FROM investors_capacityhold GROUP BY 1, 2, 3 "
    "ORDER BY 1, 2, 3",
    "levers": "SELECT organisation_id, version, count(*) FROM investors_lever GROUP BY 1, 2 ORDER BY 1, 2",
}
"""What a body must not be able to set, by name: a query each."""


def protected() -> dict[str, Any]:
    """What nobody may set, as it is now."""
    with connection.cursor() as cursor:
        found = {}
        for name, query in PROTECTED.items():
            cursor.execute(query)
            found[name] = [repr(row) for row in cursor.fetchall()]
        return found


def fingerprint() -> str:
    """A hash of all rows of all tables."""
    hashed = "SELECT '{0}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{0}\" t"
    parts = " UNION ALL ".join(hashed.format(name) for name in connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute(parts)
        return repr(sorted(cursor.fetchall()))
