"""Two worlds that differ only in what is hidden from a viewer give it the same bytes, whatever it asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.matching.models import MatchList, MatchRun
from apps.startups.api.filters import StartupFilter
from apps.startups.api.serializers.firms import StartupOut
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.api.pagination import CursorPages
from kernel.clock import utc_today
from kernel.models import Job
from tests.factories.matching import run_drained
from tests.leaks.catalogue import get_routes, operations
from tests.leaks.changes import ADDED, HELD, Changer, rekey, rekeyed
from tests.leaks.reading import Reading, first_difference, taken_out
from tests.leaks.rules import ELSEWHERE, SUBJECTS, registries
from tests.leaks.test_hidden_ids import hidden_rows, models_by_noun
from tests.leaks.world import World

pytestmark = pytest.mark.django_db

VIEWERS = (
    "nobody",
    "person",
    "elm",
    "iris",
    "fern",
    "birch",
    "harbour",
    "granted",
    "authority",
    "attestor",
    "operator",
)
"""Anonymous; no organisation; unverified firm and fund; suspended; a verified one of each kind, one with a grant."""


def actor_named(world: World, name: str) -> Actor | None:
    return None if name == "nobody" else world.actors[name]


def reading_of(world: World, name: str, also: dict[str, list[str]], *, is_whole: bool) -> dict[str, Any]:
    """All that the viewer reads."""
    actor = actor_named(world, name)
    answers = Reading(actor, also=also, is_whole=is_whole).everything()
    return answers if actor is None else {**answers, **taken_out(actor)}


def ids_beside(world: World, name: str) -> dict[str, list[str]]:
    """Hidden ids by noun, as they are in the first world, and the viewer's own mandates and raises."""
    hidden = {} if name == "nobody" else hidden_rows(world, name)
    also = {noun: hidden.get(model, [])[:2] for noun, model in models_by_noun().items()}
    organisation = world.organisations.get(name)
    if hasattr(organisation, "fund"):
        also["own mandate"] = [str(row.pk) for row in organisation.fund.mandates.filter(status="active")]
        others = [str(row.pk) for row in visible_raises(world)]
        also["matches"] = [f"{own}~{other}" for own in also["own mandate"] for other in others]
    if hasattr(organisation, "firm"):
        also["own raise"] = [str(row.pk) for row in organisation.firm.raises.filter(status="open")]
        mandates = [world[fund].fund.mandates.get(status="active").pk for fund in ("gale", "juniper")]
        also["matches"] = [f"{other}~{own}" for own in also["own raise"] for other in mandates]
    return also


