"""Results of a deal-flow search taken out: which rows and cells, what is recorded, and of what nobody is told."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook

from apps.exchange.exporting import deal_flow
from apps.exchange.models import Export
from apps.exchange.services import ExportNotAcceptable, export_content, export_create
from apps.exchange.services import exports as services
from apps.organisations.models import DisclosureGrant, Organisation
from apps.startups.disclosure import firm_pseudonym
from apps.startups.models import Capability, Firm
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search import search_refresh
from kernel.access import Actor
from kernel.chunks import chunk_run
from kernel.clock import utc_now
from kernel.models import Chunk, Event
from tests.factories.organisations import GrantFactory, actor_of, client_of
from tests.factories.pipelines import fund_actor
from tests.factories.startups import CapabilityFactory, RaiseFactory

pytestmark = pytest.mark.django_db

READ = "organisations.disclosure.read"


@pytest.fixture(autouse=True)
def quiet_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's rows are seen by its own connection only: the heartbeat's would find nothing."""
    monkeypatch.setattr("kernel.chunks.Heartbeat.beat", lambda self: None)


def listed(*capabilities: Capability) -> None:
    """Have all that is published found by the search."""
    ids = [item.pk for item in capabilities] or list(Capability.objects.values_list("pk", flat=True))
    search_refresh(capability_ids=ids)
    listings_refresh(capability_ids=ids)


def asked(actor: Actor, **options: Any) -> Export:
    return export_create(actor=actor, **{"what": "deal_flow", "file_format": "csv", **options})


def work(item: Export) -> Export:
    while chunk := Chunk.objects.filter(job=item.job_id, status="queued").order_by("pk").first():
        chunk_run(chunk_id=chunk.pk)
    item.refresh_from_db()
    return item


def rows_of(actor: Actor, item: Export) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(export_content(actor=actor, item=item))) as archive:
        return list(csv.DictReader(io.StringIO(archive.read("deal_flow.csv").decode())))


def taken(actor: Actor, **options: Any) -> list[dict[str, str]]:
    return rows_of(actor, work(asked(actor, **options)))


def granted(actor: Actor, firm: Firm) -> DisclosureGrant:
    viewer = Organisation.objects.get(pk=actor.organisation_id)
    return GrantFactory(viewer=viewer, subject=firm.organisation)


class TestRows:
    def test_are_the_results_of_the_search(self) -> None:
        actor, item = fund_actor(), RaiseFactory()
        capability = CapabilityFactory(trl=4)
        listed()

        assert {row["key"] for row in taken(actor)} == {str(item.pk), str(capability.pk)}
        assert [row["key"] for row in taken(actor, query={"trl_max": ["5"]})] == [str(capability.pk)]
        assert taken(actor, query={"trl_min": ["9"]}) == []

    def test_show_what_the_asker_s_tier_of_each_reaches(self) -> None:
        actor = fund_actor()
        plain, opened = CapabilityFactory(), CapabilityFactory()
        granted(actor, opened.firm)
        listed()

        rows = {row["key"]: row for row in taken(actor)}

        assert rows[str(plain.pk)]["startup"] == firm_pseudonym(firm_id=str(plain.firm_id))
        assert rows[str(opened.pk)]["startup"] == opened.firm.organisation.legal_name
        assert (rows[str(plain.pk)]["unit_cost"], rows[str(opened.pk)]["unit_cost"]) == ("", "450")
        assert (rows[str(plain.pk)]["description"], rows[str(opened.pk)]["description"]) == ("", plain.description)

    def test_are_decided_when_the_file_is_made(self) -> None:
        actor, capability, gone = fund_actor(), CapabilityFactory(), CapabilityFactory()
        grant = granted(actor, capability.firm)
        listed()
        item = asked(actor)

        grant.delete()
        Organisation.objects.filter(pk=gone.firm.organisation_id).update(dark_since=utc_now())

        [row] = rows_of(actor, work(item))
        assert (row["key"], row["unit_cost"]) == (str(capability.pk), "")

    def test_hold_no_formula(self) -> None:
        actor = fund_actor()
        CapabilityFactory(title="=HYPERLINK(1)")
        listed()

        [row] = taken(actor)
        book = work(asked(actor, file_format="xlsx"))
        sheet = load_workbook(io.BytesIO(export_content(actor=actor, item=book)))["deal_flow"]

        assert row["title"] == "'=HYPERLINK(1)"
        assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)

    def test_come_as_json_lines(self) -> None:
        actor, capability = fund_actor(), CapabilityFactory()
        listed()
        item = work(asked(actor, file_format="jsonl"))

        with zipfile.ZipFile(io.BytesIO(export_content(actor=actor, item=item))) as archive:
            [line] = archive.read("deal_flow.jsonl").decode().splitlines()

        assert json.loads(line)["key"] == str(capability.pk)

    def test_are_read_in_blocks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for _ in range(5):
            CapabilityFactory()
        listed()
        monkeypatch.setattr(deal_flow, "BLOCK", 2)

        assert len(taken(fund_actor())) == 5


