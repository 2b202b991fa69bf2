"""Screening again: whom a change concerns."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest

from apps.compliance.models import ListVersion, ScreeningDue, ScreeningRun, ScreeningSubject
from apps.compliance.services import rescreening
from apps.compliance.services.hits import hit_decide
from apps.compliance.services.rescreening import (
    changed_between,
    changes_plan,
    concerned,
    due_done,
    due_mark,
    due_release,
    due_screen,
    due_take,
    job_due,
    person_follow,
    screening_sweep,
    subjects_follow,
    unscreened,
    unscreened_enqueue,
)
from apps.compliance.services.screening import SCREENING, screening_run
from apps.compliance.services.subjects import subjects_refresh
from apps.compliance.states import HitStatus, ScreeningCause
from apps.organisations.models import Organisation
from apps.permissions import Kind, Role
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.models import Job
from tests.factories.compliance import entry_made, entry_removed, list_version_made
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

LISTED, ALIKE = "Вікентій Бурзолович Залютвор", "Vikentiy Zalyutvor"
SYSTEM = Actor.system()


def firm(name: str = "Taras Bryzhvan") -> Organisation:
    organisation: Organisation = MembershipFactory(
        user__name=name, organisation__legal_name="Bryzhvan Aero LLC"
    ).organisation
    return organisation


def ran(organisation: Organisation) -> ScreeningRun:
    return screening_run(actor=SYSTEM, organisation_id=organisation.pk, cause=ScreeningCause.REQUESTED)


def due() -> dict[UUID, str]:
    return dict(ScreeningDue.objects.values_list("screened_id", "cause"))


def nothing() -> None:
    """Is never cancelled."""


class TestSubjectsFollow:
    def test_screens_an_organisation_that_is_new(self) -> None:
        organisation = firm()
        list_version_made()

        assert subjects_follow(organisation_id=organisation.pk)
        assert due() == {organisation.pk: "subject_changed"}
        assert Job.objects.get(kind=SCREENING).payload == {}

    def test_only_notes_the_subjects_while_there_is_no_list(self) -> None:
        organisation = firm()

        assert not subjects_follow(organisation_id=organisation.pk)
        assert (due(), Job.objects.count()) == ({}, 0)
        assert ScreeningSubject.objects.filter(screened=organisation).count() == 2

    def test_does_nothing_where_the_last_run_compared_the_same(self) -> None:
        organisation = firm()
        list_version_made()
        ran(organisation)

        assert not subjects_follow(organisation_id=organisation.pk)
        assert due() == {}

    def test_screens_again_with_another_signatory(self) -> None:
        organisation = firm()
        list_version_made()
        ran(organisation)
        MembershipFactory(organisation=organisation, roles=["signatory"])

        assert subjects_follow(organisation_id=organisation.pk)

    def test_leaves_operators_and_strangers_alone(self) -> None:
        list_version_made()

        assert not subjects_follow(organisation_id=OrganisationFactory(kind=Kind.OPERATOR).pk)
        assert not subjects_follow(organisation_id=UUID(int=3))
        assert not ScreeningSubject.objects.exists()

    def test_many_changes_wait_for_one_job(self) -> None:
        list_version_made()
        organisations = [firm() for _ in range(3)]

        for organisation in organisations * 2:
            subjects_follow(organisation_id=organisation.pk)

        assert Job.objects.filter(kind=SCREENING).count() == 1
        assert set(due()) == {organisation.pk for organisation in organisations}


class TestPersonFollow:
    def test_screens_every_organisation_that_the_person_binds(self) -> None:
        one = MembershipFactory()
        other = MembershipFactory(user=one.user)
        MembershipFactory()
        list_version_made()

        person_follow(user_id=one.user_id)

        assert set(due()) == {one.organisation_id, other.organisation_id}


class TestDue:
    def test_is_taken_once_and_then_done(self) -> None:
        organisation = firm()
        list_version_made()
        due_mark(organisation_ids=[organisation.pk], cause=ScreeningCause.YEARLY)
        job = job_due(actor=SYSTEM)
        assert job is not None

        assert due_take(job_id=job.pk) == [[organisation.pk]]
        assert due_take(job_id=job.pk) == []
        counts = due_screen(organisation_ids=[organisation.pk], cause=None, job_id=job.pk, check=nothing)
        due_done(job_id=job.pk, organisation_ids=[organisation.pk])

        assert counts == {"screened": 1, "clear": 1}
        run = ScreeningRun.objects.get()
        assert (run.cause, run.job) == ("yearly", job)
        assert due() == {}

    def test_is_cut_into_portions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rescreening, "ORGANISATIONS_A_CHUNK", 2)
        due_mark(organisation_ids=[firm().pk for _ in range(5)], cause=ScreeningCause.YEARLY)
        job = job_due(actor=SYSTEM)
        assert job is not None

        assert [len(part) for part in due_take(job_id=job.pk)] == [2, 2, 1]

    def test_what_changes_meanwhile_is_due_again(self) -> None:
        organisation = firm()
        due_mark(organisation_ids=[organisation.pk], cause=ScreeningCause.YEARLY)
        job = job_due(actor=SYSTEM)
        assert job is not None
        due_take(job_id=job.pk)

        due_mark(organisation_ids=[organisation.pk], cause=ScreeningCause.SUBJECT_CHANGED)
        due_done(job_id=job.pk, organisation_ids=[organisation.pk])

        assert due() == {organisation.pk: "subject_changed"}

    def test_what_a_job_left_is_for_the_next(self) -> None:
        organisation = firm()
        due_mark(organisation_ids=[organisation.pk], cause=ScreeningCause.YEARLY)
        job = job_due(actor=SYSTEM)
        assert job is not None
        due_take(job_id=job.pk)
        assert not ScreeningDue.objects.filter(job=None).exists()

        due_release(job_id=job.pk)

        assert ScreeningDue.objects.filter(job=None).exists()

    def test_a_job_that_begins_again_passes_over_what_it_did(self) -> None:
        organisation = firm()
        list_version_made()
        due_mark(organisation_ids=[organisation.pk], cause=ScreeningCause.YEARLY)
        job = job_due(actor=SYSTEM)
        assert job is not None
        given = {"organisation_ids": [organisation.pk], "cause": None, "job_id": job.pk, "check": nothing}
        due_screen(**given)

        assert due_screen(**given) == {}
        assert ScreeningRun.objects.count() == 1

    def test_without_anything_due_there_is_no_job(self) -> None:
        assert job_due(actor=SYSTEM) is None


class TestUnscreened:
    def test_are_those_that_no_run_compared_with_a_list(self) -> None:
        before, after, never = firm(), firm(), firm()
        ran(before)
        list_version_made()
        ran(after)
        OrganisationFactory(kind=Kind.OPERATOR)
        OrganisationFactory(merged_into=never)

        assert set(unscreened()) == {before.pk, never.pk}

    def test_are_queued_in_one_job_and_not_twice(self) -> None:
        list_version_made()
        firm()
        firm()

        job = unscreened_enqueue(actor=SYSTEM)

        assert job is not None
        assert unscreened_enqueue(actor=SYSTEM) == job
        assert len(due()) == 2

    def test_wait_for_the_first_list(self) -> None:
        firm()

        assert unscreened_enqueue(actor=SYSTEM) is None


class TestScreeningSweep:
    def test_takes_whoever_was_last_screened_a_year_ago(self) -> None:
        list_version_made()
        old, new = firm(), firm()
        for organisation in (old, new):
            ran(organisation)
        ScreeningRun.objects.filter(screened=old).update(ended_at=utc_now() - dt.timedelta(days=366))

        assert screening_sweep() is not None
        assert due() == {old.pk: "yearly"}

    def test_takes_up_what_is_left(self) -> None:
        list_version_made()
        organisation = firm()
        ran(organisation)
        due_mark(organisation_ids=[organisation.pk], cause=ScreeningCause.LIST_CHANGED)

        assert screening_sweep() is not None
        assert due() == {organisation.pk: "list_changed"}

    def test_finds_nobody_on_most_days(self) -> None:
        list_version_made()
        ran(firm())

        assert screening_sweep() is None


def entries_of(version: ListVersion) -> list[UUID]:
    return [
        entry
        for first, last, _count in changes_plan(list_version_id=version.pk)
        for entry in changed_between(list_version_id=version.pk, first=first, last=last)
    ]


class TestChangesPlan:
    def test_covers_what_a_version_brought_and_took_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rescreening, "ENTRIES_A_CHUNK", 2)
        firm()
        first = list_version_made()
        stays, goes = entry_made(first, "Ostap Hryva"), entry_made(first, "Danylo Kvitka")
        version = list_version_made()
        entry_removed(goes, version)
        new = [entry_made(version, name) for name in ("Orest Balaban", "Zenon Kravchuk")]

        found = entries_of(version)

        assert sorted(found) == sorted([goes.pk, *(entry.pk for entry in new)])
        assert stays.pk not in found
        assert [count for _first, _last, count in changes_plan(list_version_id=version.pk)] == [2, 1]

    def test_screens_everybody_where_that_is_cheaper(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rescreening, "ENTRIES_AN_ORGANISATION", 1)
        organisation = firm()
        version = list_version_made()
        for name in ("Orest Balaban", "Zenon Kravchuk"):
            entry_made(version, name)

        assert changes_plan(list_version_id=version.pk) == []
        assert due() == {organisation.pk: "list_changed"}


class TestConcerned:
    def test_are_those_that_a_new_entry_matches(self) -> None:
        alike, other = firm(ALIKE), firm()
        for organisation in (alike, other):
            subjects_refresh(organisation_id=organisation.pk)
        entry = entry_made(list_version_made(), LISTED)

        assert concerned(entry_ids=[entry.pk], check=nothing) == {alike.pk}

    def test_are_those_with_a_hit_on_what_was_taken_away(self) -> None:
        organisation = firm(ALIKE)
        entry = entry_made(list_version_made(), LISTED)
        ran(organisation)
        entry_removed(entry, list_version_made())

        assert concerned(entry_ids=[entry.pk], check=nothing) == {organisation.pk}

    def test_are_not_those_whose_hit_is_of_an_earlier_run(self) -> None:
        organisation = firm(ALIKE)
        entry = entry_made(list_version_made(), LISTED)
        ran(organisation)
        entry_removed(entry, list_version_made())
        ran(organisation)

        assert concerned(entry_ids=[entry.pk], check=nothing) == set()

    def test_are_none_whom_only_a_key_is_shared_with(self) -> None:
        namesake = firm("Vitaliy Zalyutvor")
        subjects_refresh(organisation_id=namesake.pk)
        entry = entry_made(list_version_made(), LISTED)

        assert concerned(entry_ids=[entry.pk], check=nothing) == set()

    def test_are_found_without_looking_at_everybody(self, django_assert_max_num_queries: object) -> None:
        for _ in range(5):
            subjects_refresh(organisation_id=firm(ALIKE).pk)
        version = list_version_made()
        entries = [entry_made(version, LISTED, source_id=str(number)).pk for number in range(5)]

        with django_assert_max_num_queries(6):  # type: ignore[operator]
            assert len(concerned(entry_ids=entries, check=nothing)) == 5

    def test_a_decision_is_recalled_when_an_unrelated_entry_matches_too(self) -> None:
        organisation = firm(ALIKE)
        version = list_version_made()
        entry_made(version, LISTED, source_id="first")
        judge = actor_of(OrganisationFactory(kind=Kind.OPERATOR), Role.COMPLIANCE)
        hit_decide(actor=judge, hit=ran(organisation).hits.get(), verdict=HitStatus.FALSE_POSITIVE, reason="No.")
        entry_made(list_version_made("un"), LISTED, source_id="second")

        statuses = dict(ran(organisation).hits.values_list("source_id", "status"))

        assert statuses == {"first": HitStatus.FALSE_POSITIVE, "second": HitStatus.PENDING}
