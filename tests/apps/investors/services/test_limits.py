"""Trials of terms count as edits and as new mandates."""

import pytest

from apps.investors import services
from apps.investors.rules import DRAFTS_PER_DAY, EDITS_PER_DAY
from apps.investors.states import MandateStatus
from apps.organisations.rules import NotYours
from kernel.access import Actor
from kernel.models import Event
from tests.factories.investors import MandateFactory
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

PROBED = "investors.mandate.probed"


def probe(mandate, times=1, actor=None):
    services.mandate_probe(
        actor=actor or actor_of(mandate.fund.organisation), fund=mandate.fund, mandate=mandate, times=times
    )


class TestMandateProbe:
    def test_counts_among_the_edits_of_a_matched_mandate(self):
        mandate = MandateFactory(status=MandateStatus.ACTIVE)
        actor = actor_of(mandate.fund.organisation)
        probe(mandate, EDITS_PER_DAY - 1)
        services.mandate_update(actor=actor, mandate=mandate, trl_min=4)

        with pytest.raises(services.TooManyEditsToday):
            probe(mandate)
        with pytest.raises(services.TooManyEditsToday):
            services.mandate_update(actor=actor, mandate=mandate, trl_min=5)

    def test_another_mandate_of_the_fund_has_its_own_count(self):
        mandate = MandateFactory(status=MandateStatus.ACTIVE)
        other = MandateFactory(fund=mandate.fund, status=MandateStatus.ACTIVE)
        probe(mandate, EDITS_PER_DAY)

        probe(other)

        assert Event.objects.filter(name=PROBED, object_id=other.pk).count() == 1

    def test_drafts_count_with_those_that_begin_to_be_matched(self):
        draft = MandateFactory(status=MandateStatus.DRAFT)
        actor = actor_of(draft.fund.organisation)
        probe(draft, DRAFTS_PER_DAY - 1)
        services.mandate_activate(actor=actor, mandate=draft)

        with pytest.raises(services.TooManyMandatesToday):
            services.mandate_probe(actor=actor, fund=draft.fund, mandate=None, times=1)
        with pytest.raises(services.TooManyMandatesToday):
            services.mandate_activate(actor=actor, mandate=MandateFactory(fund=draft.fund, status=MandateStatus.DRAFT))

    def test_more_at_once_than_are_left_is_refused_whole(self):
        mandate = MandateFactory(status=MandateStatus.ACTIVE)

        with pytest.raises(services.TooManyEditsToday):
            probe(mandate, EDITS_PER_DAY + 1)

        assert not Event.objects.filter(name=PROBED).exists()

    def test_the_system_is_free_and_nothing_counts_as_nothing(self):
        mandate = MandateFactory(status=MandateStatus.ACTIVE)
        probe(mandate, EDITS_PER_DAY + 1, actor=Actor.system())
        probe(mandate, 0)

        assert not Event.objects.filter(name=PROBED).exists()

    def test_is_for_the_own_fund(self):
        mandate = MandateFactory(status=MandateStatus.ACTIVE)

        with pytest.raises(NotYours):
            probe(mandate, actor=actor_of(OrganisationFactory(kind="fund")))
