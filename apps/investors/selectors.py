"""Reading funds, levers, mandates and their versions: rows with the viewer's tier and all that an answer shows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Now

from apps.investors.models import CapacityHold, Fund, Lever, Mandate, MandateVersion
from apps.investors.rules import capacity_left
from apps.investors.states import MandateStatus
from apps.organisations.disclosure import Tier, own_rows
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor


def fund_list(*, actor: Actor) -> QuerySet[Fund]:
    """The funds that the actor may see, each with its `active_mandates` and `shown_standing`."""
    standing = F("organisation__standing") if actor.preview is None else Value(Standing.VERIFIED)
    return _with_areas(Fund.objects.visible_to(actor)).annotate(shown_standing=standing)


def fund_teaser_list(*, including: UUID | None = None) -> QuerySet[Fund]:
    """The funds that have a T0 face, each with its `active_mandates`: verified ones that offer something.

    `including` is an organisation that counts as verified and not gone dark.
    """
    active = Mandate.objects.filter(fund=OuterRef("pk"), status=MandateStatus.ACTIVE)
    seen = Q(organisation__standing=Standing.VERIFIED, organisation__dark_since=None, organisation__merged_into=None)
    rows = Fund.objects.filter(seen | Q(organisation_id=including)).filter(Exists(active))
    return _with_areas(rows).annotate(viewer_tier=Value(int(Tier.T0), output_field=IntegerField()))


def _with_areas(funds: QuerySet[Fund]) -> QuerySet[Fund]:
    active = Mandate.objects.filter(status=MandateStatus.ACTIVE)
    return funds.select_related("organisation").prefetch_related(
        Prefetch("mandates", queryset=active, to_attr="active_mandates")
    )


def lever_list(*, actor: Actor) -> QuerySet[Lever]:
    """The public levers and one's own, each with the viewer's tier."""
    own = Q(organisation_id=actor.organisation_id) if actor.organisation_id else Q(pk__in=[])
    everything = Tier.T4 if actor.is_system else Tier.T1
    tier = Case(When(own, then=Value(int(Tier.T4))), default=Value(int(everything)), output_field=IntegerField())
    return Lever.objects.visible_to(actor).annotate(viewer_tier=tier)


def mandate_list(*, actor: Actor) -> QuerySet[Mandate]:
    """The mandates that the actor may see, each with its `holds_in_force` where it is the actor's own."""
    own = own_rows(actor, subject="mandate__fund__organisation")
    rows = CapacityHold.objects.in_force(Now())
    holds = Prefetch("holds", queryset=rows if actor.is_system else rows.filter(own), to_attr="holds_in_force")
    seen = Mandate.objects.visible_to(actor).select_related("fund__organisation", "lever")
    # Whoever has no mandates sees nothing of holds: no query for them.
    return seen.prefetch_related(holds) if actor.is_system or actor.kind == Kind.FUND else seen


def mandate_version_list(*, actor: Actor, mandate: Mandate) -> QuerySet[MandateVersion]:
    """What the mandate's terms were, if it is the actor's own."""
    return MandateVersion.objects.visible_to(actor).filter(mandate=mandate)


def capacities_left(
    *, mandates: Collection[Mandate], rates: Mapping[str, Decimal], at: dt.datetime
) -> dict[UUID, Decimal | None]:
    """What is left of each mandate's capacity at a moment, in its own currency; one query.

    `rates` are EUR per unit. None: no capacity stated, or not known.
    """
    held: defaultdict[UUID, list[tuple[Decimal, str]]] = defaultdict(list)
    rows = CapacityHold.objects.filter(mandate__in=[mandate.pk for mandate in mandates]).in_force(at)
    for mandate, amount, currency in rows.values_list("mandate", "amount", "currency"):
        held[mandate].append((amount, currency))
    return {
        mandate.pk: capacity_left(
            stated=mandate.capacity, currency=mandate.currency, held=held[mandate.pk], rates=rates
        )
        for mandate in mandates
    }
