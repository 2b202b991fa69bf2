"""The funds' reaction to a registered organisation."""

import pytest

from apps.investors.models import Fund
from apps.organisations.services import organisation_register
from kernel.access import Actor
from kernel.models import Delivery
from kernel.outbox import delivery_make


@pytest.mark.django_db
class TestEnterFund:
    @pytest.mark.parametrize(("kind", "entries"), [("fund", 1), ("firm", 0)])
    def test_enters_funds_once(self, kind: str, entries: int) -> None:
        organisation = organisation_register(actor=Actor.system(), kind=kind, legal_name="Kapital", country="DE")
        delivery = Delivery.objects.get(subscriber="apps.investors.handlers.enter_fund")

        assert delivery_make(delivery_id=delivery.pk) == "delivered"
        assert delivery_make(delivery_id=delivery.pk) == "skipped"

        assert Fund.objects.filter(organisation=organisation).count() == entries
