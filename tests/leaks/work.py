"""What a firm keeps here of its work: a bill, evidence, a tracker, attestations, speed, what officers suspect."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from apps.accounts.sealing import seal
from apps.documents.models import Document
from apps.organisations.models import Organisation
from apps.startups.mailboxes import address_digests, address_seal
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    AttestorAdmission,
    AttestorSeat,
    Capability,
    CapabilityCodification,
    CapabilityDocument,
    CapabilityStandard,
    EventEvidence,
    Raise,
    SelfAttestation,
    TrackerDelivery,
    TrackerEndpoint,
    TrackerProject,
    TrackerReference,
)
from apps.startups.models.speed import SpeedFlag, SpeedPoint, SpeedProfile
from apps.startups.rules.seat_codes import code_make
from apps.startups.rules.signatures import secret_make
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search import search_refresh
from apps.startups.services.speed import speed_recompute
from apps.startups.services.trackers import PURPOSE
from kernel.clock import utc_now, utc_today
from kernel.ids import uuid7
from tests.factories.accounts import UserFactory
from tests.factories.startups import ComponentFactory, DevelopmentEventFactory, StartDraftFactory

ON = dt.datetime(2026, 1, 12, 9, tzinfo=dt.UTC)
CHANCE = random.Random(4)
NEVER = "e" * 64


def work_of(made: Any, name: str) -> None:
    """All of it for a firm with a published lead, its log `made.log` and a clean document."""
    lead = made.log.capability
    paper = made.organisation.documents.filter(versions__status="clean").order_by("id")[0]
    stated_of(made, lead, paper, name)
    logged_of(made, lead, paper, name)
    tracked_of(made, lead, name)
    speed_recompute(firm_id=made.pk)
    # Measuring takes away what it does not find itself.
    suspected_of(made, lead)
    hidden_speed(made)
    listings_refresh(firm_ids=[made.pk])
    search_refresh(firm_ids=[made.pk])


def stated_of(made: Any, lead: Capability, paper: Document, name: str) -> None:
    """What a capability conforms to and is made of, a start that was begun, and what a raise keeps to itself."""
    officer = UserFactory()
    Capability.objects.filter(pk=lead.pk).update(
        title_uk=f"{name} дрон",
        description_uk=f"{name} літає.",
        lead_time_days=21,
        seeks=["licence", "distribution"],
        confirmed_export_class="ML10",
        export_class_reason=f"{name} is read right",
        export_class_confirmed_at=utc_now(),
        export_class_confirmed_by=officer,
    )
    CapabilityStandard.objects.create(capability=lead, designation=f"STANAG {name}", basis="certified", document=paper)
    CapabilityCodification.objects.create(
        capability=lead,
        scheme="ua_act",
        number=f"{name}-17",
        issued_on=dt.date(2026, 1, 4),
        document=paper,
        confirmed_at=utc_now(),
        confirmed_by=officer,
    )
    CapabilityDocument.objects.create(capability=lead, document=paper, purpose="export_control")
    for origin, source in (("CN", True), ("UA", False), (None, None)):
        ComponentFactory(capability=lead, name=f"{name} part", origin=origin, supplier=name, single_source=source)
    StartDraftFactory(firm=made, area=lead.area, title=f"{name} start")
    Raise.objects.filter(firm=made).update(
        cost_evidence=paper,
        subsidised_loans=[{"programme": name, "amount": "5.00", "currency": "UAH", "rate": "0.05", "until": None}],
        blocked_organisations=[uuid7()],
        proceeds=[{"purpose": "production", "amount": "7.00", "share": None}],
    )


def logged_of(made: Any, lead: Capability, paper: Document, name: str) -> None:
    """Durations of a kind that profiles are made of, and evidence in every state."""
    officer, answer = UserFactory(), made.log
    for place, status in enumerate(("stated", "confirmed", "refused", "withdrawn")):
        at = ON + dt.timedelta(days=20 * place)
        asked = DevelopmentEventFactory(capability=lead, occurred_at=at, tier="E2", note=f"{name} asks")
        answer = DevelopmentEventFactory(
            capability=lead,
            kind="fix_fielded",
            occurred_at=at + dt.timedelta(days=9, hours=5),
            answers=asked,
            tier="E2",
            note=f"{name} answers",
        )
        is_judged = status in {"confirmed", "refused"}
        EventEvidence.objects.create(
            event=answer,
            template="other_document",
            document=paper,
            sha256=NEVER,
            number=f"{name} {place}",
            issuer=name,
            issued_on=dt.date(2026, 1, 4),
            tier="E1",
            status=status,
            judged_by=officer if is_judged else None,
            judged_at=utc_now() if is_judged else None,
            reason=f"{name} was compared" if is_judged else "",
            withdrawn_at=utc_now() if status == "withdrawn" else None,
        )
    corrected = DevelopmentEventFactory(capability=lead, occurred_at=ON, note=f"{name} errs")
    DevelopmentEventFactory(capability=lead, occurred_at=ON, supersedes=corrected, note=f"{name} corrects")
    made.log = answer


def tracked_of(made: Any, lead: Capability, name: str) -> None:
    """A tracker, which capability it means, what it sent and what it calls that."""
    endpoint = tracker_made(made, name, rotated_at=utc_now(), received_at=utc_now())
    TrackerProject.objects.create(endpoint=endpoint, key=f"{name} key", capability=lead)
    TrackerDelivery.objects.create(endpoint=endpoint, webhook_id=name, body_sha256=NEVER, answer={"events": []})
    TrackerReference.objects.create(endpoint=endpoint, reference=f"{name}-1", event=made.log, digest=NEVER)


def tracker_made(firm: Any, name: str, **fields: Any) -> TrackerEndpoint:
    """A tracker with a secret that opens: messages to it are weighed as those to one in use."""
    sealed = seal(text=secret_make(), purpose=PURPOSE)
    made: TrackerEndpoint = TrackerEndpoint.objects.create(firm=firm, name=name, sealed_secret=sealed, **fields)
    return made


def suspected_of(made: Any, lead: Capability) -> None:
    """A judged pattern and a refused attempt."""
    officer = UserFactory()
    SpeedFlag.objects.create(
        firm=made,
        capability=lead,
        kind="burst",
        events=[made.log.pk],
        details={"count": 3, "hours": 2, "usual_per_day": 1},
        sha256=NEVER,
        verdict="explained",
        reason="A campaign.",
        judged_by=officer,
        judged_at=utc_now(),
    )
    SelfAttestation.objects.create(
        organisation=made.organisation, capability=lead, event=made.log, attestor=made.organisation, tie="itself"
    )


def hidden_speed(made: Any) -> None:
    """Figures of a draft, and of the month that has just ended: others see neither."""
    whole = SpeedProfile.objects.get(firm=made, capability=None)
    draft = made.capabilities.filter(status="draft").order_by("id")[0]
    if not SpeedProfile.objects.filter(capability=draft).exists():
        SpeedProfile.objects.create(
            firm=made,
            capability=draft,
            area=draft.area.code,
            as_of=whole.as_of,
            computed_at=utc_now(),
            figures=figures(CHANCE),
            model=whole.model,
            model_sha256=whole.model_sha256,
            taxonomy=whole.taxonomy,
            taxonomy_sha256=whole.taxonomy_sha256,
            log_sha256=NEVER,
            history_to=whole.history_to,
        )
    old = SpeedPoint.objects.filter(profile__firm=made, month_end__lt=utc_today() - dt.timedelta(days=120))
    old.delete()
    for profile in made.speed_profiles.all():
        SpeedPoint.objects.get_or_create(profile=profile, month_end=utc_today(), defaults={"figures": figures(CHANCE)})


def figures(chance: random.Random) -> dict[str, dict[str, Any]]:
    """Figures of all four kinds as profiles hold them."""
    made = {}
    for name in ("adaptation", "cadence", "feedback", "delivery"):
        days = chance.randrange(2, 90) + chance.random()
        made[name] = {"days": days, "low": days / 2, "high": days * 2, "sigma": 0.7, "n_closed": chance.randrange(9)}
        made[name] |= {"n_open": chance.randrange(9), "weight": chance.random(), "tier": "E2", "basis": "assumption"}
    return made


def seat_of(attestor: Organisation, **fields: Any) -> AttestorSeat:
    """An open seat with an address."""
    sealed = address_seal(address=f"seat{CHANCE.randrange(10**9)}@example.org")
    return AttestorSeat.objects.create(
        organisation=attestor, code=code_make(draw=CHANCE.randrange), role="unit", sealed_address=sealed, **fields
    )


def asked_of(made: Any, seat: AttestorSeat, name: str, *, shows_name: bool = False, is_answered: bool = True) -> None:
    """Requests to a seat and to a mail address, in every state, their verdicts, and leave to enter events."""
    lead, event = made.log.capability, made.log
    address = AttestorAddress.objects.create(
        organisation=made.organisation,
        digest=address_digests(address=f"{name.lower()}@unit.example")[0],
        domain="unit.example",
        role="unit",
        status="vouched",
        decided_by=UserFactory(),
        decided_at=utc_now(),
        reason=f"{name} knows them",
    )
    AttestorAddress.objects.create(
        organisation=made.organisation, digest=NEVER, domain=f"{name.lower()}.example", role="customer"
    )
    until = utc_now() + dt.timedelta(days=30)
    sealed = address_seal(address=f"{name.lower()}@unit.example")
    given = {"event": event, "role": "unit", "expires_at": until, "mailed_at": utc_now()}
    AttestationRequest.objects.create(**given, seat=seat, token_hash=f"{uuid7().hex:0>64}", shows_name=shows_name)
    decided = AttestationRequest.objects.create(**given, seat=seat, status="decided", ended_at=utc_now())
    for status in ("open", "cancelled", "expired"):
        AttestationRequest.objects.create(**given, address=address, sealed_address=sealed, status=status)
    AttestorAdmission.objects.create(capability=lead, seat=seat, admitted_by_id=made.owner.user_id)
    AttestorAdmission.objects.create(capability=lead, seat=seat, ended_at=utc_now())
    if is_answered:
        _answered_of(decided, address, name)


def _answered_of(request: AttestationRequest, address: AttestorAddress, name: str) -> None:
    event, seat = request.event, request.seat
    words = {"event": event, "role": "unit", "attested_on": dt.date(2026, 4, 10), "reason": f"{name} flew"}
    giver = UserFactory()
    Attestation.objects.create(
        **words, attestor=seat.organisation, token=seat.code, request=request, verdict="confirmed", given_by=giver
    )
    Attestation.objects.create(
        **words,
        attestor=seat.organisation,
        token=seat.code,
        verdict="refused",
        given_by=giver,
        withdrawn_at=utc_now(),
        withdrawn_by=giver,
        withdrawn_reason=f"{name} erred",
    )
    Attestation.objects.create(**words, address=address, verdict="confirmed", withdraw_hash=f"{uuid7().hex:0>64}")


def log_is_open(cursor: Any) -> None:
    """Lets tests change what the database keeps from being changed, for two worlds differ in it."""
    for table, trigger in (
        ("startups_developmentevent", "startups_development_event_no_change"),
        ("startups_attestation", "startups_attestation_kept"),
        ("investors_mandateversion", "investors_mandate_version_no_change"),
    ):
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{trigger}"')
