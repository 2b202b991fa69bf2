"""Loading reference data from the console."""

import pytest
from django.core.management import call_command

from apps.reference.models import CapabilityArea


@pytest.mark.django_db
class TestLoadReference:
    def test_says_how_many_areas_changed(self, capsys):
        call_command("load_reference")
        call_command("load_reference")

        first, second = capsys.readouterr().out.splitlines()
        assert first == f"{CapabilityArea.objects.count()} areas new or changed."
        assert second == "0 areas new or changed."
