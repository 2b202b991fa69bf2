"""Bills of materials: stated whole, and what would bring one within a limit of foreign content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from apps.organisations.rules import own_require
from apps.reference.codes import country_codes
from apps.reference.stated import currency_problems
from apps.startups import events
from apps.startups.models import Capability, Component
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.services.listings import listings_refresh
from apps.startups.states import CapabilityStatus
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import FieldProblem, Invalid
from kernel.events import publish


class ComponentsNotAcceptable(Invalid):
    """The bill of materials is not acceptable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentLineIn:
    """A line of a bill of materials as it is stated; `origin` None is "not known"."""

    name: str
    unit_cost: Decimal
    currency: str
    quantity: Decimal
    origin: str | None = None
    supplier: str = ""
    single_source: bool | None = None


@transaction.atomic
def components_replace(
    *, actor: Actor, capability: Capability, components: Sequence[ComponentLineIn]
) -> list[Component]:
    """Replace the capability's bill of materials. Raises NotYours, CapabilityArchived and ComponentsNotAcceptable."""
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    problems = [problem for index, line in enumerate(components) for problem in _line_problems(index, line)]
    if problems:
        raise ComponentsNotAcceptable(errors=problems)
    if Capability.objects.select_for_update().get(pk=capability.pk).status == CapabilityStatus.ARCHIVED:
        raise CapabilityArchived
    Component.objects.filter(capability=capability).delete()
    rows = Component.objects.bulk_create(
        Component(
            capability=capability,
            name=line.name,
            unit_cost=line.unit_cost,
            currency=line.currency,
            quantity=line.quantity,
            origin=line.origin,
            supplier=line.supplier,
            single_source=line.single_source,
        )
        for line in components
    )
    Capability.objects.filter(pk=capability.pk).update(version=F("version") + 1)
    capability.version += 1
    listings_refresh(capability_ids=[capability.pk])
    publish(
        events.CAPABILITY_UPDATED,
        actor=actor,
        subject=capability,
        organisation_id=capability.firm.organisation_id,
        data={"fields": ["components"], "components": len(rows)},
    )
    return rows


def _line_problems(index: int, line: ComponentLineIn) -> list[FieldProblem]:
    place = f"/components/{index}"
    problems = currency_problems(currency=line.currency, pointer=f"{place}/unit_cost/currency", on=utc_today())
    if line.origin is not None and line.origin not in country_codes():
        problems.append(FieldProblem(f"{place}/origin", "invalid", "Not a country code (ISO 3166-1 alpha-2)."))
    if line.quantity <= 0:
        problems.append(FieldProblem(f"{place}/quantity", "out_of_range", "More than none."))
    return problems
