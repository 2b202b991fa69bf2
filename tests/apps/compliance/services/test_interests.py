"""Declared interests."""

import dataclasses
import datetime as dt

import pytest

from apps.compliance.models import DeclaredInterest
from apps.compliance.services.interests import (
    ConflictOfInterest,
    InterestNotAcceptable,
    OfficerNeedsPerson,
    interest_declare,
    officer_require,
)
from kernel.clock import utc_today
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.cases import officer_made
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestInterestDeclare:
    def test_bars_the_person_and_nobody_else(self) -> None:
        officer, organisation = officer_made(), OrganisationFactory()
        assert officer_require(actor=officer, organisation_id=organisation.pk) == officer.user_id

        interest_declare(actor=officer, organisation_id=organisation.pk, reason=" Shares. ", until=utc_today())

        with pytest.raises(ConflictOfInterest):
            officer_require(actor=officer, organisation_id=organisation.pk)
        officer_require(actor=officer_made(), organisation_id=organisation.pk)
        assert DeclaredInterest.objects.get().reason == "Shares."
        assert Event.objects.get(name="compliance.interest.declared").organisation_id == officer.organisation_id

    def test_refuses_the_unknown_the_past_and_silence(self) -> None:
        officer = officer_made()

        with pytest.raises(InterestNotAcceptable) as refusal:
            interest_declare(
                actor=officer, organisation_id=uuid7(), reason=" ", until=utc_today() - dt.timedelta(days=1)
            )

        assert [problem.pointer for problem in refusal.value.errors] == ["/organisation", "/reason", "/until"]

    def test_is_for_people(self) -> None:
        officer = dataclasses.replace(officer_made(), api_key_id=uuid7())

        with pytest.raises(OfficerNeedsPerson):
            interest_declare(actor=officer, organisation_id=OrganisationFactory().pk, reason="!")


class TestOfficerRequire:
    def test_is_an_operators_person(self) -> None:
        with pytest.raises(OfficerNeedsPerson):
            officer_require(actor=actor_of(OrganisationFactory(kind="fund")), organisation_id=OrganisationFactory().pk)

    def test_not_for_the_own_organisation(self) -> None:
        officer = officer_made()

        with pytest.raises(ConflictOfInterest):
            officer_require(actor=officer, organisation_id=officer.organisation_id)  # type: ignore[arg-type]
