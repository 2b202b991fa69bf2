"""Keeping speed profiles, their history and the flags of logs."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.organisations.models import Organisation
from apps.startups.models import Attestation, Capability, DevelopmentEvent, Firm, SpeedFlag, SpeedPoint, SpeedProfile
from apps.startups.services.speed import (
    KIND,
    speed_chunk_work,
    speed_chunks,
    speed_follow,
    speed_import_follow,
    speed_recompute,
    speed_refresh,
    speeds_recompute,
)
from apps.startups.states import CapabilityStatus
from kernel.access import Actor
from kernel.events import publish
from kernel.models import Event, Job
from tests.factories.organisations import OrganisationFactory
from tests.factories.reference import AreaFactory
from tests.factories.startups import CapabilityFactory, DevelopmentEventFactory, FirmFactory, RaiseFactory, answered

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 6, 15, 9, tzinfo=dt.UTC)


def ago(days: float) -> dt.datetime:
    return dt.datetime(2026, 6, 15, tzinfo=dt.UTC) - dt.timedelta(days=days)


def profile(capability: Capability) -> SpeedProfile:
    return SpeedProfile.objects.get(capability=capability)


def firm_profile(firm: Firm) -> SpeedProfile:
    return SpeedProfile.objects.get(firm=firm, capability=None)


def changed() -> list[dict[str, Any]]:
    return list(Event.objects.filter(name="startups.speed.changed").order_by("id").values_list("data", flat=True))


class TestSpeedRecompute:
    def test_keeps_the_figures_with_what_they_rest_on(self) -> None:
        capability = CapabilityFactory()
        answered(capability, "feedback_reported", "release_fielded", on=ago(50), days=20)
        DevelopmentEventFactory(capability=capability, kind="order_received", occurred_at=ago(40), tier="E3")

        assert speed_recompute(firm_id=capability.firm_id, now=NOW)

        found = profile(capability)
        assert (found.area, found.as_of, found.model) == ("UMS", dt.date(2026, 6, 15), "tandem-1.0.0")
        assert set(found.figures) == {"feedback", "cadence", "delivery"}
        feedback, delivery = found.figures["feedback"], found.figures["delivery"]
        assert (feedback["n_closed"], feedback["n_open"], feedback["tier"]) == (1, 0, "E2")
        assert (delivery["n_closed"], delivery["n_open"], delivery["tier"]) == (0, 1, "E3")
        assert feedback["low"] < feedback["days"] < feedback["high"]
        assert feedback["basis"].startswith("assumption")
        assert found.feedback_days == pytest.approx(feedback["days"])
        assert found.adaptation_days is None
        assert firm_profile(capability.firm).figures == found.figures

    def test_writes_nothing_where_nothing_changed(self) -> None:
        capability = CapabilityFactory()
        answered(capability, "feedback_reported", "fix_fielded", on=ago(50), days=20)
        speed_recompute(firm_id=capability.firm_id, now=NOW)
        before = profile(capability).computed_at

        again = speed_recompute(firm_id=capability.firm_id, now=NOW + dt.timedelta(hours=5))

        assert not again
        assert profile(capability).computed_at == before
        assert len(changed()) == 1

    def test_tells_which_figures_moved_and_nothing_else(self) -> None:
        capability = CapabilityFactory()
        speed_recompute(firm_id=capability.firm_id, now=NOW)
        answered(capability, "feedback_reported", "fix_fielded", on=ago(50), days=20)

        speed_recompute(firm_id=capability.firm_id, now=NOW)

        assert changed() == [{"figures": ["feedback"], "capabilities": {str(capability.pk): ["feedback"]}}]
        told = Event.objects.get(name="startups.speed.changed")
        assert told.organisation_id == capability.firm.organisation_id

    def test_what_only_the_date_moves_is_no_news(self) -> None:
        capability = CapabilityFactory()
        DevelopmentEventFactory(capability=capability, kind="order_received", occurred_at=ago(40), tier="E2")
        speed_recompute(firm_id=capability.firm_id, now=NOW)
        before = profile(capability).figures["delivery"]["days"]

        assert speed_recompute(firm_id=capability.firm_id, now=NOW + dt.timedelta(days=1))

        assert profile(capability).as_of == dt.date(2026, 6, 16)
        assert profile(capability).figures["delivery"]["days"] > before
        assert len(changed()) == 1

    def test_self_declared_events_move_no_figure(self) -> None:
        capability = CapabilityFactory()
        speed_recompute(firm_id=capability.firm_id, now=NOW)

        answered(capability, "feedback_reported", "fix_fielded", on=ago(50), days=20, tier="E0")
        speed_recompute(firm_id=capability.firm_id, now=NOW)

        assert profile(capability).figures == {}
        assert changed() == []

    def test_only_attestations_that_count_and_stand_give_a_tier(self) -> None:
        capability = CapabilityFactory()
        question, answer = answered(capability, "feedback_reported", "fix_fielded", on=ago(50), days=20, tier="E0")

        def figures(event: DevelopmentEvent, *, counts: bool) -> dict[str, Any]:
            Attestation.objects.create(
                event=event,
                attestor=OrganisationFactory(kind="attestor"),
                verdict="confirmed",
                attested_on=ago(10),
                counts=counts,
            )
            speed_recompute(firm_id=capability.firm_id, now=NOW)
            return profile(capability).figures

        assert figures(question, counts=False) == {}
        assert figures(question, counts=True)["feedback"]["n_open"] == 1
        assert figures(answer, counts=False)["feedback"]["n_closed"] == 0
        assert figures(answer, counts=True)["feedback"]["n_closed"] == 1

        Attestation.objects.filter(event=question).update(withdrawn_at=NOW, withdrawn_reason="A mistake.")
        speed_recompute(firm_id=capability.firm_id, now=NOW)
        assert profile(capability).figures == {}

    def test_a_firm_pools_under_the_area_of_its_open_raises_lead(self) -> None:
        firm = FirmFactory()
        drone = CapabilityFactory(firm=firm, area=AreaFactory(code="UMS"))
        printer = CapabilityFactory(firm=firm, area=AreaFactory(code="MFG"))
        answered(drone, "feedback_reported", "fix_fielded", on=ago(90), days=10)
        answered(drone, "feedback_reported", "fix_fielded", on=ago(80), days=10)
        answered(printer, "order_received", "delivery_made", on=ago(90), days=10)
        speed_recompute(firm_id=firm.pk, now=NOW)
        assert firm_profile(firm).area == "UMS"

        RaiseFactory(firm=firm, lead_capability=printer, opened_on=dt.date(2026, 6, 1))
        speed_recompute(firm_id=firm.pk, now=NOW)

        assert firm_profile(firm).area == "MFG"
        assert set(firm_profile(firm).figures) == {"feedback", "delivery"}
        assert set(profile(printer).figures) == {"delivery"}

    def test_a_firm_without_anything_published_has_no_figures_of_its_own(self) -> None:
        capability = CapabilityFactory(status=CapabilityStatus.DRAFT)
        answered(capability, "feedback_reported", "fix_fielded", on=ago(50), days=20)

        speed_recompute(firm_id=capability.firm_id, now=NOW)

        assert set(profile(capability).figures) == {"feedback"}
        assert not SpeedProfile.objects.filter(firm=capability.firm, capability=None).exists()

        Capability.objects.filter(pk=capability.pk).update(status=CapabilityStatus.PUBLISHED)
        speed_recompute(firm_id=capability.firm_id, now=NOW)
        Capability.objects.filter(pk=capability.pk).update(status=CapabilityStatus.ARCHIVED)
        speed_recompute(firm_id=capability.firm_id, now=NOW)
        assert not SpeedProfile.objects.filter(firm=capability.firm, capability=None).exists()

    def test_a_capability_that_went_to_another_firm_keeps_its_profile(self) -> None:
        capability, other = CapabilityFactory(), FirmFactory()
        answered(capability, "feedback_reported", "fix_fielded", on=ago(50), days=20)
        speed_recompute(firm_id=capability.firm_id, now=NOW)
        before = profile(capability).pk

        Capability.objects.filter(pk=capability.pk).update(firm=other)
        speeds_recompute(firm_ids=[other.pk, capability.firm_id], now=NOW)

        assert profile(capability).pk == before
        assert profile(capability).firm == other
        assert set(SpeedProfile.objects.values_list("firm", flat=True)) == {other.pk}

    def test_asks_as_often_for_many_firms_as_for_few(self) -> None:
        def queries(count: int) -> int:
            firms = []
            for _ in range(count):
                capability = CapabilityFactory()
                answered(capability, "feedback_reported", "release_fielded", on=ago(50), days=20)
                firms.append(capability.firm_id)
            with CaptureQueriesContext(
                connection,
            ) as captured:
                speeds_recompute(firm_ids=firms, now=NOW)
            return len(captured)

        assert queries(2) == queries(7) < 25


class TestHistory:
    def test_has_each_months_end_by_what_is_known_now(self) -> None:
        capability = CapabilityFactory()
        answered(capability, "feedback_reported", "fix_fielded", on=ago(200), days=20)

        speed_recompute(firm_id=capability.firm_id, now=NOW)

        points = {p.month_end: p.figures for p in SpeedPoint.objects.filter(profile=profile(capability))}
        assert min(points) == dt.date(2025, 11, 30)
        assert max(points) == dt.date(2026, 5, 31)
        assert points[dt.date(2025, 11, 30)]["feedback"]["n_open"] == 1
        assert points[dt.date(2025, 12, 31)]["feedback"]["n_closed"] == 1

    def test_reaches_back_two_years_and_moves_on(self) -> None:
        capability = CapabilityFactory()
        DevelopmentEventFactory(capability=capability, kind="order_received", occurred_at=ago(2000), tier="E2")
        speed_recompute(firm_id=capability.firm_id, now=NOW)
        before = {p.month_end: p.pk for p in SpeedPoint.objects.filter(profile=profile(capability))}
        assert (min(before), max(before), len(before)) == (dt.date(2024, 6, 30), dt.date(2026, 5, 31), 24)

        speed_recompute(firm_id=capability.firm_id, now=NOW + dt.timedelta(days=30))

        after = {p.month_end: p.pk for p in SpeedPoint.objects.filter(profile=profile(capability))}
        assert (min(after), max(after), len(after)) == (dt.date(2024, 7, 31), dt.date(2026, 6, 30), 24)
        assert all(after[end] == pk for end, pk in before.items() if end in after)

    def test_is_made_anew_when_the_log_changes(self) -> None:
        capability = CapabilityFactory()
        asked = DevelopmentEventFactory(capability=capability, kind="order_received", occurred_at=ago(200), tier="E2")
        speed_recompute(firm_id=capability.firm_id, now=NOW)

        DevelopmentEventFactory(
            capability=capability, kind="delivery_made", occurred_at=ago(190), answers=asked, tier="E2"
        )
        speed_recompute(firm_id=capability.firm_id, now=NOW)

        points = SpeedPoint.objects.filter(profile=profile(capability)).order_by("month_end")
        assert [p.figures["delivery"]["n_closed"] for p in points] == [0, 1, 1, 1, 1, 1, 1]


class TestFlags:
    def suspicious(self, capability: Capability) -> tuple[DevelopmentEvent, DevelopmentEvent]:
        return answered(
            capability, "countermeasure_observed", "countermeasure_answered", on=ago(50), days=0.1, tier="E0"
        )

    def test_are_found_once_and_go_with_their_events(self) -> None:
        capability = CapabilityFactory()
        question, answer = self.suspicious(capability)
        speed_recompute(firm_id=capability.firm_id, now=NOW)

        flag = SpeedFlag.objects.get()
        assert (flag.kind, flag.capability, set(flag.events)) == ("self_answered", capability, {question.pk, answer.pk})

        DevelopmentEventFactory(
            capability=capability,
            kind="countermeasure_answered",
            occurred_at=ago(40),
            answers=question,
            supersedes=answer,
            tier="E0",
        )
        speed_recompute(firm_id=capability.firm_id, now=NOW)
        assert not SpeedFlag.objects.exists()

    def test_stay_judged_while_their_events_are_the_same(self) -> None:
        capability = CapabilityFactory()
        self.suspicious(capability)
        speed_recompute(firm_id=capability.firm_id, now=NOW)
        SpeedFlag.objects.update(verdict="explained", reason="A software patch.", judged_at=NOW)

        answered(capability, "feedback_reported", "fix_fielded", on=ago(30), days=12)
        speed_recompute(firm_id=capability.firm_id, now=NOW)

        assert SpeedFlag.objects.get().verdict == "explained"


class TestSpeedFollow:
    def test_leaves_organisations_that_are_no_firms_alone(self) -> None:
        speed_follow(organisation_id=OrganisationFactory(kind="fund").pk)

        assert not SpeedProfile.objects.exists()


class TestSpeedRefresh:
    def test_queues_one_job_a_day(self) -> None:
        first = speed_refresh(now=NOW)

        assert speed_refresh(now=NOW + dt.timedelta(hours=3)) is None
        assert speed_refresh(now=NOW + dt.timedelta(days=1)) is not None
        assert first is not None
        assert first.kind == KIND

    def test_covers_every_firm_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("apps.startups.services.speed.FIRMS_PER_CHUNK", 2)
        monkeypatch.setattr("apps.startups.services.speed.FIRMS_AT_ONCE", 1)
        firms = [CapabilityFactory().firm_id for _ in range(5)]
        job = speed_refresh(now=NOW)
        assert job is not None

        planned = speed_chunks(job_id=job.pk)
        checks: list[None] = []
        counts = [speed_chunk_work(payload=part.payload, check=lambda: checks.append(None)) for part in planned]

        assert [part.weight for part in planned] == [2, 2, 1]
        assert sum(count["firms"] for count in counts) == len(checks) == 5
        assert set(SpeedProfile.objects.values_list("firm", flat=True)) == set(firms)


class TestSpeedImportFollow:
    def touched(self, import_id: Any, organisation: Organisation) -> None:
        publish(
            "exchange.import.touched",
            actor=Actor.system(),
            subject=organisation,
            organisation_id=organisation.pk,
            data={"import": str(import_id), "own": {}},
        )

    def test_measures_the_firms_that_were_touched_and_no_others(self) -> None:
        touched, other, import_id = CapabilityFactory().firm, CapabilityFactory().firm, uuid4()
        self.touched(import_id, touched.organisation)
        self.touched(uuid4(), other.organisation)

        job = speed_import_follow(import_id=import_id)
        assert job is not None
        assert speed_import_follow(import_id=import_id) == job

        assert [part.payload for part in speed_chunks(job_id=job.pk)] == [{"firms": [str(touched.pk)]}]

    def test_queues_nothing_for_an_import_that_touched_nobody(self) -> None:
        assert speed_import_follow(import_id=uuid4()) is None
        assert not Job.objects.exists()
