"""What a caller may do with a case or permit now."""

import dataclasses
import datetime as dt

import pytest

from apps.compliance.models import Permit, VerificationCase
from apps.compliance.services.actions import officer_actions, own_actions, permit_actions
from kernel.clock import utc_today
from tests.factories.cases import (
    case_accepted,
    case_drafted,
    case_in_review,
    case_submitted,
    notice_given,
    officer_made,
    registered,
)
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def fresh(case: VerificationCase) -> VerificationCase:
    return VerificationCase.objects.get(pk=case.pk)


class TestOwnActions:
    def test_submitting_wants_everything_shown(self) -> None:
        _organisation, owner = registered()
        case = case_drafted(owner)
        assert own_actions(actor=owner, case=fresh(case)) == ["provide", "submit"]

        case.items.filter(code="articles").update(state="open")

        assert own_actions(actor=owner, case=fresh(case)) == ["provide"]

    def test_editors_may_nothing(self) -> None:
        organisation, owner = registered()

        assert own_actions(actor=actor_of(organisation, "editor"), case=case_drafted(owner)) == []


class TestOfficerActions:
    def test_the_submitter_neither_takes_nor_decides(self) -> None:
        _organisation, owner = registered()
        case = case_submitted(owner)
        officer = dataclasses.replace(officer_made(), user_id=case.submitted_by_id)

        assert officer_actions(actor=officer, case=case) == ["note"]

    def test_verifying_wants_everything_accepted(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_accepted(owner, officer)

        assert officer_actions(actor=officer, case=fresh(case)) == ["ask", "judge", "note", "verify"]

    def test_refusing_wants_a_notice_whose_day_has_passed(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = fresh(notice_given(case_in_review(owner, officer), officer))

        assert "refuse" not in officer_actions(actor=officer, case=case)
        assert "refuse" in officer_actions(actor=officer, case=case, today=utc_today() + dt.timedelta(days=20))


class TestPermitActions:
    def test_confirming_wants_evidence_and_another_person(self) -> None:
        officer = officer_made()
        permit = Permit(organisation=OrganisationFactory(), status="recorded")

        assert permit_actions(actor=officer, permit=permit) == ["refuse"]
        assert permit_actions(actor=officer, permit=Permit(recorded_by_id=officer.user_id, status="recorded")) == []