class TestAsking:
    @pytest.mark.parametrize(
        ("options", "pointer"),
        [
            ({"query": {"colour": ["red"]}}, "/query/colour"),
            ({"query": {"trl_min": ["seven"]}}, "/query/trl_min"),
            ({"query": {"mandate": ["01890000-0000-7000-8000-000000000000"]}}, "/query/mandate"),
            ({"filters": {"country": ["UA"]}}, "/filters"),
            ({"tables": ["raises"]}, "/tables/0"),
            ({"what": "visible", "query": {"q": ["drone"]}}, "/query"),
        ],
    )
    def test_names_what_is_wrong(self, options: dict[str, Any], pointer: str) -> None:
        with pytest.raises(ExportNotAcceptable) as refused:
            asked(fund_actor(), **options)

        assert [problem.pointer for problem in refused.value.errors] == [pointer]

    def test_for_too_much_is_refused_and_nothing_cut_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        CapabilityFactory()
        CapabilityFactory()
        listed()
        actor = fund_actor()
        item = asked(actor)
        monkeypatch.setattr(deal_flow, "MOST_ROWS", 1)
        monkeypatch.setattr(services, "MOST_ROWS", 1)

        with pytest.raises(ExportNotAcceptable):
            asked(actor)
        assert work(item).status == "failed"
        assert Event.objects.get(name="exchange.export.failed").data["reason"] == "too_many"

    def test_shows_again_what_was_asked(self) -> None:
        actor = fund_actor()
        query = {"q": ["drone"], "country": ["UA", "PL"], "own": ["false"], "ordering": ["-published_at"]}

        made = client_of(actor).post(
            "/api/v1/exports", {"what": "deal_flow", "format": "csv", "query": query}, format="json"
        )

        assert made.status_code == 202
        assert made.json()["query"] == query
        assert made.json()["filters"] == {}


class TestRecord:
    def test_tells_who_took_what_and_how_much_without_the_words(self) -> None:
        actor = fund_actor()
        CapabilityFactory()
        listed()

        item, again = (work(asked(actor, query={"country": ["UA"]})) for _ in range(2))
        other = work(asked(actor, query={"country": ["PL"]}))

        ready = {event.object_id: event.data for event in Event.objects.filter(name="exchange.export.ready")}
        assert ready[item.pk]["counts"] == {"deal_flow": 1}
        assert ready[item.pk]["query"] == ready[again.pk]["query"] != ready[other.pk]["query"]
        requested = Event.objects.get(name="exchange.export.requested", object_id=item.pk)
        assert (requested.actor, requested.organisation_id) == (actor.label(), actor.organisation_id)
        assert requested.data["query"] == ready[item.pk]["query"]
        assert "UA" not in str(requested.data)

    def test_notes_the_rows_read_beyond_t1_alone(self) -> None:
        actor = fund_actor()
        CapabilityFactory()
        opened = CapabilityFactory()
        granted(actor, opened.firm)
        listed()

        work(asked(actor))

        event = Event.objects.get(name=READ)
        assert event.data["operation"] == "deal-flow.list"
        assert [(row["id"], row["tier"]) for row in event.data["objects"]] == [(str(opened.pk), 2)]

    def test_tells_the_firm_of_the_reading_and_nothing_of_the_file(self) -> None:
        actor, opened = fund_actor(), CapabilityFactory()
        granted(actor, opened.firm)
        listed()
        owner = client_of(actor_of(opened.firm.organisation))
        before = {row["id"] for row in owner.get("/api/v1/events").json()["results"]}

        rows_of(actor, work(asked(actor)))

        told = [row for row in owner.get("/api/v1/events").json()["results"] if row["id"] not in before]
        assert [row["name"] for row in told] == [READ]
        assert "export" not in str(told)
