"""Showing a firm's name to one counterpart, and what each choice of naming shows to whom."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations.models import DisclosureGrant
from apps.startups.disclosure import firm_pseudonym
from apps.startups.models import Firm
from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.factories.matching import mandate_made, raise_made, run_drained
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of
from tests.factories.startups import FirmFactory, client_for

pytestmark = pytest.mark.django_db

BASE = "/api/v1"


def reveal(client: APIClient, firm: Any, organisation: Any) -> Any:
    body = {"organisation": str(getattr(organisation, "pk", organisation))}
    return client.post(f"{BASE}/startups/{getattr(firm, 'pk', firm)}/reveal", body)


def constant(answer: Any) -> tuple[int, str]:
    return answer.status_code, str({**answer.json(), "request_id": ""})


class TestReveal:
    @pytest.mark.parametrize("role", ["owner", "editor", "compliance"])
    def test_shows_the_name_from_the_next_request(self, role: str) -> None:
        firm, fund = FirmFactory(organisation__legal_name="Vyriy"), OrganisationFactory(kind="fund")
        reader, other = (client_of(actor_of(item)) for item in (fund, OrganisationFactory(kind="fund")))
        address = f"{BASE}/startups/{firm.pk}"
        before = reader.get(address).json()

        answer = reveal(client_for(firm, role), firm, fund)

        after = reader.get(address).json()
        assert answer.status_code == 201
        assert (before["name"], before["is_pseudonym"]) == (firm_pseudonym(firm_id=str(firm.pk)), True)
        assert (after["name"], after["is_pseudonym"]) == ("Vyriy", False)
        assert other.get(address).json()["is_pseudonym"] is True

    def test_shows_no_more_than_the_name(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        reader = client_of(actor_of(fund))
        before = reader.get(f"{BASE}/startups/{firm.pk}").json()

        reveal(client_for(firm), firm, fund)

        after = reader.get(f"{BASE}/startups/{firm.pk}").json()
        assert {key for key in after if after[key] != before.get(key)} <= {"name", "name_uk", "is_pseudonym"}

    def test_is_revoked_as_a_grant(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        owner, reader = client_for(firm), client_of(actor_of(fund))
        made = reveal(owner, firm, fund).json()

        answer = owner.post(f"{BASE}/disclosure-grants/{made['grant']}/revoke")

        assert answer.status_code == 200
        assert reader.get(f"{BASE}/startups/{firm.pk}").json()["is_pseudonym"] is True

    def test_again_is_the_same(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        client = client_for(firm)

        first, second = (reveal(client, firm, fund).json() for _ in range(2))

        assert first == second
        assert first == {
            "grant": str(DisclosureGrant.objects.get().pk),
            "organisation": str(fund.pk),
            "since": first["since"],
        }

    @pytest.mark.parametrize("role", ["viewer", "signatory"])
    def test_is_not_for_readers(self, role: str) -> None:
        firm = FirmFactory()

        assert reveal(client_for(firm, role), firm, OrganisationFactory(kind="fund")).status_code == 403

    @pytest.mark.parametrize("kind", ["fund", "authority", "operator"])
    def test_is_not_for_other_kinds(self, kind: str) -> None:
        client = client_of(actor_of(OrganisationFactory(kind=kind)))

        assert reveal(client, FirmFactory(), OrganisationFactory(kind="fund")).status_code == 403

    def test_of_another_firm_is_nothing(self) -> None:
        client, fund = client_for(FirmFactory()), OrganisationFactory(kind="fund")

        answers = [reveal(client, firm, fund) for firm in (FirmFactory(), uuid7(), "x")]

        assert {constant(answer) for answer in answers} == {(404, constant(answers[0])[1])}
        assert not DisclosureGrant.objects.exists()

    def test_to_what_is_no_counterpart_has_one_answer(self) -> None:
        firm = FirmFactory()
        hidden = [
            uuid7(),
            firm.organisation,
            OrganisationFactory(kind="operator"),
            OrganisationFactory(kind="attestor"),
            OrganisationFactory(kind="fund", standing="suspended"),
            OrganisationFactory(kind="fund", dark_since=utc_now()),
        ]

        answers = [reveal(client_for(firm), firm, organisation) for organisation in hidden]

        assert {constant(answer) for answer in answers} == {(422, constant(answers[0])[1])}
        assert [problem["pointer"] for problem in answers[0].json()["errors"]] == ["/organisation"]

    def test_asks_who_one_is_first(self) -> None:
        assert reveal(APIClient(), FirmFactory(), uuid7()).status_code == 401


class TestNaming:
    """`all_verified`, `accepted`, `nobody` × nothing, a reveal, a T2 grant: in every answer that names a firm."""

    @pytest.mark.long
    @pytest.mark.parametrize("opened", ["nothing", "reveal", "grant"])
    @pytest.mark.parametrize("naming", ["all_verified", "accepted", "nobody"])
    def test_is_the_same_in_every_answer(self, naming: str, opened: str) -> None:
        mandate, item = mandate_made(), raise_made(firm=FirmFactory(organisation__legal_name="Vyriy"))
        firm, fund = item.firm, mandate.fund.organisation
        run_drained()
        Firm.objects.filter(pk=firm.pk).update(naming=naming)
        if opened == "reveal":
            reveal(client_for(firm), firm, fund)
        elif opened == "grant":
            GrantFactory(viewer=fund, subject=firm.organisation)
        reader = client_of(actor_of(fund))

        def results(address: str, **query: Any) -> dict[str, Any]:
            (row,) = reader.get(f"{BASE}/{address}", query).json()["results"]
            return dict(row)

        names = [
            results("startups")["name"],
            reader.get(f"{BASE}/startups/{firm.pk}").json()["name"],
            results("capabilities")["startup"]["name"],
            reader.get(f"{BASE}/capabilities/{item.lead_capability_id}").json()["startup"]["name"],
            results("raises")["startup"]["name"],
            reader.get(f"{BASE}/raises/{item.pk}").json()["startup"]["name"],
            results("matches", mandate=mandate.pk)["raise"]["firm"]["name"],
        ]

        is_named = (naming, opened) not in {("accepted", "nothing"), ("nobody", "nothing"), ("nobody", "grant")}
        assert set(names) == {"Vyriy" if is_named else firm_pseudonym(firm_id=str(firm.pk))}

    @pytest.mark.parametrize("naming", ["accepted", "nobody"])
    def test_a_pseudonymous_answer_holds_the_name_nowhere(self, naming: str) -> None:
        firm = FirmFactory(naming=naming, organisation__legal_name="Vyriy", organisation__legal_name_uk="Вирій")
        reader = client_of(actor_of(OrganisationFactory(kind="fund")))

        text = (
            reader.get(f"{BASE}/startups").content.decode() + reader.get(f"{BASE}/startups/{firm.pk}").content.decode()
        )

        assert "Vyriy" not in text
        assert "Вирій" not in text
        assert str(firm.organisation_id) not in text
