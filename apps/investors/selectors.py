"""Reading funds, levers and mandates: rows with the viewer's tier and all that an answer shows of them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When

from apps.investors.models import Fund, Lever, Mandate
from apps.investors.states import MandateStatus
from apps.organisations.disclosure import Tier
from apps.organisations.states import Standing
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
    """The mandates that the actor may see."""
    return Mandate.objects.visible_to(actor).select_related("fund__organisation", "lever")
