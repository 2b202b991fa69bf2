"""Renewals: opened, reminded of, and enforced by the clock."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.compliance.models import VerificationCase
from apps.compliance.services.cases import case_provide, case_submit
from apps.compliance.services.renewals import changed, renewals_tick
from apps.compliance.states import CaseCause, CaseStatus
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.clock import utc_now, utc_today
from kernel.models import Event, Slot
from tests.factories.cases import case_drafted, case_verified, officer_made, registered, shown_for
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def standing_of(organisation: Organisation) -> str:
    return Organisation.objects.get(pk=organisation.pk).standing


def tick(days: int) -> dict[str, int]:
    """A turn of the clock so many days from now."""
    return renewals_tick(now=utc_now() + days * DAY)


def opened(organisation: Organisation) -> VerificationCase:
    return VerificationCase.objects.open().get(organisation=organisation)


class TestChanged:
    def test_opens_a_renewal_and_leaves_the_standing(self) -> None:
        organisation = OrganisationFactory()

        case = changed(organisation_id=organisation.pk, cause=CaseCause.OWNERSHIP_CHANGED)

        assert case is not None
        assert (case.cause, case.status, case.due_on) == ("ownership_changed", "draft", utc_today() + 30 * DAY)
        assert standing_of(organisation) == Standing.VERIFIED
        assert {item.code for item in case.items.all()} >= {"register_extract", "ownership_complete"}

    def test_brings_an_open_draft_forward(self) -> None:
        organisation = OrganisationFactory()
        draft = case_drafted(actor_of(organisation))

        assert changed(organisation_id=organisation.pk, cause=CaseCause.OWNERSHIP_CHANGED) == draft
        draft.refresh_from_db()
        assert draft.due_on == utc_today() + 30 * DAY

    def test_leaves_what_the_officers_have(self) -> None:
        organisation = OrganisationFactory()
        owner = actor_of(organisation)
        case = case_submit(actor=owner, case=case_drafted(owner))

        changed(organisation_id=organisation.pk, cause=CaseCause.OWNERSHIP_CHANGED)

        case.refresh_from_db()
        assert case.due_on is None

    @pytest.mark.parametrize("standing", [Standing.REGISTERED, Standing.SUSPENDED])
    def test_only_for_the_verified(self, standing: str) -> None:
        organisation = OrganisationFactory(standing=standing)

        assert changed(organisation_id=organisation.pk, cause=CaseCause.OWNERSHIP_CHANGED) is None
        assert not VerificationCase.objects.exists()

    def test_never_for_operators(self) -> None:
        operator = OrganisationFactory(kind=Kind.OPERATOR)

        assert changed(organisation_id=operator.pk, cause=CaseCause.DATA_CHANGED) is None


class TestRenewalsTick:
    def test_adopts_what_an_import_verified(self) -> None:
        organisation = OrganisationFactory(basis="import")
        OrganisationFactory(kind=Kind.OPERATOR)
        registered()

        assert tick(0) == {"adopted": 1, "opened": 0, "suspended": 0, "reminded": 0}

        case = VerificationCase.objects.get()
        assert (case.organisation_id, case.cause, case.is_standing) == (organisation.pk, "imported", True)

    def test_opens_a_renewal_thirty_days_before_the_year_is_over(self) -> None:
        organisation, owner = registered()
        case_verified(owner, officer_made())

        assert tick(330)["opened"] == 0
        assert tick(335)["opened"] == 1

        case = opened(organisation)
        assert (case.cause, (case.due_on or utc_today()) - utc_today()) == ("yearly", 365 * DAY)
        assert tick(336)["opened"] == 0

    def test_one_found_late_gets_thirty_days(self) -> None:
        organisation, owner = registered()
        case_verified(owner, officer_made())

        tick(500)

        assert opened(organisation).due_on == utc_today() + 530 * DAY
        assert standing_of(organisation) == Standing.VERIFIED

    def test_suspends_when_the_day_has_passed(self) -> None:
        organisation = OrganisationFactory()
        changed(organisation_id=organisation.pk, cause=CaseCause.OWNERSHIP_CHANGED)

        assert tick(30)["suspended"] == 0
        assert tick(31)["suspended"] == 1

        standing = VerificationCase.objects.get(organisation=organisation, is_standing=True)
        assert (standing_of(organisation), standing.suspension_cause) == (Standing.SUSPENDED, "overdue")
        assert tick(32)["suspended"] == 0

    def test_does_not_suspend_who_waits_for_an_officer(self) -> None:
        organisation = OrganisationFactory()
        case = changed(organisation_id=organisation.pk, cause=CaseCause.OWNERSHIP_CHANGED)
        assert case is not None
        owner = actor_of(organisation)
        case_provide(actor=owner, case=case, shown=shown_for(case, organisation))
        case_submit(actor=owner, case=case)

        assert tick(60)["suspended"] == 0
        assert standing_of(organisation) == Standing.VERIFIED

    def test_a_suspended_one_may_still_renew(self) -> None:
        organisation = OrganisationFactory()
        changed(organisation_id=organisation.pk, cause=CaseCause.OWNERSHIP_CHANGED)
        tick(31)
        owner = actor_of(Organisation.objects.get(pk=organisation.pk))

        case = opened(organisation)
        case_provide(actor=owner, case=case, shown=shown_for(case, organisation))
        assert case_submit(actor=owner, case=case).status == CaseStatus.SUBMITTED

    def test_reminds_three_times(self) -> None:
        organisation = OrganisationFactory()
        changed(organisation_id=organisation.pk, cause=CaseCause.OWNERSHIP_CHANGED)

        counts = [tick(days)["reminded"] for days in (0, 1, 15, 16, 17, 26, 27, 28)]

        assert counts == [1, 0, 0, 1, 0, 0, 1, 0]
        told = Event.objects.filter(name="compliance.case.reminded").order_by("id")
        assert [event.data["days"] for event in told] == [30, 14, 3]

    def test_once_an_hour(self) -> None:
        OrganisationFactory()
        now = dt.datetime(2026, 11, 22, 10, 5, tzinfo=dt.UTC)

        assert renewals_tick(now=now)["adopted"] == 1
        assert renewals_tick(now=now + dt.timedelta(minutes=50)) == {}
        assert Slot.objects.filter(name="compliance.renewals").count() == 1
