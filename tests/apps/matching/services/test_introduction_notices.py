"""What facts about introductions say, and to whom."""

from __future__ import annotations

import pytest

from apps.matching import events
from apps.matching.services.introduction_notices import facts_of, side_organisation, side_tell
from apps.matching.states import Side
from kernel.models import Event
from tests.factories.introductions import Couple
from tests.factories.organisations import actor_of

pytestmark = pytest.mark.django_db


class TestFactsOf:
    def test_are_ids_and_a_side(self) -> None:
        couple = Couple()
        made = couple.express(message="Secret.")

        assert facts_of(made, side=Side.INVESTOR) == {
            "subjects": [str(couple.fund.organisation_id), str(couple.firm.organisation_id)],
            "mandate": str(couple.mandate.pk),
            "raise": str(couple.raise_item.pk),
            "fund": str(couple.mandate.fund_id),
            "firm": str(couple.raise_item.firm_id),
            "side": "investor",
        }


class TestSideOrganisation:
    def test_is_the_fund_s_or_the_firm_s(self) -> None:
        couple = Couple()
        made = couple.express()

        found = [side_organisation(made, side) for side in (Side.INVESTOR, Side.STARTUP)]

        assert found == [couple.fund.organisation_id, couple.firm.organisation_id]


class TestSideTell:
    def test_names_owners_and_editors_in_their_own_trail(self) -> None:
        couple = Couple()
        made = couple.express()
        editor = actor_of(couple.mandate.fund.organisation, "editor")
        actor_of(couple.mandate.fund.organisation, "viewer")

        side_tell(events.EXPIRY_TOLD, introduction=made, side=Side.INVESTOR)

        fact = Event.objects.get(name=events.EXPIRY_TOLD)
        assert (fact.actor, fact.actor_organisation_id, fact.organisation_id) == (
            "system",
            None,
            couple.fund.organisation_id,
        )
        assert fact.data == {"people": {str(user): "instant" for user in (couple.fund.user_id, editor.user_id)}}
