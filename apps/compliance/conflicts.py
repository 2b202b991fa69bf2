"""Who is barred from an organisation's documents: whoever declared an interest in it, as long as that is in force."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from apps.compliance.models import DeclaredInterest
from apps.documents.conflicts import conflict_part
from kernel.access import Actor
from kernel.clock import utc_today


@conflict_part
def interests_declared(actor: Actor) -> QuerySet[DeclaredInterest, Any]:
    """The organisations that the person has a declared interest in today."""
    declared = DeclaredInterest.objects.in_force(on=utc_today())
    return declared.filter(Q(user_id=actor.user_id)).values_list("organisation_id")
