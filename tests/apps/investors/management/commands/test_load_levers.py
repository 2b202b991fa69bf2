"""Loading levers from the console."""

import pytest
from django.core.management import call_command

from apps.investors.models import Lever


@pytest.mark.django_db
class TestLoadLevers:
    def test_says_how_many_levers_changed(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("load_levers")
        call_command("load_levers")

        first, second = capsys.readouterr().out.splitlines()
        assert first == f"{Lever.objects.count()} levers new or changed."
        assert second == "0 levers new or changed."
