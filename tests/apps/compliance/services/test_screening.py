"""Screening an organisation."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.compliance.models import Hit, Screening, ScreeningRun
from apps.compliance.names import ALGORITHM, THRESHOLD, VERSION
from apps.compliance.selectors.screening import is_cleared
from apps.compliance.services.hits import hit_decide
from apps.compliance.services.screening import (
    RESCREEN,
    SCREENING,
    ScreeningNotAcceptable,
    ScreeningUnderWay,
    rescreen_enqueue,
    screening_request,
    screening_run,
)
from apps.compliance.states import Clearance, EntryKind, HitStatus, ScreeningCause
from apps.organisations.models import Organisation
from apps.permissions import Kind, Role
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import NotFound
from kernel.models import Event, Job
from tests.factories.compliance import (
    entry_made,
    entry_removed,
    imported_clear,
    list_version_made,
    watch_list_made,
)
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

LISTED, ALIKE = "Вікентій Бурзолович Залютвор", "Vikentiy Zalyutvor"


def run_of(organisation: Organisation, **given: Any) -> ScreeningRun:
    values = {"actor": Actor.system(), "cause": ScreeningCause.REQUESTED, **given}
    return screening_run(organisation_id=organisation.pk, **values)


def cleared(organisation: Organisation) -> Clearance:
    return is_cleared(organisation_id=organisation.pk)


def owned_by(name: str) -> Organisation:
    return MembershipFactory(user__name=name, organisation__legal_name="Bryzhvan Aero LLC").organisation


def officer() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.OPERATOR, country="EE"), Role.COMPLIANCE)


def changed_events() -> list[str]:
    found = Event.objects.filter(name="compliance.screening.changed").order_by("id")
    return [event.data["organisation"] for event in found]


class TestScreeningRun:
    def test_clears_whom_no_list_names(self) -> None:
        organisation = owned_by("Taras Bryzhvan")
        entry_made(list_version_made(), LISTED)

        run = run_of(organisation)

        assert (run.result, run.gaps, run.hits.count()) == (Clearance.CLEAR, [], 0)
        assert cleared(organisation) == Clearance.CLEAR
        newest = Screening.objects.get()
        assert (newest.run, newest.basis) == (run, "run")
        assert changed_events() == [str(organisation.pk)]

    def test_finds_a_member_in_another_script(self) -> None:
        organisation = owned_by(ALIKE)
        entry = entry_made(list_version_made(), LISTED, source_id="eu-77")

        run = run_of(organisation)

        hit = run.hits.get()
        assert (hit.entry, hit.list_code, hit.source_id, hit.status) == (entry, "eu", "eu-77", HitStatus.PENDING)
        assert hit.subject_key == f"member:{organisation.memberships.get().user_id}"
        assert hit.score >= THRESHOLD
        assert hit.features
        assert all(set(feature) == {"value", "weight", "words"} for feature in hit.features.values())
        assert (run.result, cleared(organisation)) == (Clearance.REVIEW, Clearance.REVIEW)

    def test_finds_the_organisation_itself(self) -> None:
        organisation = OrganisationFactory(legal_name="Kvashnevyr Optics LLC")
        entry_made(list_version_made(), "ТОВ «Квашневир Оптика»", kind=EntryKind.ENTITY)

        assert run_of(organisation).hits.get().subject_key == f"organisation:{organisation.pk}"

    def test_compares_nobody_with_vessels(self) -> None:
        organisation = OrganisationFactory(legal_name="Kvashnevyr Optics")
        entry_made(list_version_made(), "Kvashnevyr Optics", kind=EntryKind.VESSEL)

        assert run_of(organisation).result == Clearance.CLEAR

    def test_records_what_it_compared_with_what(self) -> None:
        organisation = owned_by(ALIKE)
        version = list_version_made(sha256="a" * 64)
        entry = entry_made(version, LISTED)
        asked = officer()

        run = run_of(organisation, actor=asked, cause=ScreeningCause.YEARLY)

        person = organisation.memberships.get().user_id
        assert (run.algorithm, run.algorithm_version, run.threshold) == (ALGORITHM, VERSION, THRESHOLD)
        assert (run.cause, run.asked_by) == ("yearly", f"user:{asked.user_id}")
        assert run.lists[0]["version"] == str(version.pk)
        assert (run.lists[0]["sha256"], run.lists[0]["age_days"], run.lists[0]["state"]) == ("a" * 64, 0, "in_force")
        assert [item["names"] for item in run.query] == [[ALIKE], ["Bryzhvan Aero LLC"]]
        assert run.candidates[f"member:{person}"] == [[str(entry.pk), round(run.hits.get().score, 4)]]
        assert run.candidate_count == 1

    def test_without_any_list_knows_nothing(self) -> None:
        organisation = owned_by("Taras Bryzhvan")

        run = run_of(organisation)

        assert (run.result, run.gaps) == (Clearance.UNKNOWN, ["no_list"])
        assert cleared(organisation) == Clearance.UNKNOWN
        assert not Screening.objects.exists()

    def test_without_any_list_leaves_the_word_of_an_import(self) -> None:
        organisation = owned_by("Taras Bryzhvan")
        imported_clear(organisation)

        run_of(organisation)

        assert cleared(organisation) == Clearance.CLEAR
        assert Screening.objects.get().basis == "import"

    def test_replaces_the_word_of_an_import(self) -> None:
        organisation = owned_by(ALIKE)
        imported_clear(organisation)
        entry_made(list_version_made(), LISTED)

        run_of(organisation)

        assert cleared(organisation) == Clearance.REVIEW

    def test_reads_only_what_is_in_force(self) -> None:
        organisation = owned_by(ALIKE)
        coming = list_version_made("un", status="received", loaded_at=None)
        entry_made(coming, LISTED)
        entry_removed(entry_made(list_version_made(), LISTED), list_version_made())

        assert run_of(organisation).result == Clearance.CLEAR

    def test_tells_which_lists_are_overdue_or_missing(self) -> None:
        organisation = owned_by("Taras Bryzhvan")
        watch_list_made("un")
        watch_list_made("uk", is_expected=False)
        list_version_made(published_on=utc_now().date() - dt.timedelta(days=8))

        run = run_of(organisation)

        assert run.gaps == ["list_missing:un", "list_overdue:eu"]
        assert run.result == Clearance.CLEAR

    def test_never_clears_whom_it_has_no_name_of(self) -> None:
        organisation = owned_by("")
        list_version_made()

        run = run_of(organisation)

        assert (run.result, run.gaps) == (Clearance.REVIEW, ["member_nameless"])
        assert cleared(organisation) == Clearance.REVIEW

    def test_ends_what_nobody_decided_before(self) -> None:
        organisation = owned_by(ALIKE)
        entry_made(list_version_made(), LISTED)
        first = run_of(organisation)

        second = run_of(organisation)

        assert first.hits.get().status == HitStatus.SUPERSEDED
        assert second.hits.get().status == HitStatus.PENDING
        assert changed_events() == [str(organisation.pk)]

    @pytest.mark.parametrize(
        ("verdict", "result"),
        [(HitStatus.FALSE_POSITIVE, Clearance.CLEAR), (HitStatus.TRUE_MATCH, Clearance.HIT)],
    )
    def test_takes_a_decision_over(self, verdict: HitStatus, result: Clearance) -> None:
        organisation, judge = owned_by(ALIKE), officer()
        entry_made(list_version_made(), LISTED)
        decided = hit_decide(
            actor=judge, hit=run_of(organisation).hits.get(), verdict=verdict, reason="Born elsewhere."
        )

        run = run_of(organisation)

        hit = run.hits.get()
        assert (run.result, hit.status, hit.recalled) == (result, verdict, decided)
        assert (hit.decided_by_id, hit.reason) == (judge.user_id, "Born elsewhere.")

    def test_asks_again_when_the_subject_changed(self) -> None:
        organisation = owned_by(ALIKE)
        entry_made(list_version_made(), LISTED)
        hit_decide(actor=officer(), hit=run_of(organisation).hits.get(), verdict=HitStatus.FALSE_POSITIVE, reason="No.")
        user = organisation.memberships.get().user
        user.name = "Vikentii Zalyutvor"
        user.save()

        assert run_of(organisation).hits.get().status == HitStatus.PENDING

    def test_asks_again_when_the_entry_changed(self) -> None:
        organisation = owned_by(ALIKE)
        old = entry_made(list_version_made(), LISTED, source_id="eu-77")
        hit_decide(actor=officer(), hit=run_of(organisation).hits.get(), verdict=HitStatus.FALSE_POSITIVE, reason="No.")
        version = list_version_made()
        entry_removed(old, version)
        entry_made(version, LISTED, source_id="eu-77", remarks="Also of Limassol.")

        assert run_of(organisation).hits.get().status == HitStatus.PENDING

    def test_a_decision_holds_for_that_subject_alone(self) -> None:
        one, other = owned_by(ALIKE), owned_by(ALIKE)
        entry_made(list_version_made(), LISTED)
        hit_decide(actor=officer(), hit=run_of(one).hits.get(), verdict=HitStatus.FALSE_POSITIVE, reason="No.")

        assert run_of(other).hits.get().status == HitStatus.PENDING

    def test_covers_what_was_merged_into_the_organisation(self) -> None:
        merged, into = owned_by(ALIKE), OrganisationFactory(legal_name="Holubets Labs")
        entry_made(list_version_made(), "Bryzhvan Aero", kind=EntryKind.ENTITY)
        before = run_of(merged).hits.get()
        Organisation.objects.filter(pk=merged.pk).update(merged_into=into)

        run = run_of(into)

        assert run.hits.get().subject_key == f"organisation:{into.pk}"
        before.refresh_from_db()
        assert before.status == HitStatus.SUPERSEDED

    def test_says_nothing_in_the_trail_of_the_organisation(self) -> None:
        organisation = owned_by(ALIKE)
        entry_made(list_version_made(), LISTED)

        run_of(organisation)

        facts = Event.objects.filter(name__startswith="compliance.")
        assert {fact.name for fact in facts} == {
            "compliance.screening.ran",
            "compliance.screening.changed",
            "compliance.screening_hit.found",
        }
        assert {fact.organisation_id for fact in facts} == {None}
        assert not any("subjects" in fact.data for fact in facts)

    def test_of_nobody_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            screening_run(actor=Actor.system(), organisation_id=UUID(int=1), cause=ScreeningCause.REQUESTED)


class TestScreeningRequest:
    def test_queues_a_job_of_the_operator(self) -> None:
        organisation, asked = OrganisationFactory(), officer()

        job = screening_request(actor=asked, organisation=organisation)

        assert (job.kind, job.organisation_id) == (SCREENING, asked.organisation_id)
        assert job.payload == {"organisation": str(organisation.pk)}
        fact = Event.objects.get(name="compliance.screening.requested")
        assert (fact.organisation_id, fact.object_id) == (asked.organisation_id, organisation.pk)

    def test_refuses_a_second_while_the_first_is_under_way(self) -> None:
        organisation, asked = OrganisationFactory(), officer()
        screening_request(actor=asked, organisation=organisation)

        with pytest.raises(ScreeningUnderWay):
            screening_request(actor=asked, organisation=organisation)

        screening_request(actor=asked, organisation=OrganisationFactory())

    def test_refuses_operators(self) -> None:
        asked = officer()

        with pytest.raises(ScreeningNotAcceptable):
            screening_request(actor=asked, organisation=Organisation.objects.get(pk=asked.organisation_id))

    def test_refuses_what_was_merged_away(self) -> None:
        merged = OrganisationFactory(merged_into=OrganisationFactory())

        with pytest.raises(ScreeningNotAcceptable):
            screening_request(actor=officer(), organisation=merged)


class TestRescreenEnqueue:
    def test_queues_the_work_of_a_list_version(self) -> None:
        version = uuid4()

        job = rescreen_enqueue(list_version_id=version)

        assert Job.objects.filter(pk=job.pk, kind=RESCREEN, payload={"list_version": str(version)}).exists()


class TestHits:
    def test_are_one_for_each_pair_of_a_run(self) -> None:
        organisation = owned_by(ALIKE)
        entry_made(list_version_made(), LISTED, ALIKE, "Zalyutvor Vikentij")

        run_of(organisation)

        assert Hit.objects.count() == 1
