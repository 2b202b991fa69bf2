"""A market with organisations of every kind and standing, rows in every state, and a published match run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from apps.exchange.models import Export, Import
from apps.investors.states import MandateStatus
from apps.matching.models import Deal
from apps.organisations import events as facts
from apps.organisations.models import (
    BreakGlass,
    Identifier,
    Invitation,
    Organisation,
    Registration,
    RegistrationClash,
)
from apps.organisations.states import ClashCause, Standing
from apps.permissions import ROLE_PERMISSIONS, Kind, Role
from apps.reference.services import areas_load
from apps.startups.models import Attestation
from apps.startups.services.search_words import search_words_refresh
from apps.startups.states import CapabilityStatus, EventKind, Naming, RaiseStatus, Verdict
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.events import publish
from kernel.models import Job
from tests.factories.accounts import UserFactory
from tests.factories.investors import FundFactory, LeverFactory, MandateFactory
from tests.factories.matching import mandate_made, raise_made, run_drained, screened
from tests.factories.organisations import (
    GrantFactory,
    MembershipFactory,
    OrganisationFactory,
    actor_of,
    key_of,
    undertaking_of,
)
from tests.factories.startups import (
    CapabilityFactory,
    DevelopmentEventFactory,
    FinancialsFactory,
    FirmFactory,
    RaiseFactory,
)
from tests.leaks.keeping import alerted, kept_by, terms_of, watched_of, watches
from tests.leaks.papers import document, file_of, interest_of, list_of, opened, owned_by, papers_of
from tests.leaks.work import asked_of, seat_of, work_of

COUNTER = {"number": 0}
OPENED = (
    ("operator", "verification", ("aster", "dusk", "elm")),
    ("operator_two", "verification", ("birch", "iris")),
    ("harbour", "evidence", ("aster", "dusk", "elm", "gale")),
    ("granted", "evidence", ("birch", "fern")),
    ("birch", "evidence", ("aster", "harbour")),
    ("authority", "evidence", ("cedar",)),
    ("fern", "evidence", ("aster",)),
)
"""Whose documents are opened to whom: to each one that is open still, and one that was."""


@dataclass
class World:
    """Organisations by name, the callers to be, the run whose lists they read, and the seat that firms ask."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    run: Any = None
    seat: Any = None

    def __getitem__(self, name: str) -> Organisation:
        return self.organisations[name]


def roles_of(kind: str) -> list[str]:
    """All roles that organisations of a kind know."""
    return [str(role) for role in Role if (Kind(kind), role) in ROLE_PERMISSIONS]


def number() -> int:
    """A number not given out yet."""
    COUNTER["number"] += 1
    return COUNTER["number"]


def organisation(kind: str, name: str, country: str, **fields: Any) -> Organisation:
    """An organisation with a number and a clear screening."""
    made = OrganisationFactory(kind=kind, legal_name=name, country=country, **fields)
    Identifier.objects.create(organisation=made, scheme="other", value=f"N-{number():06}")
    return screened(made)


def belongings(of: Organisation, *, is_filed: bool = True) -> Actor:
    """What every organisation has: an owner with a key, a second member, an invitation, a job, a fact; its owner.

    All but operators have papers, and unless `is_filed` is false what the operator's officers see of them.
    """
    owner = actor_of(of, *roles_of(of.kind))
    key_of(owner)
    second = MembershipFactory(organisation=of, roles=["viewer"])
    Invitation.objects.create(
        organisation=of,
        email=f"invited{number()}@example.org",
        roles=["viewer"],
        token_hash=f"{number():064}",
        expires_at=utc_now() + dt.timedelta(days=3),
        invited_by_id=owner.user_id,
    )
    publish(facts.ORGANISATION_UPDATED, actor=owner, subject=of, organisation_id=of.pk, data={"fields": ["country"]})
    Job.objects.create(kind="exchange.check", organisation_id=of.pk, actor=owner.label(), reasons=[of.legal_name])
    for person, status in ((owner.user_id, "expired"), (second.user_id, "expired"), (second.user_id, "ready")):
        Export.objects.create(
            organisation=of,
            requested_by_id=person,
            what="own",
            tables=["capabilities"],
            format="csv",
            status=status,
            counts={"capabilities": number()},
            size=9,
            sha256="0" * 64,
            content=b"sealed" if status == "ready" else None,
            expires_at=utc_now() + dt.timedelta(days=1),
        )
    kept_by(of, owner, second.user_id, f"{of.legal_name} {number()}")
    if of.kind != Kind.OPERATOR:
        name = f"{of.legal_name} {number()}"
        paper = papers_of(of, owner, name)
        if is_filed:
            file_of(of, owner, paper, name)
    return owner


