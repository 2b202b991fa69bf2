"""Of which firms a searcher reads more than every verified counterpart does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.organisations.disclosure import STAND_INS, Tier, stand_in
from apps.organisations.models import DisclosureGrant, Organisation
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Readers:
    """Ids of firms: those whose texts of tier T2 the actor reads, its own among them, and those whose name it sees by
    the firm's own word or behind a room's undertaking.
    """

    granted: frozenset[UUID] = frozenset()
    named: frozenset[UUID] = frozenset()


def readers_of(*, actor: Actor) -> Readers:
    """What is open to the actor at this moment; one query over the firms that granted it something."""
    if actor.organisation_id is None:
        return Readers()
    found = _statement(stand_in(actor)).ask(**{name: getattr(actor, name) for name in STAND_INS})
    return Readers(
        granted=frozenset(pk for pk, tier, _ in found if tier >= Tier.T2),
        named=frozenset(pk for pk, tier, is_revealed in found if is_revealed or tier >= Tier.T3),
    )


@lru_cache(maxsize=200)
def _statement(viewer: Actor) -> Prepared:
    grants = DisclosureGrant.objects.filter(Q(viewer_id=viewer.organisation_id)).order_by()
    own = Organisation.objects.filter(pk__in=[viewer.organisation_id]).order_by()
    # Not as one condition or another: that would look through all firms.
    some = grants.values("subject_id").union(own.values("pk"))
    rows: QuerySet[Any] = Firm.objects.visible_to(viewer).filter(organisation_id__in=some)
    return Prepared(rows.values_list("pk", "viewer_tier", "is_revealed"), **STAND_INS)
