"""Bringing an installation up to date."""

import pytest
from django.core.management import call_command

from apps.reference.models import CapabilityArea


@pytest.mark.django_db
class TestPrepare:
    @pytest.mark.long
    def test_can_be_repeated(self, capsys):
        call_command("prepare")
        areas = CapabilityArea.objects.count()

        call_command("prepare", "--compile")

        assert CapabilityArea.objects.count() == areas > 0
        assert "The engine is compiled" in capsys.readouterr().out
