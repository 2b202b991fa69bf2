"""Sealing the secrets of trackers anew, at the console."""

import pytest
from django.core.management import call_command

from tests.factories.startups import FirmFactory, tracker_of

pytestmark = pytest.mark.django_db


class TestResealTrackers:
    def test_says_how_many(self, capsys: pytest.CaptureFixture[str]) -> None:
        tracker_of(FirmFactory())

        call_command("reseal_trackers")

        assert capsys.readouterr().out == "1 secrets sealed anew\n"
