"""Permissions of members, checksums of registers, ownership."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.organisations.rules import NotYours, identifier_clean, own_require, permissions_of, roles_unfit
from apps.organisations.states import Scheme
from apps.permissions import ROLE_PERMISSIONS, Kind, Role
from kernel.access import Actor


class TestPermissionsOf:
    def test_joins_what_the_roles_allow(self) -> None:
        held = permissions_of(kind="firm", roles=["viewer", "owner"], standing="verified")

        assert held == {str(item) for item in ROLE_PERMISSIONS[Kind.FIRM, Role.OWNER]}

    def test_leaves_only_reading_to_the_suspended(self) -> None:
        held = permissions_of(kind="fund", roles=["owner"], standing="suspended")

        assert "investors.mandate.read" in held
        assert {name.rpartition(".")[2] for name in held} == {"read"}

    def test_knows_no_role_of_another_kind(self) -> None:
        assert permissions_of(kind="firm", roles=["officer"], standing="verified") == frozenset()


class TestRolesUnfit:
    def test_names_roles_that_the_kind_does_not_have(self) -> None:
        assert roles_unfit(kind="firm", roles=["owner", "officer", "king"]) == {"officer", "king"}


class TestIdentifierClean:
    @pytest.mark.parametrize(
        ("scheme", "value", "expected"),
        [
            ("UA-EDR", "32855961", "32855961"),
            ("UA-EDR", "32855968", None),
            ("UA-RNTRC", "1759013776", "1759013776"),
            ("UA-RNTRC", "1759013770", None),
            ("LEI", "213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D15"),
            ("LEI", "213800KUD8LXJWSQ9D15", None),
            ("LEI", "1", None),
            ("EU-VAT", "DE 136 695 976", "DE136695976"),
            ("EU-VAT", "DE136695978", None),
            ("EU-VAT", "US123", None),
            ("other", "  K-17 ", "K-17"),
            ("other", "   ", None),
            ("other", "x" * 41, None),
        ],
    )
    def test_holds_numbers_against_their_register(self, scheme: str, value: str, expected: str | None) -> None:
        assert identifier_clean(scheme=scheme, value=value) == expected

    @given(scheme=st.sampled_from(Scheme.values), value=st.text(max_size=45))
    def test_answers_any_text(self, scheme: str, value: str) -> None:
        cleaned = identifier_clean(scheme=scheme, value=value)

        assert cleaned is None or 0 < len(cleaned) <= 40


class TestOwnRequire:
    def test_lets_only_the_own_organisation_and_the_system_pass(self) -> None:
        own, other = uuid4(), uuid4()
        member = Actor(user_id=uuid4(), organisation_id=own)

        own_require(actor=member, organisation_id=own)
        own_require(actor=Actor.system(), organisation_id=other)
        for actor, organisation in ((member, other), (member, None), (Actor(user_id=uuid4()), None)):
            with pytest.raises(NotYours):
                own_require(actor=actor, organisation_id=organisation)
