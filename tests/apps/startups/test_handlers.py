"""The registry's reaction to a registered organisation."""

import pytest

from apps.organisations.services import organisation_register
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.models import Delivery
from kernel.outbox import delivery_make


@pytest.mark.django_db
class TestEnterFirm:
    @pytest.mark.parametrize(("kind", "entries"), [("firm", 1), ("fund", 0)])
    def test_enters_firms_once(self, kind: str, entries: int) -> None:
        organisation = organisation_register(actor=Actor.system(), kind=kind, legal_name="Vyriy", country="UA")
        delivery = Delivery.objects.get(subscriber="apps.startups.handlers.enter_firm")

        assert delivery_make(delivery_id=delivery.pk) == "delivered"
        assert delivery_make(delivery_id=delivery.pk) == "skipped"

        assert Firm.objects.filter(organisation=organisation).count() == entries