def firm(name: str, country: str, *, naming: str = Naming.ACCEPTED, **fields: Any) -> Any:
    """A firm with capabilities and raises in every state, a log, figures; its organisation's `owner` is set."""
    org = organisation("firm", name, country, legal_name_uk=f"{name} укр", **fields)
    made = FirmFactory(
        organisation=org, naming=naming, staff=40, summary=f"{name} makes drones.", region=f"{country}-46"
    )
    owner = belongings(org)
    FinancialsFactory(firm=made, year=2024, debt="1000.00", customers={"state": 0.6}, gross_margin="0.300000")
    FinancialsFactory(firm=made, year=2025, withdrawn_at=utc_now())
    terms = [{"term": "holding", "value": "EE", "required": False}]
    open_raise = raise_made(firm=made, min_ticket="100000.00", terms=terms)
    lead = open_raise.lead_capability
    raise_made(firm=made, area="UMS.UGV", status=RaiseStatus.PARTLY_COMMITTED, amount="3000000.00")
    for status in (RaiseStatus.DRAFT, RaiseStatus.CLOSED, RaiseStatus.WITHDRAWN):
        RaiseFactory(firm=made, lead_capability=lead, status=status, use_of_proceeds=f"{name} {status}")
    for status in (CapabilityStatus.DRAFT, CapabilityStatus.ARCHIVED):
        CapabilityFactory(firm=made, area=lead.area, status=status, title=f"{name} {status}")
    RaiseFactory(firm=made, lead_capability=made.capabilities.get(status="draft"), status=RaiseStatus.OPEN)
    asked = DevelopmentEventFactory(capability=lead, note=f"{name} heard")
    fixed = DevelopmentEventFactory(
        capability=lead,
        kind=EventKind.FIX_FIELDED,
        occurred_at=dt.datetime(2026, 1, 9, tzinfo=dt.UTC),
        answers=asked,
    )
    made.owner, made.log = owner, fixed
    Import.objects.create(organisation=org, file_name=f"{name}.zip", sha256="0" * 64)
    work_of(made, name)
    return made


def fund(name: str, country: str, **fields: Any) -> Any:
    """A fund with mandates in every state and a lever of its own."""
    org = organisation("fund", name, country, **fields)
    made = FundFactory(organisation=org)
    made.owner = belongings(org)
    lever = LeverFactory(organisation=org, issuer=f"{name} guarantee", source="agreement")
    mandate_made(fund=made, name=f"{name} early", lever=lever)
    for status in (MandateStatus.DRAFT, MandateStatus.PAUSED, MandateStatus.CLOSED):
        MandateFactory(fund=made, name=f"{name} {status}", status=status)
    terms_of(made, made.owner)
    return made


def plain(kind: str, name: str, country: str, **fields: Any) -> Organisation:
    """An authority, an attestor or an operator."""
    org = organisation(kind, name, country, **fields)
    org.owner = belongings(org)
    return org


