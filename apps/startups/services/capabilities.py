"""Capabilities: stating, publishing, archiving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.organisations.rules import own_require
from apps.reference.export_classes import export_class_of
from apps.reference.selectors import area_find
from apps.reference.stated import currency_problems
from apps.startups import events
from apps.startups.models import Capability, Firm, Raise
from apps.startups.services.capability_evidence import (
    EVIDENCE_FIELDS,
    evidence_problems,
    evidence_replace,
    tier_refresh,
)
from apps.startups.services.firms import only
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search import search_refresh
from apps.startups.states import CAPABILITY, OPEN_RAISES, CapabilityStatus
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.versions import ChangedMeanwhile, version_save

CAPABILITY_FIELDS = frozenset(
    {
        "area",
        "title",
        "title_uk",
        "description",
        "description_uk",
        "trl",
        "maturity",
        "unit_cost",
        "currency",
        "output_per_month",
        "lead_time_days",
        "export_class",
        "flags",
        "seeks",
    }
)
SHOWN_NEEDS = ("area", "title", "maturity", "trl")
"""What a capability states before others see it, and as long as they do."""
UNCONTROLLED = "none"
"""The export class of what no control list has."""
UNCONFIRMED: Mapping[str, Any] = {
    "confirmed_export_class": "",
    "export_class_reason": "",
    "export_class_confirmed_at": None,
    "export_class_confirmed_by": None,
}


class CapabilityNotAcceptable(Invalid):
    """The capability's data are not acceptable."""


class CapabilityIncomplete(Invalid):
    """The capability lacks what others are shown of it."""


class CapabilityArchived(Conflict):
    """The capability is archived and no longer changes."""


class LeadOfOpenRaise(Conflict):
    """An open raise leads with this capability. Close or withdraw the raise first."""


@transaction.atomic
def capability_create(*, actor: Actor, firm: Firm, area: str, title: str, maturity: str, **values: Any) -> Capability:
    """A draft capability in the area with the code `area`, with lists of its evidence (EVIDENCE_FIELDS) where given.

    Raises NotYours and CapabilityNotAcceptable.
    """
    own_require(actor=actor, organisation_id=firm.organisation_id)
    columns, stated = _parted({**values, "area": area, "title": title, "maturity": maturity})
    capability = Capability.objects.create(firm=firm, **_checked(actor, columns, stated))
    evidence_replace(actor=actor, capability=capability, stated=stated)
    _tell(events.CAPABILITY_CREATED, actor, capability, area=area)
    capability_changed(capability=capability)
    return capability


@transaction.atomic
def capability_update(*, actor: Actor, capability: Capability, **changes: Any) -> Capability:
    """Change what it says; a list of its evidence (EVIDENCE_FIELDS) is replaced whole.

    A published one keeps what it needs to be shown; another declared export class voids the confirmation. Raises
    NotYours, CapabilityArchived, CapabilityNotAcceptable and ChangedMeanwhile.
    """
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    columns, stated = _parted(changes)
    present = _lock(capability)
    if present.status == CapabilityStatus.ARCHIVED:
        raise CapabilityArchived
    if present.version != capability.version:
        raise ChangedMeanwhile
    checked = _checked(actor, columns, stated, present=present)
    if checked.get("export_class", present.export_class) != present.export_class:
        checked |= UNCONFIRMED
    changed = [name for name in version_save(instance=capability, changes=checked) if name not in UNCONFIRMED]
    lists = evidence_replace(actor=actor, capability=capability, stated=stated)
    if lists and not changed:
        Capability.objects.filter(pk=capability.pk).update(version=F("version") + 1)
        capability.version += 1
    if changed or lists:
        _tell(events.CAPABILITY_UPDATED, actor, capability, fields=sorted([*changed, *lists]))
        capability_changed(capability=capability)
    return capability


