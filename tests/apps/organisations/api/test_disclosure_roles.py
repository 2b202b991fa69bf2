"""Which role of which kind may do what about disclosure, role by role as it was agreed, written out by hand."""

from typing import Any

import pytest

from apps.organisations.undertakings import undertaking_sha256
from kernel.ids import uuid7
from tests.factories.organisations import OrganisationFactory, actor_of, client_of

pytestmark = pytest.mark.django_db

EVERYBODY = {
    "firm": "owner editor viewer signatory compliance",
    "fund": "owner editor viewer signatory compliance",
    "authority": "owner signatory officer reviewer viewer",
    "attestor": "owner editor viewer",
    "operator": "owner editor compliance viewer",
}
GUARDS = {"firm": "owner compliance", "fund": "owner compliance", "authority": "owner", "attestor": "owner"}
DISCLOSERS = {"firm": "owner compliance"}

ACCEPTED = {"sha256": undertaking_sha256(), "language": "en"}
VIEWER = {"viewer": str(uuid7()), "tier": 2}
NAMED = {"organisation": str(uuid7())}
NEEDED = {**NAMED, "tier": 2, "reason": "Court order"}

OPERATIONS: dict[str, tuple[str, str, Any, dict[str, str]]] = {
    "read the undertaking": ("get", "undertaking", None, EVERYBODY),
    "accept it": (
        "post",
        "undertaking/accept",
        ACCEPTED,
        {"firm": "signatory", "fund": "signatory", "authority": "signatory"},
    ),
    "read grants": (
        "get",
        "disclosure-grants",
        None,
        {**{kind: EVERYBODY[kind] for kind in ("firm", "fund", "authority")}, "attestor": "owner"},
    ),
    "grant": ("post", "disclosure-grants", VIEWER, DISCLOSERS),
    "revoke": ("post", f"disclosure-grants/{uuid7()}/revoke", None, DISCLOSERS),
    "reveal": ("post", f"startups/{uuid7()}/reveal", NAMED, {"firm": "owner editor compliance"}),
    "go dark": ("post", f"organisations/{uuid7()}/go-dark", None, GUARDS),
    "return": ("post", f"organisations/{uuid7()}/return", None, GUARDS),
    "read of broken glass": ("get", "break-glass", None, {**GUARDS, "operator": "owner editor compliance viewer"}),
    "ask to break it": ("post", "break-glass", NEEDED, {"operator": "owner editor compliance"}),
    "approve": ("post", f"break-glass/{uuid7()}/approve", None, {"operator": "owner compliance"}),
    "end it": ("post", f"break-glass/{uuid7()}/end", None, {"operator": "owner editor compliance"}),
}
"""What is asked for, and who gets past the question whether they may: the rest is about ids that do not exist."""


class TestRoles:
    @pytest.mark.parametrize("name", OPERATIONS)
    def test_are_those_agreed(self, name: str) -> None:
        method, address, body, allowed = OPERATIONS[name]

        refused, taken = set(), set()
        for kind, roles in EVERYBODY.items():
            for role in roles.split():
                client = client_of(actor_of(OrganisationFactory(kind=kind), role))
                arguments = [] if body is None else [body]
                answer = getattr(client, method)(f"/api/v1/{address}", *arguments)
                is_refused = answer.status_code == 403 and answer.json()["code"] == "permission_missing"
                (refused if is_refused else taken).add((kind, role))
                assert is_refused or answer.status_code in {200, 404, 422}, (kind, role, answer.json())

        assert taken == {(kind, role) for kind, roles in allowed.items() for role in roles.split()}
        assert len(refused | taken) == 22
