"""What is answered fast is what the serializers would answer, to everybody who sees results."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.utils.encoders import JSONEncoder

from apps.dealflow.api.serializers.deal_flow import HIGHLIGHTS, SCORES, DealFlowOut
from apps.dealflow.api.shown import results_out
from apps.dealflow.rules.passages import Snippet
from apps.dealflow.selectors.listings import deal_flow_rows
from apps.dealflow.selectors.rows import listed_rows
from apps.dealflow.selectors.scores import Score, Scores
from apps.startups.models import Listing
from apps.startups.states import Naming
from kernel.access import Actor
from kernel.api.reads import DISCLOSED
from kernel.api.serializers import SELECTION, Selection
from kernel.clock import utc_now, utc_today
from tests.factories.listings import listed_capability, listed_raise
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, undertaking_of

pytestmark = pytest.mark.django_db


def fund(*_listings: Listing) -> Actor:
    return actor_of(OrganisationFactory(kind="fund"))


def granted(*listings: Listing) -> Actor:
    viewer = OrganisationFactory(kind="fund")
    undertaking_of(viewer)
    for listing in listings:
        GrantFactory(viewer=viewer, subject=listing.organisation, tier=2)
    return actor_of(viewer)


def revealed(*listings: Listing) -> Actor:
    viewer = OrganisationFactory(kind="fund")
    for listing in listings:
        GrantFactory(viewer=viewer, subject=listing.organisation, tier=1, cause="naming")
    return actor_of(viewer)


def owner(*listings: Listing) -> Actor:
    return actor_of(listings[0].organisation)


def operator(*_listings: Listing) -> Actor:
    return actor_of(OrganisationFactory(kind="operator"), "compliance")


def listed() -> list[Listing]:
    raised = listed_raise(
        amount=Decimal("1500000.00"), amount_left=Decimal("900000.10"), instruments=["loan"], stage="growth",
        need_by=utc_today(), lead_capability__seeks=["licence"], lead_capability__title_uk="Планер",
    )  # fmt: skip
    bare = listed_capability(trl=None, firm__naming=Naming.ALL_VERIFIED, seeks=["joint_production", "licence"])
    measured = listed_capability(seeks=["licence"], firm__naming=Naming.ACCEPTED)
    Listing.objects.filter(pk=measured.pk).update(
        share_eu="0.1-0.35", share_eu_eea_ua="0-0.1", adaptation_days=12.5, cadence_days=3, iteration_band="0-14",
        published_at=utc_now().replace(microsecond=0),
    )  # fmt: skip
    return [raised, bare, measured]


class TestResultsOut:
    @pytest.mark.parametrize("viewer", [fund, granted, revealed, owner, operator])
    @pytest.mark.parametrize("fields", [None, frozenset({"id", "raise", "startup"})])
    def test_is_what_the_serializer_says(
        self, viewer: Callable[..., Actor], fields: frozenset[str] | None, rf: Any
    ) -> None:
        listings = listed()
        actor = viewer(*listings)
        request = rf.get("/")
        request.actor = actor
        ids = [listing.pk for listing in listings]
        scores = Scores(None, {ids[0]: Score(0, 8_000, "ranked")})
        highlights = {ids[1]: [Snippet("title", "Quiet kite", ((0, 5), (6, 10)))]}
        made: list[tuple[Any, Any]] = []

        for is_fast in (True, False):
            context = {"request": request, DISCLOSED: [], SELECTION: Selection(fields)}
            if is_fast:
                rows = listed_rows(actor=actor, ids=ids)
                shown: Any = results_out(rows, scores=scores, highlights=highlights, context=context)
            else:
                told = {**context, SCORES: scores, HIGHLIGHTS: highlights}
                shown = DealFlowOut(deal_flow_rows(actor=actor, ids=ids), many=True, context=told).data
            made.append((json.dumps(shown, cls=JSONEncoder), context[DISCLOSED]))

        assert made[0] == made[1]
        assert len(json.loads(made[0][0])) == 3
