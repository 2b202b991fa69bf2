"""A suspended fund is gone from every list and address of others at the next request, and back when reinstated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.compliance.services.suspensions import reinstate, suspend
from apps.organisations.models import Organisation
from apps.permissions import Kind
from tests.authorisation.operations import operations
from tests.factories.cases import officer_made
from tests.factories.investors import LeverFactory
from tests.factories.matching import mandate_made, raise_made, run_drained
from tests.factories.organisations import OrganisationFactory, actor_of, client_of

pytestmark = pytest.mark.django_db

SHOWN_ON = {"/organisations", "/investors", "/investor-teasers", "/mandates", "/matches"}
"""Lists on which some viewer sees the fund while it is verified."""


def lists() -> list[str]:
    """Every list of the interface that hangs on no other object."""
    found = [item.path for item in operations() if item.method == "GET" and item.action == "list"]
    return [path for path in found if "{" not in path]


class World:
    """A fund with a mandate, a lever and a match, and those who look at it."""

    def __init__(self) -> None:
        self.mandate = mandate_made()
        self.fund = self.mandate.fund
        self.offered = raise_made()
        self.lever = LeverFactory(organisation=self.fund.organisation)
        run_drained()
        self.viewers = {
            "firm": client_of(actor_of(self.offered.firm.organisation)),
            "other firm": client_of(actor_of(OrganisationFactory())),
            "fund": client_of(actor_of(OrganisationFactory(kind=Kind.FUND))),
            "authority": client_of(actor_of(OrganisationFactory(kind=Kind.AUTHORITY))),
        }
        parts = (self.fund.organisation, self.fund, self.mandate, self.lever)
        self.marks = {str(part.pk) for part in parts} | {str(self.fund.teaser_id), self.fund.organisation.legal_name}

    def seen(self) -> set[tuple[str, str]]:
        """Who sees anything of the fund on which list."""
        return {
            (name, path)
            for name, client in self.viewers.items()
            for path in lists()
            if any(mark in json.dumps(self.read(client, path), ensure_ascii=False) for mark in self.marks)
        }

    def read(self, client: APIClient, path: str) -> Any:
        query = {"raise": str(self.offered.pk)} if path == "/matches" else {"page_size": "200"}
        answer = client.get(f"/api/v1{path}", query)
        if answer.status_code == 400:
            answer = client.get(f"/api/v1{path}")
        return answer.json()["results"] if answer.status_code == 200 else []

    def addresses(self) -> list[int]:
        """The statuses with which the fund's own addresses answer the firm."""
        places = (
            f"/organisations/{self.fund.organisation_id}",
            f"/investors/{self.fund.pk}",
            f"/investor-teasers/{self.fund.teaser_id}",
            f"/mandates/{self.mandate.pk}",
            f"/matches/{self.mandate.pk}~{self.offered.pk}/explanation",
        )
        return [self.viewers["firm"].get(f"/api/v1{place}").status_code for place in places]


class TestSuspendedFund:
    def test_is_gone_from_every_list_at_the_next_request(self) -> None:
        world, officer = World(), officer_made()
        before = world.seen()
        assert {path for _viewer, path in before} >= SHOWN_ON, sorted(before)
        assert world.addresses() == [200] * 5

        case = suspend(actor=officer, organisation_id=world.fund.organisation_id, reason="False papers.")

        assert world.seen() == set()
        assert world.addresses() == [404] * 5
        reinstate(actor=officer, case=case, reason="They were not.")
        assert world.seen() == before

    def test_sees_nobody_else_itself(self) -> None:
        world = World()
        organisation = world.fund.organisation
        suspend(actor=officer_made(), organisation_id=organisation.pk, reason="!")
        client = client_of(actor_of(Organisation.objects.get(pk=organisation.pk)))

        firm = world.offered.firm
        others = {str(part.pk) for part in (firm.organisation, firm, world.offered, world.offered.lead_capability)}
        told = {path: json.dumps(world.read(client, path)) for path in lists() if path != "/teasers"}
        assert [path for path, text in told.items() if any(mark in text for mark in others)] == []