@transaction.atomic
def capability_publish(*, actor: Actor, capability: Capability) -> Capability:
    """Show the capability to verified counterparts. Raises NotYours, NotPermitted, NotNow and CapabilityIncomplete."""
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    organisation_id = capability.firm.organisation_id
    CAPABILITY.fire("publish", instance=capability, actor=actor, organisation_id=organisation_id)
    shown = _lock(capability)
    problems = _shown_problems({name: getattr(shown, name) for name in SHOWN_NEEDS})
    if problems:
        raise CapabilityIncomplete(errors=problems)
    capability_changed(capability=capability)
    return capability


@transaction.atomic
def capability_archive(*, actor: Actor, capability: Capability) -> Capability:
    """Take the capability out of sight for good. Raises NotYours, NotPermitted, NotNow and LeadOfOpenRaise."""
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    _lock(capability)
    if Raise.objects.filter(lead_capability=capability, status__in=OPEN_RAISES).exists():
        raise LeadOfOpenRaise
    organisation_id = capability.firm.organisation_id
    CAPABILITY.fire("archive", instance=capability, actor=actor, organisation_id=organisation_id)
    capability_changed(capability=capability)
    return capability


def capability_changed(*, capability: Capability) -> None:
    """What follows from any change of a capability: its tier, what is found of it and the words by which it is."""
    capability.tier = tier_refresh(capability_id=capability.pk)
    listings_refresh(capability_ids=[capability.pk])
    search_refresh(capability_ids=[capability.pk])


def export_class_problems(*, code: str, pointer: str) -> list[FieldProblem]:
    """A code that is none of the control lists' and does not say that the goods are on none."""
    if code == UNCONTROLLED or export_class_of(code=code) is not None:
        return []
    text = "A code of the military or the dual-use list, or {uncontrolled}."
    return [FieldProblem(pointer, "invalid", text, {"uncontrolled": UNCONTROLLED})]


def _parted(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns and the lists of evidence among `values`."""
    stated = {name: value for name, value in values.items() if name in EVIDENCE_FIELDS}
    return {name: value for name, value in values.items() if name not in EVIDENCE_FIELDS}, stated


def _checked(
    actor: Actor, values: dict[str, Any], stated: Mapping[str, Any], present: Capability | None = None
) -> dict[str, Any]:
    """The values to store: the area's code as its row. Raises CapabilityNotAcceptable."""
    only(values, CAPABILITY_FIELDS)
    problems = evidence_problems(actor=actor, stated=stated, present=present)
    if present is not None and present.status == CapabilityStatus.PUBLISHED:
        problems += _shown_problems(values)
    checked = dict(values)
    if "area" in values:
        checked |= {"area": area_find(code=values["area"]), "former_area": ""}
        if checked["area"] is None:
            problems.append(FieldProblem("/area", "unknown_area", "There is no capability area with this code."))
    cost = values.get("unit_cost", getattr(present, "unit_cost", None))
    currency = values.get("currency", getattr(present, "currency", ""))
    if cost is not None and ("unit_cost" in values or "currency" in values):
        problems += currency_problems(currency=currency, pointer="/unit_cost/currency", on=utc_today())
    problems += _seeks_problems(values.get("seeks", ()))
    code = values.get("export_class", "")
    if code not in {"", getattr(present, "export_class", "")}:
        problems += export_class_problems(code=code, pointer="/export_class")
    if problems:
        raise CapabilityNotAcceptable(errors=problems)
    return checked


def _seeks_problems(seeks: Sequence[str]) -> list[FieldProblem]:
    return [
        FieldProblem(f"/seeks/{place}", "repeated", "Each one once.")
        for place, name in enumerate(seeks)
        if name in seeks[:place]
    ]


def _shown_problems(values: Mapping[str, Any]) -> list[FieldProblem]:
    """Those of SHOWN_NEEDS that `values` name and leave empty."""
    return [
        FieldProblem(f"/{name}", "required", "Others see the capability: this cannot be left out.")
        for name in SHOWN_NEEDS
        if name in values and not (values[name].strip() if isinstance(values[name], str) else values[name])
    ]


def _lock(capability: Capability) -> Capability:
    return Capability.objects.select_for_update().get(pk=capability.pk)


def _tell(name: str, actor: Actor, capability: Capability, **data: Any) -> None:
    publish(name, actor=actor, subject=capability, organisation_id=capability.firm.organisation_id, data=data)
