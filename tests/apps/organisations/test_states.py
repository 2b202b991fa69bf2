"""Kinds, roles and permissions as choices."""

from apps.organisations.states import KINDS, PERMISSIONS, REGISTERED_KINDS, ROLES, Scheme
from apps.permissions import ROLE_PERMISSIONS, Kind, Permission, Role


class TestChoices:
    def test_offer_every_kind_role_and_permission(self) -> None:
        assert [value for value, _ in KINDS] == list(Kind)
        assert [value for value, _ in ROLES] == list(Role)
        assert [value for value, _ in PERMISSIONS] == list(Permission)
        assert {value for value, _ in KINDS} - {value for value, _ in REGISTERED_KINDS} == {Kind.OPERATOR}

    def test_of_schemes_fit_their_column(self) -> None:
        assert max(map(len, Scheme.values)) <= 12


class TestRolePermissions:
    def test_give_every_permission_to_some_role(self) -> None:
        assert frozenset().union(*ROLE_PERMISSIONS.values()) == frozenset(Permission)