def world_made(*, is_matched: bool = True) -> World:
    """The market."""
    COUNTER["number"] = 0
    areas_load(actor=Actor.system())
    for code in ("eu", "un"):
        list_of(code, "Zalyutvor Vikentiy", "Kvorzhyn Ostap")
    world = World()

    def enter(name: str, made: Any) -> Any:
        org = made if isinstance(made, Organisation) else made.organisation
        world.organisations[name] = org
        world.actors[name] = made.owner
        return made

    LeverFactory(organisation=None, issuer="State guarantee")
    # The first, for to them papers are opened.
    operator = enter("operator", plain("operator", "Desk", "BE"))
    other = enter("operator_two", plain("operator", "Desk two", "BE"))
    firms = {
        "aster": firm("Aster", "UA"),
        "birch": firm("Birch", "EE", naming=Naming.ALL_VERIFIED),
        "cedar": firm("Cedar", "UA", naming=Naming.NOBODY),
        "dusk": firm("Dusk", "UA", naming=Naming.ALL_VERIFIED, dark_since=utc_now()),
        "elm": firm("Elm", "UA", standing=Standing.REGISTERED),
        "fern": firm("Fern", "PL", standing=Standing.SUSPENDED),
    }
    for name, made in firms.items():
        enter(name, made)
    aster = firms["aster"]
    enter("gale", fund("Gale", "DE"))
    enter("harbour", fund("Harbour", "NL"))
    enter("iris", fund("Iris", "FR", standing=Standing.REGISTERED))
    enter("juniper", fund("Juniper", "FI", dark_since=utc_now()))
    enter("granted", fund("Granted", "SE"))
    for place, name in enumerate(("gale", "harbour", "iris", "juniper", "granted")):
        watched = watched_of([*firms.values()][place:] + [*firms.values()][:place])
        watches(world[name].fund, world.actors[name], watched, name)
    authority = enter("authority", plain("authority", "Ministry", "UA"))
    attestor = enter("attestor", plain("attestor", "Unit", "UA"))
    Attestation.objects.create(
        event=aster.log, attestor=attestor, verdict=Verdict.CONFIRMED, attested_on=dt.date(2026, 1, 10)
    )
    world.seat = seat_of(attestor)
    other_seat = seat_of(authority)
    for name, made in firms.items():
        asked_of(made, other_seat if name == "cedar" else world.seat, name.capitalize(), shows_name=name == "birch")
    GrantFactory(viewer=world["granted"], subject=world["aster"], tier=2)
    GrantFactory(viewer=authority, subject=world["birch"], tier=2)
    # Not bound by the undertaking: stays at T1.
    GrantFactory(viewer=world["harbour"], subject=world["birch"], tier=2, undertaking=False)
    GrantFactory(viewer=world["granted"], subject=world["cedar"], tier=1, cause="naming")
    undertaking_of(world["cedar"])
    applicant = UserFactory()
    world.actors["person"] = Actor(user_id=applicant.pk, second_factor_at=utc_now())
    registration = Registration.objects.create(
        applicant=UserFactory(), kind="firm", legal_name="Aster too", country="UA", identifiers=[["other", "N-1"]]
    )
    Registration.objects.create(applicant_id=aster.owner.user_id, kind="firm", legal_name="Aster three", country="UA")
    RegistrationClash.objects.create(
        registration=registration, organisation=world["aster"], cause=ClashCause.values[0], similarity=None
    )
    for desk in (operator, other):
        BreakGlass.objects.create(
            operator=desk,
            subject=world["aster"],
            tier=2,
            reason="Asked by a court.",
            requested_by_id=desk.owner.user_id,
        )
        Import.objects.create(organisation=desk, file_name=f"{desk.legal_name}.zip", sha256="0" * 64)
        interest_of(desk, desk.owner, world["cedar"])
    for name in ("aster", "birch"):
        owned_by(world["gale"], world[name])
    search_words_refresh()
    alerted(world)
    for viewer, cause, owners in OPENED:
        for name in owners:
            for is_live in (True, False):
                paper = document(world[name], f"{name} {viewer} {is_live}", "clean")
                opened(world[viewer], paper, cause, is_live=is_live)
    on = dt.date(2026, 3, 1)
    Deal.objects.create(fund=world["gale"].fund, firm=aster, introduced_on=on, date=on, outcome="closed", amount="5.00")
    if is_matched:
        world.run = run_drained()
    return world
