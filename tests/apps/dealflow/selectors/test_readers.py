"""Of whom a searcher reads more."""

import datetime as dt

import pytest

from apps.dealflow.selectors.readers import readers_of
from apps.organisations.disclosure import NAMING
from apps.organisations.models import DisclosureGrant, Organisation
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, undertaking_of
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db


class TestReadersOf:
    def test_knows_grants_in_force_alone(self) -> None:
        fund, granted, ended, dark, unrelated = (
            OrganisationFactory(kind="fund"),
            *(FirmFactory() for _ in range(4)),
        )
        undertaking_of(fund)
        for firm in (granted, ended, dark):
            GrantFactory(viewer=fund, subject=firm.organisation, tier=2)
        DisclosureGrant.objects.filter(subject=ended.organisation).update(until=utc_now() - dt.timedelta(hours=1))
        Organisation.objects.filter(pk=dark.organisation_id).update(dark_since=utc_now())

        readers = readers_of(actor=actor_of(fund))

        assert readers.granted == {granted.pk}
        assert unrelated.pk not in readers.granted

    def test_knows_ones_own_firm(self) -> None:
        firm = FirmFactory()

        readers = readers_of(actor=actor_of(firm.organisation))

        assert (readers.granted, readers.named) == ({firm.pk}, {firm.pk})

    def test_knows_who_showed_its_name(self) -> None:
        fund, firm = OrganisationFactory(kind="fund"), FirmFactory()
        GrantFactory(viewer=fund, subject=firm.organisation, tier=1, cause=NAMING)

        readers = readers_of(actor=actor_of(fund))

        assert (readers.granted, readers.named) == (frozenset(), {firm.pk})

    def test_knows_nothing_without_an_organisation(self) -> None:
        assert readers_of(actor=Actor()).granted == frozenset()
