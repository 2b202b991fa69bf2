"""Endpoints for firms' own trackers: made, changed, ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.accounts.sealing import seal, unseal
from apps.organisations.rules import own_require
from apps.organisations.states import Standing
from apps.startups import events
from apps.startups.models import Capability, Firm, TrackerEndpoint, TrackerProject
from apps.startups.rules.signatures import NO_SECRET, is_signed, secret_make
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish

PURPOSE = b"tandem startups tracker endpoint 1"
MOST_ENDPOINTS = 20
MOST_PROJECTS = 500
LONGEST_PROJECT = 100


class TrackerNotAcceptable(Invalid):
    """The tracker's data are not acceptable."""


class TrackerDisabled(Conflict):
    """The endpoint is disabled and takes nothing more."""


class TooManyTrackers(Conflict):
    """The firm has as many endpoints as it may have. Disable one first."""


@dataclass(frozen=True, slots=True)
class TrackerMade:
    """An endpoint and, this once, the secret that its messages are to be signed with."""

    endpoint: TrackerEndpoint
    secret: str


@transaction.atomic
def tracker_create(*, actor: Actor, firm: Firm, name: str, projects: Mapping[str, UUID] | None = None) -> TrackerMade:
    """A new endpoint; `projects` says which of the firm's capabilities the tracker means by keys of its own.

    Raises NotYours, TrackerNotAcceptable and TooManyTrackers.
    """
    own_require(actor=actor, organisation_id=firm.organisation_id)
    Firm.objects.select_for_update(no_key=True).get(pk=firm.pk)
    if TrackerEndpoint.objects.filter(firm=firm, disabled_at=None).count() >= MOST_ENDPOINTS:
        raise TooManyTrackers
    _check(firm, name, projects or {})
    secret = secret_make()
    endpoint = TrackerEndpoint.objects.create(
        firm=firm, name=name.strip(), sealed_secret=seal(text=secret, purpose=PURPOSE)
    )
    _projects_replace(endpoint, projects or {})
    _tell(events.TRACKER_CREATED, actor, endpoint)
    return TrackerMade(endpoint, secret)


@transaction.atomic
def tracker_update(
    *, actor: Actor, endpoint: TrackerEndpoint, name: str | None = None, projects: Mapping[str, UUID] | None = None
) -> TrackerEndpoint:
    """Change its name, or all its projects. Raises NotYours, TrackerDisabled and TrackerNotAcceptable."""
    locked = _lock(actor, endpoint)
    _check(locked.firm, locked.name if name is None else name, projects or {})
    if name is not None:
        locked.name = name.strip()
    if projects is not None:
        _projects_replace(locked, projects)
    _save(locked, "name")
    _tell(events.TRACKER_UPDATED, actor, locked)
    return locked


@transaction.atomic
def tracker_rotate(*, actor: Actor, endpoint: TrackerEndpoint, now: dt.datetime | None = None) -> TrackerMade:
    """A new secret in place of the old one, which ends at once. Raises NotYours and TrackerDisabled."""
    locked = _lock(actor, endpoint)
    secret = secret_make()
    locked.sealed_secret, locked.rotated_at = seal(text=secret, purpose=PURPOSE), now or utc_now()
    _save(locked, "sealed_secret", "rotated_at")
    _tell(events.TRACKER_ROTATED, actor, locked)
    return TrackerMade(locked, secret)


@transaction.atomic
def tracker_disable(*, actor: Actor, endpoint: TrackerEndpoint, now: dt.datetime | None = None) -> TrackerEndpoint:
    """End it for good, in force from the next message; what it sent stays. Raises NotYours and TrackerDisabled."""
    locked = _lock(actor, endpoint)
    locked.disabled_at = now or utc_now()
    _save(locked, "disabled_at")
    _tell(events.TRACKER_DISABLED, actor, locked)
    return locked


def tracker_signer(
    *, endpoint_id: str, message_id: str, timestamp: str, signatures: str, body: bytes, now: dt.datetime | None = None
) -> TrackerEndpoint | None:
    """The endpoint whose secret signed the message; None where there is none, it is disabled, its organisation is
    suspended or merged into another, or the signature or its time does not hold.
    """
    try:
        found = TrackerEndpoint.objects.select_related("firm__organisation").filter(pk=UUID(endpoint_id)).first()
    except ValueError:
        found = None
    secret = NO_SECRET if found is None else unseal(sealed=found.sealed_secret, purpose=PURPOSE)
    holds = is_signed(
        secret=secret,
        message_id=message_id,
        timestamp=timestamp,
        signatures=signatures,
        body=body,
        now=now or utc_now(),
    )
    if found is None or not holds or found.disabled_at is not None:
        return None
    organisation = found.firm.organisation
    return None if organisation.standing == Standing.SUSPENDED or organisation.merged_into_id is not None else found


def tracker_secrets_reseal() -> int:
    """Seal all secrets anew under the present SECRET_KEY; returns how many."""
    changed = 0
    for pk in list(TrackerEndpoint.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            endpoint = TrackerEndpoint.objects.select_for_update().get(pk=pk)
            secret = unseal(sealed=endpoint.sealed_secret, purpose=PURPOSE)
            TrackerEndpoint.objects.filter(pk=pk).update(sealed_secret=seal(text=secret, purpose=PURPOSE))
            changed += 1
    return changed


def _lock(actor: Actor, endpoint: TrackerEndpoint) -> TrackerEndpoint:
    own_require(actor=actor, organisation_id=endpoint.firm.organisation_id)
    rows = TrackerEndpoint.objects.select_for_update(of=("self",)).select_related("firm")
    locked = rows.get(pk=endpoint.pk)
    if locked.disabled_at is not None:
        raise TrackerDisabled
    return locked


def _check(firm: Firm, name: str, projects: Mapping[str, UUID]) -> None:
    problems = []
    if not name.strip():
        problems.append(FieldProblem("/name", "blank", "An endpoint needs a name."))
    if len(projects) > MOST_PROJECTS:
        problems.append(FieldProblem("/projects", "too_many", "At most {most}.", {"most": MOST_PROJECTS}))
    own = set(Capability.objects.filter(firm=firm, pk__in=list(projects.values())).values_list("pk", flat=True))
    for key, capability_id in projects.items():
        pointer = f"/projects/{key.replace('~', '~0').replace('/', '~1')}"
        if not key.strip() or len(key) > LONGEST_PROJECT:
            text = "A key has 1 to {longest} characters."
            problems.append(FieldProblem(pointer, "out_of_range", text, {"longest": LONGEST_PROJECT}))
        if capability_id not in own:
            problems.append(FieldProblem(pointer, "does_not_exist", "There is no such capability of yours."))
    if problems:
        raise TrackerNotAcceptable(errors=problems)


def _projects_replace(endpoint: TrackerEndpoint, projects: Mapping[str, UUID]) -> None:
    TrackerProject.objects.filter(endpoint=endpoint).delete()
    TrackerProject.objects.bulk_create(
        TrackerProject(endpoint=endpoint, key=key, capability_id=capability_id)
        for key, capability_id in sorted(projects.items())
    )


def _save(endpoint: TrackerEndpoint, *names: str) -> None:
    endpoint.version += 1
    endpoint.save(update_fields=[*names, "version"])


def _tell(name: str, actor: Actor, endpoint: TrackerEndpoint) -> None:
    publish(name, actor=actor, subject=endpoint, organisation_id=endpoint.firm.organisation_id)
