"""Results of screening, as the database knows them."""

import pytest
from django.db import IntegrityError, transaction

from apps.compliance.models import Screening
from apps.compliance.states import ScreeningResult
from apps.organisations.states import Basis
from tests.factories.organisations import OrganisationFactory


@pytest.mark.django_db
class TestScreeningResult:
    @pytest.mark.parametrize("result", ScreeningResult.values)
    def test_is_stored(self, result):
        Screening.objects.create(organisation=OrganisationFactory(), result=result, basis=Basis.CASE)

        assert Screening.objects.get().result == result

    def test_nothing_else_is(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            Screening.objects.create(organisation=OrganisationFactory(), result="maybe", basis=Basis.CASE)
