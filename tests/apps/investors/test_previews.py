"""What a fund is shown of its own rows is, byte for byte, what a stranger of that tier gets."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.investors.models import Mandate
from apps.investors.states import MandateStatus
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.clock import utc_now
from tests.factories.investors import LeverFactory, MandateFactory
from tests.factories.organisations import OrganisationFactory, actor_of, client_of

pytestmark = pytest.mark.django_db

BASE = "/api/v1"


def market() -> Mandate:
    """A fund with a mandate in every status; the active one."""
    mandate = MandateFactory(lever=LeverFactory())
    for status in (MandateStatus.DRAFT, MandateStatus.PAUSED, MandateStatus.CLOSED):
        MandateFactory(fund=mandate.fund, status=status)
    return mandate


def owner(mandate: Mandate) -> APIClient:
    organisation = Organisation.objects.get(pk=mandate.fund.organisation_id)
    return client_of(actor_of(organisation))


def stranger(kind: str = "firm", **fields: Any) -> APIClient:
    return client_of(actor_of(OrganisationFactory(kind=kind, **fields)))


def seen(answer: Any) -> tuple[Any, ...]:
    return (answer.status_code, answer.content, answer.headers.get("ETag"))


class TestFaces:
    def test_at_t1_are_a_verified_firms(self) -> None:
        mandate = market()
        own, firm = owner(mandate), stranger()

        for place in (f"investors/{mandate.fund_id}", f"mandates/{mandate.pk}"):
            assert seen(own.get(f"{BASE}/{place}?as=T1")) == seen(firm.get(f"{BASE}/{place}"))
        for name in ("investors", "mandates"):
            assert own.get(f"{BASE}/{name}?as=T1").json() == firm.get(f"{BASE}/{name}").json()

    @pytest.mark.parametrize("change", [{"standing": Standing.REGISTERED}, {"dark_since": utc_now()}])
    def test_do_as_if_the_fund_were_verified_and_not_dark(self, change: dict[str, Any]) -> None:
        mandate = market()
        firm = stranger()
        places = (f"investors/{mandate.fund_id}", f"mandates/{mandate.pk}")
        shown = {place: seen(firm.get(f"{BASE}/{place}")) for place in places}
        teaser = seen(firm.get(f"{BASE}/investor-teasers/{mandate.fund.teaser_id}"))

        Organisation.objects.filter(pk=mandate.fund.organisation_id).update(**change)

        for place, answer in shown.items():
            assert seen(owner(mandate).get(f"{BASE}/{place}?as=T1")) == answer
            assert firm.get(f"{BASE}/{place}").status_code == 404
        assert seen(owner(mandate).get(f"{BASE}/investors/{mandate.fund_id}?as=T0")) == teaser

    def test_at_t0_are_the_teaser_and_nothing_else(self) -> None:
        mandate = market()
        own = owner(mandate)

        face = own.get(f"{BASE}/investors/{mandate.fund_id}?as=T0")

        assert seen(face) == seen(stranger("fund").get(f"{BASE}/investor-teasers/{mandate.fund.teaser_id}"))
        assert own.get(f"{BASE}/mandates/{mandate.pk}?as=T0").status_code == 404
        assert own.get(f"{BASE}/mandates?as=T0&with_count=true").json()["count"] == 0

    @pytest.mark.parametrize("status", [MandateStatus.DRAFT, MandateStatus.PAUSED, MandateStatus.CLOSED])
    def test_are_of_what_is_active(self, status: str) -> None:
        mandate = MandateFactory(status=status)
        own = owner(mandate)

        assert own.get(f"{BASE}/mandates/{mandate.pk}").status_code == 200
        assert own.get(f"{BASE}/mandates/{mandate.pk}?as=T1").status_code == 404
        assert own.get(f"{BASE}/investors/{mandate.fund_id}?as=T0").status_code == 404

    @pytest.mark.parametrize("kind", Kind)
    def test_of_others_are_not_there(self, kind: str) -> None:
        mandate = market()

        for tier in ("T0", "T1", "T2"):
            assert stranger(kind).get(f"{BASE}/investors/{mandate.fund_id}?as={tier}").status_code == 404
            assert stranger(kind).get(f"{BASE}/investors?as={tier}").json()["results"] == []
