"""Calling any operation as any caller: whom to ask, an object of the caller's own for the path, a body that fits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from rest_framework.test import APIClient

from apps.compliance.models import (
    Hit,
    ListVersion,
    OwnershipStatement,
    Permit,
    ScreeningRun,
    VerificationCase,
    WatchList,
)
from apps.compliance.states import CaseStatus
from apps.dealflow.models import PipelineStage, SavedSearch
from apps.notifications.services.preferences import unsubscribe_token
from apps.startups.models import Attestation, AttestationRequest, AttestorAddress, Capability, EventEvidence
from kernel.access import Actor
from kernel.ids import uuid7
from tests.factories.documents import digest_header
from tests.factories.organisations import client_of
from tests.leaks.catalogue import BYTES, FORM, JSON, Operation, operations
from tests.leaks.world import World

ENTITLED = ("aster", "gale", "operator", "authority", "attestor", "operator_two", "person")
"""Who is asked for an operation: the first of these that may."""
CHANGING = frozenset({"Date", "X-Request-ID", "RateLimit", "RateLimit-Policy", "Retry-After"})
REQUEST_ID = re.compile(rb'"request_id":"[^"]*"')
MADE_AT = re.compile(rb'"made_at":"[^"]*"')
"""When an answer was put together, which is no more than its date."""


@dataclass(frozen=True)
class Answer:
    """What a caller gets, without what differs from one request to the next."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def without(self, *texts: str) -> Answer:
        """The answer with these texts (ids that were asked for and come back as an echo) blotted out."""
        headers, body = self.headers, self.body
        for text in texts:
            headers = tuple((name, value.replace(text, "…")) for name, value in headers)
            body = body.replace(text.encode(), b"...")
        return Answer(self.status, headers, body)

    def json(self) -> Any:
        return json.loads(self.body)


def answer_of(response: Any) -> Answer:
    """The answer in a response. One that names its own moment is another every time, and its entity tag, too."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    changing = CHANGING | {"ETag"} if MADE_AT.search(body) else CHANGING
    headers = tuple(sorted((name, value) for name, value in response.headers.items() if name not in changing))
    body = MADE_AT.sub(b'"made_at":""', body)
    if response.status_code >= 400:
        body = REQUEST_ID.sub(b'"request_id":""', body)
    return Answer(response.status_code, headers, body)


def caller(actor: Actor | None) -> APIClient:
    """A client for an actor; for nobody without one. Errors come back as answers."""
    client = APIClient() if actor is None else client_of(actor)
    client.raise_request_exception = False
    return client


def ask(client: APIClient, address: str, **query: Any) -> Answer:
    """The answer to a GET."""
    return answer_of(client.get(f"{address}?{urlencode(query, doseq=True)}" if query else address))


def send(client: APIClient, operation: Operation, address: str, body: Any, **headers: str) -> Any:
    """The response to a request of the operation with a body."""
    if operation.is_read or (operation.body is None and body is None):
        return client.generic(operation.method, address, headers=headers)
    if operation.content_type == FORM:
        return client.post(address, body, format="multipart", headers=headers)
    if operation.content_type == BYTES:
        body = body or b""
        headers = {"Content-Digest": digest_header(body), **headers}
        return client.generic(operation.method, address, body, BYTES, headers=headers)
    return client.generic(operation.method, address, json.dumps(body), JSON, headers=headers)


def entitled(world: World, operation: Operation) -> str:
    """The name of the actor that is asked for the operation; empty when none of the world's may."""
    for name in ENTITLED:
        actor = world.actors[name]
        if operation.permission in {"public", "signed-in"} or actor.may(operation.permission):
            return name
    return ""


def names_filled(world: World, operation: Operation, name: str) -> dict[str, str]:
    """Something of the actor's own for every name in the operation's path; what there is none of is left out."""
    client = caller(world.actors[name])
    filled: dict[str, str] = {}
    for path_name in operation.path_names:
        before = Operation.url(operation, **filled).partition(f"/{{{path_name}}}")[0]
        own = _own(world, operation, name, before) or _first(client, before)
        if own:
            filled[path_name] = own
    return filled


def _own(world: World, operation: Operation, name: str, collection: str) -> str | None:
    organisation = world.organisations.get(name)
    last = collection.rpartition("/")[2]
    if organisation is None:
        return None
    if last == "organisations":
        others = {"merge": "elm", "suspend": "harbour"}
        return str(world[others.get(operation.path.rpartition("/")[2], name)].pk)
    if last == "members":
        return str(organisation.memberships.get(roles=["viewer"]).pk)
    if last == "startups" and hasattr(organisation, "firm"):
        return str(organisation.firm.pk)
    if last == "investors" and hasattr(organisation, "fund"):
        return str(organisation.fund.pk)
    if last == "capabilities" and hasattr(organisation, "firm"):
        return str(_capability(organisation, operation).pk)
    if last == "raises" and hasattr(organisation, "firm"):
        status = {"reopen": "partly_committed"}.get(operation.path.rpartition("/")[2], "open")
        draft = operation.path.endswith("/open")
        rows = organisation.firm.raises.filter(status="draft" if draft else status, lead_capability__status="published")
        return str(rows.order_by("id")[0].pk)
    if last == "mandates" and hasattr(organisation, "fund"):
        status = "paused" if operation.path.endswith("/activate") else "active"
        return str(organisation.fund.mandates.get(status=status).pk)
    if last == "matches" and hasattr(organisation, "firm"):
        mandate = world["gale"].fund.mandates.get(status="active").pk
        lead = organisation.firm.raises.filter(status="open", lead_capability__status="published").order_by("id")[0]
        return f"{mandate}~{lead.pk}"
    if last == "match-runs":
        return str(world.run.pk)
    return (
        _own_kept(world, operation, name, last)
        or _own_work(organisation, operation, last)
        or _own_paper(organisation, operation, last)
        or _own_file(world, organisation, operation, last)
    )


