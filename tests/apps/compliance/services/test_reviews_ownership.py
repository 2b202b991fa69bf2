"""What an officer verifies is what the officer has looked at."""

from __future__ import annotations

import pytest

from apps.compliance.models import OwnershipStatement, VerificationCase
from apps.compliance.rules.declared import InterestStated, PartyStated
from apps.compliance.services.ownership import ownership_end, ownership_state
from apps.compliance.services.reviews import CaseNotReady, case_item_judge, case_verify
from apps.compliance.states import CaseStatus, ItemNeed
from kernel.access import Actor
from tests.factories.cases import NOTE, case_accepted, officer_made, registered

pytestmark = pytest.mark.django_db


def verified(officer: Actor, case: VerificationCase) -> VerificationCase:
    return case_verify(actor=officer, case=case, reason="All is in order.", ownership_note=NOTE)


class TestOwnershipStatedDuringReview:
    def test_is_to_be_looked_at_before_the_case_is_decided(self) -> None:
        (organisation, owner), officer = registered(), officer_made()
        case = case_accepted(owner, officer)
        ownership_state(
            actor=owner,
            organisation_id=organisation.pk,
            parties=[PartyStated(key="new", kind="person", legal_name="Somebody else")],
            statements=[InterestStated(owner="new")],
        )

        with pytest.raises(CaseNotReady) as refusal:
            verified(officer, case)

        own = [item.code for item in case.items.all() if item.need == ItemNeed.OFFICER]
        assert {(problem.pointer, problem.code) for problem in refusal.value.errors} == {
            (f"/items/{code}", "ownership_changed") for code in own
        }
        for code in own:
            case_item_judge(actor=officer, case=case, code=code, state="accepted")
        assert verified(officer, case).status == CaseStatus.VERIFIED

    def test_so_is_what_was_withdrawn(self) -> None:
        (organisation, owner), officer = registered(), officer_made()
        ownership_state(
            actor=owner,
            organisation_id=organisation.pk,
            parties=[PartyStated(key="new", kind="person", legal_name="Somebody")],
            statements=[InterestStated(owner="new")],
        )
        case = case_accepted(owner, officer)
        ownership_end(actor=owner, statement=OwnershipStatement.objects.get(), on=None)

        with pytest.raises(CaseNotReady):
            verified(officer, case)
