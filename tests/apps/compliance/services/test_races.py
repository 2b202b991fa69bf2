"""Two at once: one wins, the other is told."""

from __future__ import annotations

import pytest

from apps.compliance.models import CaseItem, VerificationCase
from apps.compliance.services.cases import CaseUnderWay, case_open
from apps.compliance.services.reviews import case_take, case_verify
from apps.compliance.services.suspensions import NothingToSuspend, suspend
from apps.compliance.states import CaseStatus
from apps.organisations.models import Organisation
from kernel.errors import Conflict
from kernel.models import Event
from kernel.states import NotNow
from tests.factories.cases import NOTE, case_accepted, case_submitted, officer_made, registered
from tests.transactions import together

pytestmark = pytest.mark.usefixtures("committed")


def fresh(case: VerificationCase) -> VerificationCase:
    return VerificationCase.objects.get(pk=case.pk)


def refusals(results: list[object]) -> list[type]:
    return [type(result) for result in results if isinstance(result, Conflict)]


class TestTogether:
    def test_one_opens(self) -> None:
        organisation, owner = registered()

        results = together(*[lambda: case_open(actor=owner, organisation=organisation)] * 3)

        assert refusals(results) == [CaseUnderWay] * 2
        assert VerificationCase.objects.count() == 1
        assert CaseItem.objects.count() == 7

    def test_one_officer_takes(self) -> None:
        case = case_submitted(registered()[1])
        one, other = officer_made(), officer_made()

        results = together(
            lambda: case_take(actor=one, case=fresh(case)), lambda: case_take(actor=other, case=fresh(case))
        )

        assert refusals(results) == [NotNow]
        assert fresh(case).officer_id in {one.user_id, other.user_id}

    def test_one_officer_decides(self) -> None:
        organisation, owner = registered()
        one, other = officer_made(), officer_made()
        case = case_accepted(owner, one)

        results = together(
            *(
                lambda officer=officer: case_verify(  # type: ignore[misc]
                    actor=officer, case=fresh(case), reason=str(officer.user_id), ownership_note=NOTE
                )
                for officer in (one, other)
            )
        )

        found = fresh(case)
        assert refusals(results) == [NotNow]
        assert (found.status, found.reason) == (CaseStatus.VERIFIED, str(found.decided_by_id))
        assert Event.objects.filter(name="compliance.case.verified").count() == 1
        assert Organisation.objects.get(pk=organisation.pk).standing == "verified"

    def test_one_suspends(self) -> None:
        organisation, _owner = registered()
        Organisation.objects.filter(pk=organisation.pk).update(standing="verified")
        one, other = officer_made(), officer_made()

        results = together(
            lambda: suspend(actor=one, organisation_id=organisation.pk, reason="!"),
            lambda: suspend(actor=other, organisation_id=organisation.pk, reason="!"),
        )

        assert refusals(results) == [NothingToSuspend]
        assert VerificationCase.objects.count() == 1
