"""Bringing the public levers into the database."""

import datetime as dt
from typing import Any

import pytest

from apps.investors import services
from apps.investors.lever_editions import LeverEdition, lever_edition_at, lever_edition_parse, lever_editions
from apps.investors.models import Lever
from apps.investors.services import public_levers
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.models import Event
from tests.factories.investors import FundFactory, LeverFactory

pytestmark = pytest.mark.django_db

FIRST = b"""{"id": "levers-1", "as_of": "2026-01-01", "levers": [
 {"code": "one", "kind": "guarantee", "issuer": "One", "confidence": "B", "as_of": "2026-01-01", "source": "Press"},
 {"code": "two", "kind": "insurance", "confidence": "C", "as_of": "2026-01-01", "source": "Memory",
  "valid_to": "2026-03-01"},
 {"code": "three", "kind": "insurance", "confidence": "C", "as_of": "2026-01-01", "source": "Memory"}]}"""
SECOND = b"""{"id": "levers-2", "as_of": "2026-06-01", "levers": [
 {"code": "one", "kind": "guarantee", "issuer": "One", "confidence": "A", "as_of": "2026-06-01", "source": "Law"}]}"""


@pytest.fixture
def edition(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts an edition in force."""

    def put(content: bytes) -> LeverEdition:
        found = lever_edition_parse(content=content)
        monkeypatch.setattr(public_levers, "lever_edition_at", lambda *, on: found)
        return found

    return put


def load() -> int:
    return services.levers_load(actor=Actor.system())


class TestLeversLoad:
    def test_writes_what_the_edition_in_force_says(self) -> None:
        edition = lever_edition_at(on=utc_today())

        assert load() == len(edition.levers) == Lever.objects.count() > 2

        rows = {row.code: row for row in Lever.objects.all()}
        for code, stated in edition.levers.items():
            assert {name: getattr(rows[code], name) for name in stated} == stated
            assert (rows[code].organisation_id, rows[code].edition) == (None, edition.id)
        told = Event.objects.get(name="investors.levers.loaded")
        assert told.data == {"edition": edition.id, "sha256": edition.sha256, "changed": len(rows)}
        assert Event.objects.filter(name="investors.lever.created").count() == len(rows)

    def test_a_second_run_changes_nothing_and_tells_nothing(self) -> None:
        load()
        before = list(Lever.objects.order_by("pk").values())
        facts = Event.objects.count()

        assert load() == 0

        assert list(Lever.objects.order_by("pk").values()) == before
        assert Event.objects.count() == facts

    def test_takes_a_newer_edition_over(self, edition: Any) -> None:
        edition(FIRST)
        load()
        edition(SECOND)

        assert load() == 2

        one, three = (Lever.objects.get(code=code) for code in ("one", "three"))
        assert (one.source, one.confidence, one.edition, one.version) == ("Law", "A", "levers-2", 2)
        assert (three.valid_to, three.edition) == (dt.date(2026, 5, 31), "levers-1")
        assert load() == 0

    def test_never_lets_an_ended_lever_begin_again(self, edition: Any) -> None:
        edition(FIRST)
        load()
        edition(SECOND)

        load()

        assert Lever.objects.get(code="two").valid_to == dt.date(2026, 3, 1)

    def test_leaves_the_levers_of_others(self) -> None:
        own, public = LeverFactory(organisation=FundFactory().organisation), LeverFactory()

        load()

        for lever in (own, public):
            kept = Lever.objects.get(pk=lever.pk)
            assert (kept.version, kept.valid_to) == (lever.version, None)

    def test_lets_every_edition_be_loaded(self) -> None:
        for known in lever_editions():
            services.levers_load(actor=Actor.system(), on=known.as_of)

            assert set(Lever.objects.filter(edition=known.id).values_list("code", flat=True)) == set(known.levers)
