"""The officer's word on a capability's export class and codification numbers."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from apps.compliance.services.interests import officer_require
from apps.startups import events
from apps.startups.models import Capability, CapabilityCodification
from apps.startups.services.capabilities import CapabilityArchived, capability_changed, export_class_problems
from apps.startups.services.capability_evidence import clean_documents
from apps.startups.states import CapabilityStatus
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Invalid, NotFound
from kernel.events import publish
from kernel.versions import version_save


class ExportClassNotAcceptable(Invalid):
    """The export class or its reason is not acceptable."""


class ExportClassNotDeclared(Conflict):
    """The firm has declared no export class: there is nothing to confirm."""


class CodificationUndocumented(Conflict):
    """Without a clean document of the number nobody can confirm it."""


@transaction.atomic
def export_class_confirm(
    *, actor: Actor, capability: Capability, export_class: str, reason: str = "", now: dt.datetime | None = None
) -> Capability:
    """Say which class the goods have: the declared one, or with a reason another. It stands until the firm declares
    another one.

    Raises OfficerNeedsPerson, ConflictOfInterest, ExportClassNotDeclared, ExportClassNotAcceptable, CapabilityArchived.
    """
    organisation_id = capability.firm.organisation_id
    user_id = officer_require(actor=actor, organisation_id=organisation_id, now=now)
    locked = _lock(capability)
    if not locked.export_class:
        raise ExportClassNotDeclared
    is_correction = export_class != locked.export_class
    problems = export_class_problems(code=export_class, pointer="/export_class") if is_correction else []
    if is_correction and not reason.strip():
        problems.append(FieldProblem("/reason", "blank", "Say why it is another class."))
    if problems:
        raise ExportClassNotAcceptable(errors=problems)
    decided = {
        "confirmed_export_class": export_class,
        "export_class_reason": reason.strip(),
        "export_class_confirmed_at": now or utc_now(),
        "export_class_confirmed_by_id": user_id,
    }
    version_save(instance=locked, changes=decided)
    publish(
        events.CAPABILITY_EXPORT_CLASS_CONFIRMED,
        actor=actor,
        subject=locked,
        organisation_id=organisation_id,
        data={"is_correction": is_correction},
    )
    return locked


@transaction.atomic
def codification_confirm(
    *, actor: Actor, capability: Capability, scheme: str, number: str, now: dt.datetime | None = None
) -> CapabilityCodification:
    """Say that a number of the capability stands in the registry that gave it; the capability's tier follows. Again
    changes nothing.

    Raises OfficerNeedsPerson, ConflictOfInterest, NotFound, CodificationUndocumented and CapabilityArchived.
    """
    organisation_id = capability.firm.organisation_id
    user_id = officer_require(actor=actor, organisation_id=organisation_id, now=now)
    locked = _lock(capability)
    found = CapabilityCodification.objects.filter(capability=locked, scheme=scheme, number=number).first()
    if found is None:
        raise NotFound
    if found.confirmed_at is not None:
        return found
    if found.document_id is None or not clean_documents().filter(pk=found.document_id).exists():
        raise CodificationUndocumented
    found.confirmed_at, found.confirmed_by_id = now or utc_now(), user_id
    found.save(update_fields=["confirmed_at", "confirmed_by"])
    publish(
        events.CAPABILITY_CODIFICATION_CONFIRMED,
        actor=actor,
        subject=locked,
        organisation_id=organisation_id,
        data={"codification_id": str(found.pk), "scheme": scheme},
    )
    capability_changed(capability=locked)
    return found


def _lock(capability: Capability) -> Capability:
    locked = Capability.objects.select_for_update(of=("self",)).select_related("firm").get(pk=capability.pk)
    if locked.status == CapabilityStatus.ARCHIVED:
        raise CapabilityArchived
    return locked
