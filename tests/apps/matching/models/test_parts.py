"""Parts of a run."""

import pytest
from django.db import IntegrityError, transaction

from apps.matching.models import RunPart
from apps.matching.states import PartKind
from tests.factories.matching import run_drained

pytestmark = pytest.mark.django_db


class TestRunPart:
    def test_stands_once_in_its_place(self):
        run = run_drained()
        RunPart.objects.create(run=run, kind=PartKind.INVESTOR, place=0, content=b"")

        with pytest.raises(IntegrityError), transaction.atomic():
            RunPart.objects.create(run=run, kind=PartKind.INVESTOR, place=0, content=b"")

    def test_is_of_a_known_kind(self):
        run = run_drained()

        with pytest.raises(IntegrityError), transaction.atomic():
            RunPart.objects.create(run=run, kind="other", place=0, content=b"")
