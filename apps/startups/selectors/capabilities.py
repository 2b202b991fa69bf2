"""Reading capabilities, and what officers judge of them."""

from __future__ import annotations

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from apps.documents.conflicts import conflict_of
from apps.documents.models import DocumentVersion
from apps.documents.states import VersionStatus
from apps.organisations.disclosure import Tier, own_rows
from apps.organisations.states import Standing
from apps.permissions import Kind, Permission
from apps.startups.models import Capability, CapabilityDocument
from apps.startups.states import CapabilityStatus
from kernel.access import Actor


def capability_list(*, actor: Actor) -> QuerySet[Capability]:
    """The capabilities that the actor may see."""
    return Capability.objects.visible_to(actor).select_related("firm__organisation", "area")


def capability_documents(*, capability: Capability) -> QuerySet[CapabilityDocument]:
    """The documents attached to a capability, each with `is_clean`. For its firm and the officers only."""
    clean = DocumentVersion.objects.filter(document=OuterRef("document"), status=VersionStatus.CLEAN)
    rows = CapabilityDocument.objects.filter(capability=capability).select_related("document")
    return rows.annotate(is_clean=Exists(clean)).order_by("id")


def export_class_list(*, actor: Actor) -> QuerySet[Capability]:
    """The capabilities of one's own firm; for officers, the published ones with a declared export class or a number,
    of firms that have not gone dark and that the person neither belongs to nor has an interest in. Each with
    `viewer_tier` and `disclosed_by`.
    """
    seen = own_rows(actor, subject="firm__organisation")
    is_operator = actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED
    if is_operator and actor.may(Permission.EXPORT_CLASS_READ):
        seen |= Q(pk__in=_judged(actor).values("pk"))
    own = Q(firm__organisation_id=actor.organisation_id)
    tier = Case(When(own, then=Value(int(Tier.T4))), default=Value(int(Tier.T5)), output_field=IntegerField())
    rows = Capability.objects.filter(seen).annotate(viewer_tier=tier, disclosed_by=F("firm__organisation_id"))
    return rows.select_related("firm__organisation", "area")


def _judged(actor: Actor) -> QuerySet[Capability]:
    """What the officer may judge."""
    shown = {"firm__organisation__dark_since": None, "firm__organisation__merged_into": None}
    stated = ~Q(export_class="") | Q(codifications__isnull=False)
    published = Capability.objects.filter(stated, status=CapabilityStatus.PUBLISHED, **shown)
    return published.exclude(conflict_of(actor, owner="firm__organisation_id"))
