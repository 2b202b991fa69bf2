"""Merges as the tests make them: two entries of a firm, the call, and everything there is before and after."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.apps import apps

from apps.compliance.models import Screening
from apps.exchange.models import ImportKey
from apps.matching.models import Deal
from apps.organisations import services
from apps.organisations.models import Identifier, Invitation, Organisation
from apps.organisations.services import MergeReport
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.accounts import UserFactory
from tests.factories.compliance import owns
from tests.factories.investors import FundFactory
from tests.factories.organisations import (
    GrantFactory,
    MembershipFactory,
    OrganisationFactory,
    actor_of,
    key_of,
    undertaking_of,
)
from tests.factories.startups import CapabilityFactory, FinancialsFactory, FirmFactory, RaiseFactory


def operator(*roles: str) -> Actor:
    return actor_of(OrganisationFactory(kind="operator"), *roles)


def merge(
    merged: Organisation, into: Organisation, actor: Actor | None = None, *, dry_run: bool = False
) -> MergeReport:
    return services.organisation_merge(
        actor=actor or operator(), organisation=merged, into=into, dry_run=dry_run, now=utc_now()
    )


def nonzero(counts: Any) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def snapshot() -> dict[str, list[Any]]:
    """Every row of the database's own tables."""
    labels = ("kernel", "organisations", "compliance", "startups", "investors", "matching", "exchange")
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for label in labels
        for model in apps.get_app_config(label).get_models()
    }


def firms() -> tuple[Firm, Firm]:
    """Two entries of a firm, both with rows of every kind; the second is to stay."""
    merged, into = FirmFactory(), FirmFactory()
    one, other = merged.organisation, into.organisation
    person = UserFactory()
    MembershipFactory(organisation=one, user=person, roles=["editor"])
    MembershipFactory(organisation=other, user=person, roles=["signatory"])
    key_of(actor_of(one))
    for number in ("K-1", "K-2"):
        Identifier.objects.create(organisation=one, scheme="other", value=number)
    until = utc_now() + dt.timedelta(days=3)
    Invitation.objects.create(
        organisation=one, email="new@example.com", roles=["viewer"], token_hash="1", expires_at=until
    )
    viewer, subject = OrganisationFactory(kind="fund"), OrganisationFactory(kind="firm")
    GrantFactory(viewer=viewer, subject=one)
    GrantFactory(viewer=one, subject=subject)
    GrantFactory(viewer=one, subject=other)
    GrantFactory(viewer=other, subject=one)
    undertaking_of(one)
    capability = CapabilityFactory(firm=merged)
    CapabilityFactory(firm=into)
    RaiseFactory(firm=merged, lead_capability=capability)
    for year in (2023, 2024):
        FinancialsFactory(firm=merged, year=year, revenue=Decimal(1))
    FinancialsFactory(firm=into, year=2024, revenue=Decimal(2))
    owns(subject, one)
    owns(other, one)
    owns(one, subject)
    Screening.objects.create(organisation=one, result="hit", basis="case")
    Screening.objects.create(organisation=other, result="clear", basis="import")
    Deal.objects.create(fund=FundFactory(), firm=merged, date=dt.date(2026, 1, 1), outcome="passed")
    for table, row in (("organisations", one), ("startups", merged)):
        ImportKey.objects.create(sender="", table=table, key="k", object_id=row.pk, sha256=b"1" * 32)
    return merged, into
