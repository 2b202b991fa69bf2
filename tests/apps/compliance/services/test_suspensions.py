"""The standing that rests on a case: given, suspended, given back."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.compliance.models import Screening, VerificationCase
from apps.compliance.services.interests import ConflictOfInterest
from apps.compliance.services.suspensions import (
    ListedStill,
    NothingToSuspend,
    StandsNoLonger,
    SuspensionNotAcceptable,
    reinstate,
    standing_adopt,
    suspend,
    suspend_on_hit,
)
from apps.compliance.states import CaseCause, CaseStatus, ScreeningResult
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.clock import utc_now, utc_today
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from tests.factories.cases import case_drafted, case_verified, officer_made, registered
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def standing_of(organisation: Organisation) -> str:
    return Organisation.objects.get(pk=organisation.pk).standing


class TestSuspend:
    def test_takes_the_standing(self) -> None:
        organisation, owner = registered()
        officer = officer_made()
        case = case_verified(owner, officer)

        suspend(actor=officer, organisation_id=organisation.pk, reason=" False papers. ")

        case.refresh_from_db()
        assert standing_of(organisation) == Standing.SUSPENDED
        assert (case.status, case.suspension_cause, case.suspension_reason) == (
            "suspended",
            "decision",
            "False papers.",
        )
        event = Event.objects.get(name="compliance.case.suspended")
        assert (event.organisation_id, event.data["cause"]) == (organisation.pk, "decision")

    def test_records_an_import_first(self) -> None:
        organisation = OrganisationFactory(basis="import")

        case = suspend(actor=officer_made(), organisation_id=organisation.pk, reason="!")

        assert (case.cause, case.status, case.is_standing) == (CaseCause.IMPORTED, CaseStatus.SUSPENDED, True)
        assert standing_of(organisation) == Standing.SUSPENDED
        assert Organisation.objects.get(pk=organisation.pk).basis == "import"

    def test_also_while_a_renewal_is_open(self) -> None:
        organisation = OrganisationFactory()
        draft = case_drafted(actor_of(organisation))

        suspend(actor=officer_made(), organisation_id=organisation.pk, reason="!")

        draft.refresh_from_db()
        assert (draft.status, standing_of(organisation)) == (CaseStatus.DRAFT, Standing.SUSPENDED)

    @pytest.mark.parametrize("standing", [Standing.REGISTERED, Standing.SUSPENDED])
    def test_only_the_verified(self, standing: str) -> None:
        organisation = OrganisationFactory(standing=standing)

        with pytest.raises(NothingToSuspend):
            suspend(actor=officer_made(), organisation_id=organisation.pk, reason="!")

    def test_never_an_operator(self) -> None:
        operator = OrganisationFactory(kind=Kind.OPERATOR)

        with pytest.raises(NothingToSuspend):
            suspend(actor=officer_made(), organisation_id=operator.pk, reason="!")

    def test_wants_a_reason(self) -> None:
        with pytest.raises(SuspensionNotAcceptable):
            suspend(actor=officer_made(), organisation_id=OrganisationFactory().pk, reason=" ")

    def test_not_ones_own(self) -> None:
        officer, organisation = officer_made(), OrganisationFactory()
        MembershipFactory(organisation=organisation, user_id=officer.user_id)

        with pytest.raises(ConflictOfInterest):
            suspend(actor=officer, organisation_id=organisation.pk, reason="!")

    @pytest.mark.parametrize("role", ["owner", "editor", "viewer"])
    def test_is_for_the_compliance_role(self, role: str) -> None:
        actor = actor_of(OrganisationFactory(kind=Kind.OPERATOR), role)

        with pytest.raises(NotPermitted):
            suspend(actor=actor, organisation_id=OrganisationFactory().pk, reason="!")


class TestReinstate:
    def test_gives_the_standing_back(self) -> None:
        organisation = OrganisationFactory()
        officer = officer_made()
        case = suspend(actor=officer, organisation_id=organisation.pk, reason="!")

        reinstate(actor=officer, case=case, reason="Cleared up.")

        case.refresh_from_db()
        assert standing_of(organisation) == Standing.VERIFIED
        assert (case.status, case.suspension_cause, case.suspended_at) == (CaseStatus.VERIFIED, "", None)

    def test_leaves_thirty_days_to_renew(self) -> None:
        organisation = OrganisationFactory()
        officer = officer_made()
        case = suspend(actor=officer, organisation_id=organisation.pk, reason="!")
        VerificationCase.objects.filter(pk=case.pk).update(next_due_on=utc_today() - dt.timedelta(days=3))
        case.refresh_from_db()

        reinstate(actor=officer, case=case, reason="!")

        assert case.next_due_on == utc_today() + dt.timedelta(days=30)

    @pytest.mark.parametrize("result", [ScreeningResult.HIT, ScreeningResult.REVIEW])
    def test_not_while_somebody_may_be_listed(self, result: str) -> None:
        organisation = OrganisationFactory()
        officer = officer_made()
        case = suspend(actor=officer, organisation_id=organisation.pk, reason="!")
        Screening.objects.create(organisation=organisation, result=result, basis="run")

        with pytest.raises(ListedStill):
            reinstate(actor=officer, case=case, reason="!")

    def test_only_what_is_suspended(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_verified(owner, officer)

        with pytest.raises(NotNow):
            reinstate(actor=officer, case=case, reason="!")

    def test_only_by_the_case_it_rests_on(self) -> None:
        organisation = OrganisationFactory()
        officer = officer_made()
        case = suspend(actor=officer, organisation_id=organisation.pk, reason="!")
        VerificationCase.objects.filter(pk=case.pk).update(is_standing=False)

        with pytest.raises(StandsNoLonger):
            reinstate(actor=officer, case=case, reason="!")


class TestSuspendOnHit:
    def test_suspends_without_a_word_to_the_organisation(self) -> None:
        organisation = OrganisationFactory()

        case = suspend_on_hit(organisation_id=organisation.pk)

        assert case is not None
        assert (standing_of(organisation), case.suspension_cause) == (Standing.SUSPENDED, "hit")
        assert Event.objects.get(name="compliance.case.suspended").data["cause"] == "decision"

    def test_again_changes_nothing(self) -> None:
        organisation = OrganisationFactory()
        suspend_on_hit(organisation_id=organisation.pk)

        assert suspend_on_hit(organisation_id=organisation.pk) is None
        assert Event.objects.filter(name="compliance.case.suspended").count() == 1

    def test_leaves_those_who_are_not_verified(self) -> None:
        organisation, _owner = registered()

        assert suspend_on_hit(organisation_id=organisation.pk) is None
        assert standing_of(organisation) == Standing.REGISTERED


class TestStandingAdopt:
    def test_counts_the_year_from_when_the_organisation_came_in(self) -> None:
        organisation = OrganisationFactory()
        Organisation.objects.filter(pk=organisation.pk).update(created_at=utc_now() - dt.timedelta(days=100))
        organisation.refresh_from_db()

        case = standing_adopt(organisation=organisation)

        assert case.next_due_on is not None
        assert (case.next_due_on - utc_today()).days in (265, 266)
        assert standing_adopt(organisation=organisation).pk == case.pk

    def test_leaves_thirty_days_at_least(self) -> None:
        organisation = OrganisationFactory()
        Organisation.objects.filter(pk=organisation.pk).update(created_at=utc_now() - dt.timedelta(days=900))
        organisation.refresh_from_db()

        assert standing_adopt(organisation=organisation).next_due_on == utc_today() + dt.timedelta(days=30)
