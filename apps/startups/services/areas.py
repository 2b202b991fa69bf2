"""What becomes of capabilities whose area a new edition of the taxonomy retires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F

from apps.reference.models import CapabilityArea
from apps.startups import events
from apps.startups.models import Capability, StartDraft
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search import search_refresh
from kernel.access import Actor
from kernel.bulk_events import publish_many


@transaction.atomic
def areas_follow(*, moves: Mapping[str, Sequence[str]]) -> int:
    """Put every capability and draft of a retired area into the first of its successors; returns how many.

    `moves` are codes of retired areas with their successors. Where there are several, `former_area` keeps the code
    that was split until the firm chooses. Again changes nothing.
    """
    heirs = {area.code: area for area in CapabilityArea.objects.filter(code__in=[into[0] for into in moves.values()])}
    moved: list[Capability] = []
    for code, successors in moves.items():
        heir = heirs[successors[0]]
        StartDraft.objects.filter(area__code=code).update(area=heir, version=F("version") + 1)
        rows = list(
            Capability.objects.select_for_update(of=("self",), no_key=True)
            .filter(area__code=code)
            .select_related("firm")
            .order_by("pk")
        )
        former = code if len(successors) > 1 else ""
        chosen = Capability.objects.filter(pk__in=[row.pk for row in rows])
        chosen.update(area=heir, former_area=former, version=F("version") + 1)
        moved += rows
    publish_many(
        events.CAPABILITY_UPDATED,
        actor=Actor.system(),
        subjects=[(Capability._meta.label_lower, row.pk, row.firm.organisation_id) for row in moved],
        data=[{"fields": ["area"]} for _ in moved],
    )
    listings_refresh(capability_ids=[row.pk for row in moved])
    search_refresh(capability_ids=[row.pk for row in moved])
    return len(moved)
