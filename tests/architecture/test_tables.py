"""What the database and the documents say is what the code says."""

import pytest
from django.core.management import call_command

from apps.permissions import ROLE_PERMISSIONS, Kind, Permission


class TestMigrations:
    @pytest.mark.django_db
    def test_are_complete(self):
        call_command("makemigrations", "--check", "--dry-run", verbosity=0)


class TestPermissions:
    def test_every_permission_is_held_by_somebody(self):
        held = frozenset().union(*ROLE_PERMISSIONS.values())

        assert set(Permission) - held == set()

    def test_every_kind_has_an_owner(self):
        assert {kind for kind, role in ROLE_PERMISSIONS if role == "owner"} == set(Kind)

    def test_are_named_app_entity_verb(self):
        assert [item for item in Permission if len(item.value.split(".")) != 3] == []
