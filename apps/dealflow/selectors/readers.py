"""Of which firms a searcher reads more than every verified counterpart does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.organisations.disclosure import Tier
from apps.organisations.models import DisclosureGrant
from apps.startups.models import Firm
from kernel.access import Actor


@dataclass(frozen=True, slots=True)
class Readers:
    """Ids of firms: those whose texts of tier T2 the actor reads, its own among them, and those whose name it sees by
    the firm's own word or behind a room's undertaking.
    """

    granted: frozenset[UUID] = frozenset()
    named: frozenset[UUID] = frozenset()


def readers_of(*, actor: Actor) -> Readers:
    """What is open to the actor at this moment; one query over the firms that granted it something."""
    grants = DisclosureGrant.objects.filter(Q(viewer_id=actor.organisation_id)).values("subject_id")
    some = Q(organisation_id__in=grants) | Q(organisation_id=actor.organisation_id)
    rows: QuerySet[Any] = Firm.objects.visible_to(actor).filter(some)
    found = list(rows.values_list("pk", "viewer_tier", "is_revealed")) if actor.organisation_id is not None else []
    return Readers(
        granted=frozenset(pk for pk, tier, _ in found if tier >= Tier.T2),
        named=frozenset(pk for pk, tier, is_revealed in found if is_revealed or tier >= Tier.T3),
    )
