"""Recording what an authority permitted, and the operator's word on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.compliance import events
from apps.compliance.models import Permit
from apps.compliance.services.evidence import evidence_missing, evidence_of, evidence_open
from apps.compliance.services.interests import officer_require
from apps.compliance.states import PERMIT
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours
from apps.organisations.services import organisation_lock
from apps.reference.codes import country_codes
from apps.reference.export_classes import export_class_of
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish

MOST_ITEMS = 200


class PermitNotAcceptable(Invalid):
    """The permit's data are not acceptable."""


class PermitKnown(Conflict):
    """A permit of this kind, country and number is recorded already."""


class RecorderDecides(Forbidden):
    """Whoever recorded a permit does not decide on it."""


class EvidenceMissing(Conflict):
    """Without a document of the permit nobody can confirm it."""


@transaction.atomic
def permit_record(
    *,
    actor: Actor,
    kind: str,
    issuer: str,
    issuer_country: str,
    number: str,
    valid_from: dt.date,
    valid_to: dt.date,
    export_codes: Sequence[str] = (),
    capability_ids: Sequence[UUID] = (),
    document_ids: Sequence[UUID] = (),
    recipient_ids: Sequence[UUID] = (),
    recipient_countries: Sequence[str] = (),
    evidence_id: UUID | None = None,
    now: dt.datetime | None = None,
) -> Permit:
    """Record a permit that one's own organisation holds; it covers nothing before the operator confirms it.

    The operators may read its document from now on. Raises NotYours, PermitNotAcceptable and PermitKnown.
    """
    if actor.organisation_id is None:
        raise NotYours
    evidence = None if evidence_id is None else evidence_of(actor=actor, ids=[evidence_id]).first()
    problems = _problems(
        actor,
        issuer=issuer,
        issuer_country=issuer_country,
        number=number,
        dates=(valid_from, valid_to),
        export_codes=export_codes,
        items=(*capability_ids, *document_ids),
        recipients=recipient_ids,
        countries=recipient_countries,
    )
    if evidence_id is not None and evidence is None:
        problems.append(evidence_missing(pointer="/evidence"))
    if problems:
        raise PermitNotAcceptable(errors=problems)
    try:
        with transaction.atomic():
            permit = Permit.objects.create(
                organisation_id=actor.organisation_id,
                kind=kind,
                issuer=issuer.strip(),
                issuer_country=issuer_country,
                number=number.strip(),
                export_codes=sorted(set(export_codes)),
                capability_ids=sorted(set(capability_ids)),
                document_ids=sorted(set(document_ids)),
                recipient_ids=sorted(set(recipient_ids)),
                recipient_countries=sorted(set(recipient_countries)),
                valid_from=valid_from,
                valid_to=valid_to,
                evidence=evidence,
                recorded_by_id=actor.user_id,
                recorded_at=now or utc_now(),
            )
    except IntegrityError:
        raise PermitKnown from None
    publish(events.PERMIT_RECORDED, actor=actor, subject=permit, data={"kind": kind})
    if evidence is not None:
        evidence_open(actor=actor, documents=[evidence], cause_id=permit.pk)
    return permit


@transaction.atomic
def permit_confirm(*, actor: Actor, permit: Permit, reason: str = "", now: dt.datetime | None = None) -> Permit:
    """Say that the permit is what its holder says; from now on it covers what it names.

    Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest, RecorderDecides, EvidenceMissing and NotNow.
    """
    return _decide("confirm", actor, permit, reason, now)


@transaction.atomic
def permit_refuse(*, actor: Actor, permit: Permit, reason: str, now: dt.datetime | None = None) -> Permit:
    """Say that the permit is not what its holder says, and why.

    Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest, RecorderDecides, PermitNotAcceptable and NotNow.
    """
    return _decide("refuse", actor, permit, reason, now)


@transaction.atomic
def permit_revoke(*, actor: Actor, permit: Permit, reason: str, now: dt.datetime | None = None) -> Permit:
    """End what a confirmed permit covers, from now on, and say why.

    Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest, RecorderDecides, PermitNotAcceptable and NotNow.
    """
    return _decide("revoke", actor, permit, reason, now)


def _decide(name: str, actor: Actor, permit: Permit, reason: str, now: dt.datetime | None) -> Permit:
    user_id = officer_require(actor=actor, organisation_id=permit.organisation_id, now=now)
    if permit.recorded_by_id == user_id:
        raise RecorderDecides
    if name == "confirm" and permit.evidence_id is None:
        raise EvidenceMissing
    if name != "confirm" and not reason.strip():
        raise PermitNotAcceptable(errors=[FieldProblem("/reason", "blank", "Say why.")])
    organisation_lock(organisation_id=permit.organisation_id)
    PERMIT.fire(name, instance=permit, actor=actor)
    moment = now or utc_now()
    permit.decided_by_id, permit.decided_at, permit.reason = user_id, moment, reason.strip()
    permit.revoked_at = moment if name == "revoke" else None
    permit.save(update_fields=["decided_by", "decided_at", "reason", "revoked_at"])
    return permit


def _problems(
    actor: Actor,
    *,
    issuer: str,
    issuer_country: str,
    number: str,
    dates: tuple[dt.date, dt.date],
    export_codes: Sequence[str],
    items: Sequence[UUID],
    recipients: Sequence[UUID],
    countries: Sequence[str],
) -> list[FieldProblem]:
    problems = [
        FieldProblem(pointer, "blank", "A permit names its issuer and number.")
        for pointer, text in (("/issuer", issuer), ("/number", number))
        if not text.strip()
    ]
    if issuer_country not in country_codes():
        problems.append(FieldProblem("/issuer_country", *NO_COUNTRY))
    if dates[1] < dates[0]:
        problems.append(FieldProblem("/valid_to", "before_start", "Not before the first day."))
    if not export_codes and not items:
        problems.append(FieldProblem("/export_codes", "required", "Say what the permit covers."))
    problems += [
        FieldProblem(f"/export_codes/{index}", "invalid", "Not a code of the military or the dual-use list.")
        for index, code in enumerate(export_codes)
        if export_class_of(code=code) is None
    ]
    if not recipients and not countries:
        problems.append(FieldProblem("/recipients", "required", "Say for whom the permit is."))
    known = set(Organisation.objects.visible_to(actor).filter(Q(pk__in=recipients)).values_list("pk", flat=True))
    problems += [
        FieldProblem(f"/recipients/{index}", "does_not_exist", "There is no such organisation.")
        for index, pk in enumerate(recipients)
        if pk not in known
    ]
    problems += [
        FieldProblem(f"/recipient_countries/{index}", *NO_COUNTRY)
        for index, country in enumerate(countries)
        if country not in country_codes()
    ]
    return problems


NO_COUNTRY = ("invalid", "Not a country code (ISO 3166-1 alpha-2).")
