"""Permits over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from apps.organisations.models import Organisation
from apps.permissions import ROLE_PERMISSIONS, Kind, Role
from kernel.access import Actor
from tests.factories.cases import clean_document, officer_made
from tests.factories.organisations import OrganisationFactory, actor_of, client_of

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/permits"


def stated(holder: Organisation, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "export",
        "issuer": "State Service of Export Control",
        "issuer_country": "UA",
        "number": "EX-17",
        "export_codes": ["ML10"],
        "recipient_countries": ["EE"],
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "evidence": str(clean_document(holder).pk),
        **changes,
    }


def post(actor: Actor, place: str, body: Any = None) -> Any:
    return client_of(actor).post(place, body or {}, format="json")


class TestPermits:
    def test_are_recorded_confirmed_and_revoked(self) -> None:
        holder, officer = OrganisationFactory(), officer_made()
        owner = actor_of(holder)

        made = post(owner, PLACE, stated(holder))
        place = made["Location"]

        assert (made.status_code, made.json()["status"], made.json()["actions"]) == (201, "recorded", [])
        assert client_of(officer).get(place).json()["actions"] == ["confirm", "refuse"]
        assert post(officer, f"{place}/confirm").json()["status"] == "confirmed"
        assert post(officer, f"{place}/revoke").status_code == 422
        revoked = post(officer, f"{place}/revoke", {"reason": "Withdrawn"}).json()
        assert (revoked["status"], revoked["reason"], revoked["actions"]) == ("revoked", "Withdrawn", [])
        assert client_of(owner).get(place).json()["revoked_at"]

    def test_name_what_is_wrong(self) -> None:
        holder = OrganisationFactory()

        refused = post(actor_of(holder), PLACE, stated(holder, export_codes=["ML99"], valid_to="2025-01-01"))

        assert refused.status_code == 422
        assert [row["pointer"] for row in refused.json()["errors"]] == ["/valid_to", "/export_codes/0"]

    def test_strangers_find_nothing(self) -> None:
        holder = OrganisationFactory()
        place = post(actor_of(holder), PLACE, stated(holder))["Location"]
        stranger = client_of(actor_of(OrganisationFactory()))

        assert stranger.get(place).status_code == 404
        assert stranger.get(PLACE).json()["results"] == []

    @pytest.mark.parametrize(("kind", "role"), sorted(ROLE_PERMISSIONS))
    def test_who_may(self, kind: Kind, role: Role) -> None:
        organisation = OrganisationFactory(kind=kind)
        actor = actor_of(organisation, role)
        holder = OrganisationFactory()
        other = post(actor_of(holder), PLACE, stated(holder))["Location"]

        is_holder = kind != Kind.OPERATOR and role in {Role.OWNER, Role.COMPLIANCE}
        is_officer = (kind, role) == (Kind.OPERATOR, Role.COMPLIANCE)
        assert client_of(actor).get(PLACE).status_code == (200 if is_holder or is_officer else 403)
        assert post(actor, PLACE, stated(organisation)).status_code == (201 if is_holder else 403)
        assert post(actor, f"{other}/confirm").status_code == (200 if is_officer else 403)

    def test_filters(self) -> None:
        holder = OrganisationFactory()
        owner = actor_of(holder)
        post(owner, PLACE, stated(holder))
        post(owner, PLACE, stated(holder, kind="negotiation"))

        def count(**query: str) -> int:
            return len(client_of(owner).get(PLACE, query).json()["results"])

        assert [count(), count(kind="export"), count(status="confirmed")] == [2, 1, 0]