def visible_raises(world: World) -> list[Any]:
    """An open raise of a firm in each standing."""
    return [
        world[firm].firm.raises.filter(status="open", lead_capability__status="published").order_by("id")[0]
        for firm in ("aster", "birch", "cedar", "dusk", "elm")
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Everybody in `make worlds`, one of each tier in the suite."""
    is_all = metafunc.config.getoption("--viewers") == "all"
    if metafunc.function is TestTwoWorlds.test_what_is_hidden_changes_no_byte:
        metafunc.parametrize("name", VIEWERS if is_all else ("elm", "harbour", "granted"))
    elif metafunc.function is TestTwoWorlds.test_matching_anew_changes_no_byte:
        metafunc.parametrize("name", ("birch", "harbour", "granted") if is_all else ("granted",))


class TestTwoWorlds:
    def test_what_is_hidden_changes_no_byte(self, world: World, name: str, whole: bool) -> None:
        also = ids_beside(world, name)
        first = reading_of(world, name, also, is_whole=whole)
        changer = Changer(world, actor_named(world, name), seed=7, is_matched_anew=False)

        changer.change()
        ids = rekeyed(changer.sight)

        assert first_difference(first, reading_of(world, name, also, is_whole=whole)) == ""
        assert len(first) > 20
        assert max(answer.status for answer in first.values()) < 500
        assert len(changer.changed) > 60
        assert ids > 20
        if name != "operator":
            assert set(ADDED) - changer.added == set()

    def test_matching_anew_changes_no_byte(self, world: World, name: str, whole: bool) -> None:
        settle_run()
        also = ids_beside(world, name)
        first = reading_of(world, name, also, is_whole=whole)

        Changer(world, actor_named(world, name), seed=11, is_matched_anew=True).change()
        MatchRun.objects.filter(is_current=True).update(is_current=False)
        forget_runs()
        run_drained(as_of=world.run.as_of)
        settle_run()

        assert first_difference(first, reading_of(world, name, also, is_whole=whole)) == ""
        assert MatchList.objects.exists()


class TestCoverage:
    def test_every_route_that_reads_is_asked(self) -> None:
        assert get_routes() == {operation.path for operation in operations() if operation.is_read}

    def test_every_model_of_a_registry_is_known(self) -> None:
        assert set(registries()) <= set(SUBJECTS) | set(ELSEWHERE)

    def test_what_is_held_exists(self) -> None:
        tiers = registries()

        assert [name for model, name in HELD if name not in tiers[model]] == []


def _leaky_field(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = StartupOut.to_representation
    monkeypatch.setattr(
        StartupOut,
        "to_representation",
        lambda self, row: {**shown(self, row), "legal_name": row.organisation.legal_name},
    )


def _leaky_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    own = StartupFilter.base_filters["country"]

    def filtered(rows: Any, value: Any) -> Any:
        return rows.exclude(summary__endswith="makes drones.") if value else rows

    monkeypatch.setattr(own, "filter", filtered)


def _leaky_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.startups.api.views.firms.Startups.ordering_fields", {"id": "summary"})


def _leaky_count(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = CursorPages.envelope

    def counted_all(self: Any, results: Any) -> Any:
        body = shown(self, results)
        return {**body, "count": Firm.objects.count()} if "count" in body else body

    monkeypatch.setattr(CursorPages, "envelope", counted_all)


class TestClock:
    def test_one_date_holds_whenever_midnight_comes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        day, tomorrow = utc_today(), timezone.now() + dt.timedelta(days=1)

        monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow)

        assert utc_today() == day
        assert tomorrow.date() > day


class TestItsOwnTeeth:
    """Each leak, put in on purpose, is found."""

    @pytest.mark.parametrize("leak", [_leaky_field, _leaky_filter, _leaky_order, _leaky_count])
    def test_a_leak_is_found(
        self, world: World, monkeypatch: pytest.MonkeyPatch, leak: Callable[[pytest.MonkeyPatch], None]
    ) -> None:
        leak(monkeypatch)
        first = startups_read(world)
        Changer(world, world.actors["harbour"], seed=7, is_matched_anew=False).change()

        assert first_difference(first, startups_read(world)) != ""

    def test_a_difference_is_told_readably(self, world: World) -> None:
        first = startups_read(world)

        world["aster"].__class__.objects.filter(pk=world["birch"].pk).update(legal_name="Birch the second")

        told = first_difference(first, startups_read(world))
        assert told.startswith("GET /api/v1/")
        assert "Birch the second" in told


def startups_read(world: World) -> dict[str, Any]:
    """What a verified fund reads of firms."""
    reading = Reading(world.actors["harbour"], also={})
    for operation in operations():
        if operation.path == "/api/v1/startups" and operation.is_read:
            reading.operation(operation, operation.path)
    return reading.answers


SUMS_OF_RUN = {"digest": "0" * 64, "counts": {}}
"""What a run says of all its lists together, those of hidden organisations included: held."""
RUN_ID, JOB_ID = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"


def settle_run() -> None:
    """Gives the current run the ids and moments that every run of these tests has."""
    run = MatchRun.objects.get(is_current=True)
    moment = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
    MatchRun.objects.filter(pk=run.pk).update(created_at=moment, started_at=moment, published_at=moment, **SUMS_OF_RUN)
    Job.objects.filter(pk=run.job_id).update(created_at=moment, started_at=moment, ended_at=moment)
    rekey(Job, run.job_id, JOB_ID)
    rekey(MatchRun, run.pk, RUN_ID)


def forget_runs() -> None:
    """Removes the runs and their lists, so that a new one takes their place."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM matching_matchlist")
        cursor.execute("DELETE FROM matching_matchrun")
        cursor.execute("DELETE FROM kernel_chunk WHERE job_id = %s", [JOB_ID])
        cursor.execute("DELETE FROM kernel_job WHERE id = %s", [JOB_ID])
