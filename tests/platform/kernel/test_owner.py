import pytest
from django.db import connection

from kernel.owner import owner_connected

NAMES = ("USER", "PASSWORD", "HOST", "PORT")


class TestOwnerConnected:
    def test_connects_as_the_role_of_the_owners_address_meanwhile(self, settings) -> None:
        settings.DATABASE_OWNER_URL = "postgresql://the%20owner:a%2Fb@db.example:6543/tandem"
        before = dict(connection.settings_dict)

        with owner_connected():
            inside = dict(connection.settings_dict)

        assert [inside[name] for name in NAMES] == ["the owner", "a/b", "db.example", 6543]
        assert inside["NAME"] == before["NAME"]
        assert connection.settings_dict == before

    def test_ends_with_a_failure_too(self, settings) -> None:
        settings.DATABASE_OWNER_URL = "postgresql://owner@db.example/tandem"
        before = dict(connection.settings_dict)

        with pytest.raises(ZeroDivisionError), owner_connected():
            raise ZeroDivisionError

        assert connection.settings_dict == before