def _own_kept(world: World, operation: Operation, name: str, last: str) -> str | None:
    """Of what a searcher keeps: an archived stage to be restored, one where nothing stands to be archived."""
    action = operation.path.rpartition("/")[2]
    if last == "notification-preferences":
        return "dealflow.alert"
    if last == "unsubscribes":
        return unsubscribe_token(user_id=world.actors[name].user_id, kinds=["dealflow.alert"])
    rows: Any = None
    if last == "pipeline-stages":
        rows = PipelineStage.objects.filter(organisation=world.organisations[name], entries=None)
        rows = rows.filter(archived_at__isnull=action != "restore")
    elif last == "saved-searches":
        rows = SavedSearch.objects.filter(organisation=world.organisations[name], owner=world.actors[name].user_id)
    first = None if rows is None else rows.order_by("pk").first()
    return None if first is None else str(first.pk)


def _own_work(organisation: Any, operation: Operation, last: str) -> str | None:
    """Of a firm's log and figures, and of what an attestor is asked."""
    action = operation.path.rpartition("/")[2]
    rows: Any = None
    if last == "attestation-requests":
        firm = "event__capability__firm__organisation"
        asked = Q(seat__organisation=organisation) | Q(**{firm: organisation})
        rows = AttestationRequest.objects.filter(asked, status="open").exclude(**{f"{firm}__standing": "suspended"})
        rows = rows.exclude(**{f"{firm}__dark_since__isnull": False})
    elif last == "attestations" and action == "withdraw":
        rows = Attestation.objects.filter(attestor=organisation, withdrawn_at=None)
    elif last == "attestor-addresses" and organisation.kind == "operator":
        rows = AttestorAddress.objects.filter(status="waiting")
    elif last == "event-evidence" and organisation.kind == "operator":
        rows = EventEvidence.objects.filter(status="stated")
    elif not hasattr(organisation, "firm"):
        return None
    elif last == "financials":
        return str(organisation.firm.financials.filter(withdrawn_at=None).order_by("year")[0].year)
    elif last in {"development-events", "evidence"}:
        found = EventEvidence.objects.get(event__capability__firm=organisation.firm, status="stated")
        return str(found.pk if last == "evidence" else found.event_id)
    elif last in {"trackers", "tracker-endpoints"}:
        rows = organisation.firm.trackers.filter(disabled_at=None)
    first = None if rows is None else rows.order_by("pk").first()
    return None if first is None else str(first.pk)


def _own_paper(organisation: Any, operation: Operation, last: str) -> str | None:
    if last == "documents":
        shown = organisation.documents.filter(versions__status="clean", withdrawn_at=None).order_by("id")
        return str(shown[0].pk) if shown else None
    if last == "uploads":
        received = 3 if operation.path.endswith("/complete") else 0
        begun = organisation.uploads.filter(status="receiving", received=received).order_by("id")
        return str(begun[0].pk) if begun else None
    return "0" if last == "chunks" else None


CASES_FOR = {
    "take": "submitted",
    "ask": "in_review",
    "judge": "in_review",
    "refuse": "in_review",
    "verify": "in_review",
    "suspend": "verified",
    "reinstate": "suspended",
}
"""The status of a case in which an officer may do something."""


def _own_file(world: World, organisation: Any, operation: Operation, last: str) -> str | None:
    """A row of what officers see, as far as the organisation is theirs; of one's own organisation else."""
    action = operation.path.rpartition("/")[2]
    rows: Any = None
    if last == "ownership":
        rows = OwnershipStatement.objects.filter(stated_by=organisation, superseded_by=None, is_withdrawn=False)
    elif last == "permits" and organisation.kind != "operator":
        rows = organisation.permits.all()
    elif organisation.kind != "operator":
        return None
    elif last == "permits":
        rows = Permit.objects.filter(status="confirmed" if action == "revoke" else "recorded")
    elif last == "verification-cases":
        wanted = {CASES_FOR[action]} if action in CASES_FOR else set(CaseStatus.values) - {"draft"}
        rows = VerificationCase.objects.exclude(organisation=world["cedar"]).filter(status__in=wanted)
    elif last == "screenings":
        rows = ScreeningRun.objects.all()
    elif last == "screening-hits":
        rows = Hit.objects.filter(status="pending")
    elif last == "watch-lists":
        rows = WatchList.objects.all()
    elif last == "list-versions":
        rows = ListVersion.objects.filter(status="waiting")
    found = None if rows is None else rows.order_by("pk").first()
    return None if found is None else str(found.pk)


def _capability(organisation: Any, operation: Operation) -> Capability:
    status = "draft" if operation.path.endswith("/publish") else "published"
    found: Capability = organisation.firm.capabilities.filter(status=status).order_by("id")[0]
    return found


def _first(client: APIClient, collection: str) -> str | None:
    """The id of the first row of a list that the caller may read."""
    lists = [item for item in operations() if item.is_list and re.fullmatch(_pattern(item.path), collection)]
    if not lists:
        return None
    found = client.get(collection)
    rows = found.json()["results"] if found.status_code == 200 else []
    return next((str(row["id"]) for row in rows if "id" in row), None)


def _pattern(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "[^/]+", path)


def address_of(operation: Operation, filled: Mapping[str, str]) -> str:
    """The operation's address; a name that nothing was found for gets an id that nothing has."""
    return operation.url(**{name: filled.get(name, str(uuid7())) for name in operation.path_names})
