"""What screening keeps about a person."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.accounts.personal_data import parts
from apps.compliance.models import ScreeningRun, ScreeningSubject
from apps.compliance.services.screening import screening_run
from apps.compliance.states import ScreeningCause
from kernel.access import Actor
from tests.factories.cases import case_verified, officer_made, registered
from tests.factories.compliance import entry_made, list_version_made
from tests.factories.organisations import MembershipFactory

pytestmark = pytest.mark.django_db

PART = next(part for part in parts() if part.section == "screening")


def ran(name: str) -> tuple[object, ScreeningRun]:
    member = MembershipFactory(user__name=name)
    run = screening_run(actor=Actor.system(), organisation_id=member.organisation_id, cause=ScreeningCause.REQUESTED)
    return member.user, run


class TestExport:
    def test_says_as_whom_but_not_what_a_list_said(self) -> None:
        entry_made(list_version_made(), "Вікентій Бурзолович Залютвор")
        user, run = ran("Vikentiy Zalyutvor")

        content = PART.export(user)  # type: ignore[arg-type]

        assert [(item["screened_id"], item["names"]) for item in content["screened_for"]] == [
            (run.screened_id, ["Vikentiy Zalyutvor"])
        ]
        assert content["hits_decided"] == []


class TestErase:
    def test_forgets_the_name(self) -> None:
        list_version_made()
        user, run = ran("Taras Bryzhvan")

        PART.erase(user, Actor.system())  # type: ignore[arg-type]

        run.refresh_from_db()
        assert "Taras" not in str(run.query)
        subject = ScreeningSubject.objects.get(role="member")
        assert (subject.names, subject.keys, subject.is_current) == ([], [], False)

    def test_keeps_what_a_list_matched(self) -> None:
        entry_made(list_version_made(), "Вікентій Бурзолович Залютвор")
        user, run = ran("Vikentiy Zalyutvor")

        PART.erase(user, Actor.system())  # type: ignore[arg-type]

        run.refresh_from_db()
        assert "Vikentiy" in str(run.query)


class TestVerification:
    PART = next(part for part in parts() if part.section == "verification")

    def test_tells_what_the_person_did_and_keeps_it(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_verified(owner, officer)
        applicant, judge = (User.objects.get(pk=actor.user_id) for actor in (owner, officer))

        for _ in range(2):
            assert [row["id"] for row in self.PART.export(applicant)["cases_submitted"]] == [case.pk]
            assert [row["id"] for row in self.PART.export(judge)["cases_decided"]] == [case.pk]
            self.PART.erase(judge, Actor.system())
