"""What is known of organisations from screening, and how the lists stand."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from apps.compliance.models import Screening
from apps.compliance.selectors import ownership
from apps.compliance.selectors.screening import (
    clearances,
    has_list_in_force,
    hit_list,
    is_cleared,
    lists_standing,
    newest_runs,
    run_list,
)
from apps.compliance.services.screening import screening_run
from apps.compliance.services.subjects import subjects_refresh
from apps.compliance.states import Clearance, ScreeningCause
from apps.organisations.models import Organisation
from apps.permissions import Kind, Role
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.compliance import entry_made, list_version_made, owns, watch_list_made
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestClearances:
    @pytest.mark.parametrize("result", ["clear", "review", "hit"])
    def test_are_the_newest_results(self, result: str) -> None:
        organisation = OrganisationFactory()
        Screening.objects.create(organisation=organisation, result=result, basis="run")

        assert is_cleared(organisation_id=organisation.pk) == Clearance(result)

    def test_are_unknown_of_whom_nobody_screened(self) -> None:
        assert is_cleared(organisation_id=UUID(int=5)) == Clearance.UNKNOWN

    @pytest.mark.parametrize("who", ["owner", "signatory", "itself"])
    def test_are_for_review_while_somebody_is_not_compared_yet(self, who: str) -> None:
        list_version_made()
        organisation = OrganisationFactory()
        run = screening_run(actor=Actor.system(), organisation_id=organisation.pk, cause=ScreeningCause.REQUESTED)
        assert is_cleared(organisation_id=organisation.pk) == run.result == Clearance.CLEAR

        if who == "owner":
            owns(None, organisation, name="Vikentiy Zalyutvor")
        elif who == "signatory":
            MembershipFactory(organisation=organisation, user__name="Vikentiy Zalyutvor", roles=[Role.SIGNATORY])
        else:
            Organisation.objects.filter(pk=organisation.pk).update(legal_name="Bryzhvan Aero")

        assert is_cleared(organisation_id=organisation.pk) == Clearance.REVIEW
        subjects_refresh(organisation_id=organisation.pk)
        assert clearances(organisation_ids=[organisation.pk]) == {organisation.pk: Clearance.REVIEW}
        screening_run(actor=Actor.system(), organisation_id=organisation.pk, cause=ScreeningCause.SUBJECT_CHANGED)
        assert clearances(organisation_ids=[organisation.pk]) == {organisation.pk: Clearance.CLEAR}
        assert is_cleared(organisation_id=organisation.pk) == Clearance.CLEAR

    def test_are_for_review_where_there_are_more_owners_than_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ownership, "MOST_PARTIES", 3)
        list_version_made()
        organisation = OrganisationFactory()
        for name in ("Anna", "Bohdan", "Vira"):
            owns(None, organisation, name=f"{name} Hnatiuk")

        run = screening_run(actor=Actor.system(), organisation_id=organisation.pk, cause=ScreeningCause.REQUESTED)

        assert "owners_cut" in run.gaps
        assert is_cleared(organisation_id=organisation.pk) == Clearance.REVIEW

    def test_of_many_are_one_query(self, django_assert_num_queries: Any) -> None:
        organisations = OrganisationFactory.create_batch(3)
        Screening.objects.create(organisation=organisations[0], result="clear", basis="run")

        with django_assert_num_queries(1):
            found = clearances(organisation_ids=[organisation.pk for organisation in organisations])

        assert list(found.values()) == [Clearance.CLEAR, Clearance.UNKNOWN, Clearance.UNKNOWN]


class TestListsStanding:
    def test_tells_each_list_by_code_with_age_and_hash(self) -> None:
        now = utc_now()
        list_version_made("un", published_on=now.date() - dt.timedelta(days=9), sha256="b" * 64)
        watch_list_made("eu")
        watch_list_made("extra", is_expected=False)

        found = lists_standing(now=now)

        assert [(item["code"], item["state"], item["age_days"], item["sha256"]) for item in found] == [
            ("eu", "missing", None, None),
            ("un", "overdue", 9, "b" * 64),
        ]

    def test_tells_a_list_in_force_that_nobody_expects(self) -> None:
        watch_list_made("extra", is_expected=False)
        list_version_made("extra")

        assert [item["code"] for item in lists_standing(now=utc_now())] == ["extra"]


class TestHasListInForce:
    def test_only_once_a_version_counts(self) -> None:
        watch_list_made("eu")
        assert not has_list_in_force()

        list_version_made("eu")
        assert has_list_in_force()


class TestLists:
    def test_of_runs_and_hits_are_for_operators(self) -> None:
        entry_made(list_version_made(), "Вікентій Бурзолович Залютвор")
        organisation = MembershipFactory(user__name="Vikentiy Zalyutvor").organisation
        run = screening_run(actor=Actor.system(), organisation_id=organisation.pk, cause=ScreeningCause.REQUESTED)
        operator = actor_of(OrganisationFactory(kind=Kind.OPERATOR), Role.COMPLIANCE)

        assert [(item.pk, item.is_pending) for item in run_list(actor=operator)] == [(run.pk, True)]
        assert hit_list(actor=operator).count() == 1
        for stranger in (actor_of(organisation), actor_of(OrganisationFactory(kind=Kind.FUND))):
            assert not run_list(actor=stranger).exists()
            assert not hit_list(actor=stranger).exists()


class TestNewestRuns:
    def test_are_the_last_of_each_organisation(self) -> None:
        one, other = OrganisationFactory.create_batch(2)
        runs = [
            screening_run(actor=Actor.system(), organisation_id=organisation.pk, cause=ScreeningCause.REQUESTED)
            for organisation in (one, one, other)
        ]

        assert newest_runs(organisation_ids=[one.pk, other.pk]) == {one.pk: runs[1].pk, other.pk: runs[2].pk}
