"""Screening from the console, and what it finds in the sample data."""

from __future__ import annotations

import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from apps import compliance
from apps.compliance.models import Hit, Screening, ScreeningRun
from apps.compliance.selectors.screening import clearances
from apps.compliance.states import Clearance, HitStatus
from apps.exchange import sample
from apps.exchange.sample.planted import LOOKALIKE_NAME, WATCH_LIST_NAME
from apps.exchange.services import import_folder
from apps.organisations.models import Organisation
from kernel.models import Job
from tests.factories.compliance import entry_made, list_version_made
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.long]

SAMPLE = Path(sample.__file__).parent / "data"
LISTS = Path(compliance.__file__).parent / "data" / "lists"
PLANTED = ("Брунвард", "Кельмістра")
"""Words of the names of the firm with the look-alike and of the one with the namesake among its owners."""


def told() -> str:
    out = StringIO()
    call_command("screen_organisations", stdout=out)
    return out.getvalue()


class TestScreenOrganisations:
    def test_screens_everybody_in_one_job_and_then_nobody(self) -> None:
        entry_made(list_version_made(), WATCH_LIST_NAME)
        MembershipFactory(user__name=LOOKALIKE_NAME)
        OrganisationFactory()

        assert "Screened 2 organisations" in told()
        assert told() == "Nobody is to be screened.\n"
        assert Job.objects.filter(kind="compliance.screening").count() == 1
        assert sorted(Screening.objects.values_list("result", flat=True)) == ["clear", "review"]

    def test_without_lists_leaves_the_imports_word(self) -> None:
        OrganisationFactory()

        assert told() == "Nobody is to be screened.\n"
        assert not ScreeningRun.objects.exists()


class TestSampleData:
    def test_the_planted_owner_is_found_his_namesake_is_not(self) -> None:
        import_folder(folder=SAMPLE, verified=True)
        for file, code in ((file, file.stem) for file in sorted(LISTS.glob("*.*")) if file.suffix != ".md"):
            call_command("load_watch_list", code, str(file), stdout=StringIO())

        began = time.monotonic()
        told()
        took = time.monotonic() - began

        found = clearances(organisation_ids=list(Organisation.objects.values_list("pk", flat=True)))
        lookalike, namesake = (Organisation.objects.get(legal_name_uk__contains=word) for word in PLANTED)
        hit = Hit.objects.get(status=HitStatus.PENDING)
        assert hit.screened == lookalike
        assert hit.subject.names == [LOOKALIKE_NAME]
        assert WATCH_LIST_NAME in hit.entry_names
        assert found.pop(lookalike.pk) == Clearance.REVIEW
        assert found[namesake.pk] == Clearance.CLEAR
        assert set(found.values()) == {Clearance.CLEAR}
        assert took < 30
