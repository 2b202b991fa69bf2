"""Permissions of members, ownership."""

from uuid import uuid4

import pytest

from apps.organisations.rules import NotYours, needs_second_factor, own_require, permissions_of, roles_unfit
from apps.organisations.rules.access import REMEDIAL
from apps.permissions import ROLE_PERMISSIONS, Kind, Role
from kernel.access import Actor


class TestPermissionsOf:
    def test_joins_what_the_roles_allow(self) -> None:
        held = permissions_of(kind="firm", roles=["viewer", "owner"], standing="verified")

        assert held == {str(item) for item in ROLE_PERMISSIONS[Kind.FIRM, Role.OWNER]}

    def test_leaves_reading_and_protecting_itself_to_the_suspended(self) -> None:
        held = permissions_of(kind="fund", roles=["owner"], standing="suspended")

        assert "investors.mandate.read" in held
        assert {name for name in held if not name.endswith(".read")} == {
            "documents.document.withdraw",
            "documents.upload.cancel",
            "organisations.api_key.revoke",
            "organisations.invitation.revoke",
            "organisations.member.remove",
            "organisations.organisation.go_dark",
        } | {str(name) for name in REMEDIAL}

    def test_knows_no_role_of_another_kind(self) -> None:
        assert permissions_of(kind="firm", roles=["officer"], standing="verified") == frozenset()


class TestRolesUnfit:
    def test_names_roles_that_the_kind_does_not_have(self) -> None:
        assert roles_unfit(kind="firm", roles=["owner", "officer", "king"]) == {"officer", "king"}


class TestNeedsSecondFactor:
    def test_is_for_officers_and_signatories(self) -> None:
        assert needs_second_factor(roles=["viewer", "signatory"])
        assert needs_second_factor(roles=["officer"])
        assert not needs_second_factor(roles=["owner", "compliance"])


class TestOwnRequire:
    def test_lets_only_the_own_organisation_and_the_system_pass(self) -> None:
        own, other = uuid4(), uuid4()
        member = Actor(user_id=uuid4(), organisation_id=own)

        own_require(actor=member, organisation_id=own)
        own_require(actor=Actor.system(), organisation_id=other)
        for actor, organisation in ((member, other), (member, None), (Actor(user_id=uuid4()), None)):
            with pytest.raises(NotYours):
                own_require(actor=actor, organisation_id=organisation)
