"""Capabilities and their bills of materials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.organisations.rules import own_require
from apps.reference.codes import country_codes
from apps.reference.export_classes import export_class_of
from apps.reference.selectors import area_find
from apps.reference.stated import currency_problems, tier_problems
from apps.startups import events
from apps.startups.models import Capability, Component, Firm, Raise
from apps.startups.services.firms import only
from apps.startups.states import CAPABILITY, OPEN_RAISES, CapabilityStatus
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.versions import version_save

CAPABILITY_FIELDS = frozenset(
    {
        "area",
        "title",
        "description",
        "trl",
        "maturity",
        "tier",
        "unit_cost",
        "currency",
        "output_per_month",
        "lead_time_days",
        "export_class",
        "flags",
    }
)


UNCONTROLLED = "none"
"""The export class of what no control list has."""


class CapabilityNotAcceptable(Invalid):
    """The capability's data are not acceptable."""


class ComponentsNotAcceptable(Invalid):
    """The bill of materials is not acceptable."""


class CapabilityArchived(Conflict):
    """The capability is archived and no longer changes."""


class LeadOfOpenRaise(Conflict):
    """An open raise leads with this capability. Close or withdraw the raise first."""


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
def capability_create(*, actor: Actor, firm: Firm, area: str, title: str, maturity: str, **values: Any) -> Capability:
    """A draft capability in the area with the code `area`. Raises NotYours and CapabilityNotAcceptable."""
    own_require(actor=actor, organisation_id=firm.organisation_id)
    values |= {"area": area, "title": title, "maturity": maturity}
    capability = Capability.objects.create(firm=firm, **_checked(actor, values))
    _tell(events.CAPABILITY_CREATED, actor, capability, area=area)
    return capability


@transaction.atomic
def capability_update(*, actor: Actor, capability: Capability, **changes: Any) -> Capability:
    """Change what it says. Raises NotYours, CapabilityArchived, CapabilityNotAcceptable and ChangedMeanwhile."""
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    if capability.status == CapabilityStatus.ARCHIVED:
        raise CapabilityArchived
    changed = version_save(instance=capability, changes=_checked(actor, changes, present=capability))
    if changed:
        _tell(events.CAPABILITY_UPDATED, actor, capability, fields=changed)
    return capability


def capability_publish(*, actor: Actor, capability: Capability) -> Capability:
    """Show the capability to verified counterparts. Raises NotYours, NotPermitted and NotNow."""
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    organisation_id = capability.firm.organisation_id
    return CAPABILITY.fire("publish", instance=capability, actor=actor, organisation_id=organisation_id)


@transaction.atomic
def capability_archive(*, actor: Actor, capability: Capability) -> Capability:
    """Take the capability out of sight for good. Raises NotYours, NotPermitted, NotNow and LeadOfOpenRaise."""
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    _lock(capability)
    if Raise.objects.filter(lead_capability=capability, status__in=OPEN_RAISES).exists():
        raise LeadOfOpenRaise
    organisation_id = capability.firm.organisation_id
    return CAPABILITY.fire("archive", instance=capability, actor=actor, organisation_id=organisation_id)


@transaction.atomic
def components_replace(
    *, actor: Actor, capability: Capability, components: Sequence[ComponentLineIn]
) -> list[Component]:
    """Replace the capability's bill of materials. Raises NotYours, CapabilityArchived and ComponentsNotAcceptable."""
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    problems = [problem for index, line in enumerate(components) for problem in _line_problems(index, line)]
    if problems:
        raise ComponentsNotAcceptable(errors=problems)
    if _lock(capability).status == CapabilityStatus.ARCHIVED:
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
    _tell(events.CAPABILITY_UPDATED, actor, capability, fields=["components"], components=len(rows))
    return rows


def _checked(actor: Actor, values: dict[str, Any], present: Capability | None = None) -> dict[str, Any]:
    """The values to store: the area's code as its row. Raises CapabilityNotAcceptable."""
    only(values, CAPABILITY_FIELDS)
    problems = tier_problems(tier=values.get("tier", ""), pointer="/tier", actor=actor)
    checked = dict(values)
    if "area" in values:
        checked["area"] = area_find(code=values["area"])
        if checked["area"] is None:
            problems.append(FieldProblem("/area", "unknown_area", "There is no capability area with this code."))
    cost = values.get("unit_cost", getattr(present, "unit_cost", None))
    currency = values.get("currency", getattr(present, "currency", ""))
    if cost is not None and ("unit_cost" in values or "currency" in values):
        problems += currency_problems(currency=currency, pointer="/unit_cost/currency", on=utc_today())
    stated = values.get("export_class", "")
    is_new = stated not in {"", UNCONTROLLED, getattr(present, "export_class", "")}
    if is_new and export_class_of(code=stated) is None:
        text = "A code of the military or the dual-use list, or {uncontrolled}."
        problems.append(FieldProblem("/export_class", "invalid", text, {"uncontrolled": UNCONTROLLED}))
    if problems:
        raise CapabilityNotAcceptable(errors=problems)
    return checked


def _line_problems(index: int, line: ComponentLineIn) -> list[FieldProblem]:
    place = f"/components/{index}"
    problems = currency_problems(currency=line.currency, pointer=f"{place}/unit_cost/currency", on=utc_today())
    if line.origin is not None and line.origin not in country_codes():
        problems.append(FieldProblem(f"{place}/origin", "invalid", "Not a country code (ISO 3166-1 alpha-2)."))
    if line.quantity <= 0:
        problems.append(FieldProblem(f"{place}/quantity", "out_of_range", "More than none."))
    return problems


def _lock(capability: Capability) -> Capability:
    return Capability.objects.select_for_update().get(pk=capability.pk)


def _tell(name: str, actor: Actor, capability: Capability, **data: Any) -> None:
    publish(name, actor=actor, subject=capability, organisation_id=capability.firm.organisation_id, data=data)
