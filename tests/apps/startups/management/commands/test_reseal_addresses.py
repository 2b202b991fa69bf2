"""Sealing mail addresses anew, at the console."""

import pytest
from django.core.management import call_command

from apps.startups.mailboxes import address_seal
from tests.factories.startups import SeatFactory

pytestmark = pytest.mark.django_db


class TestResealAddresses:
    def test_says_how_many(self, capsys: pytest.CaptureFixture[str]) -> None:
        SeatFactory(sealed_address=address_seal(address="range@example.org"))

        call_command("reseal_addresses")

        assert capsys.readouterr().out == "1 addresses sealed anew\n"
