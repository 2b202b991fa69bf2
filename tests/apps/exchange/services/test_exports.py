"""Exports from asked for to expired: who gets which rows and cells, and that what was taken out goes in again."""

import csv
import datetime as dt
import io
import json
import zipfile
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from apps.exchange import services
from apps.exchange.models import Export, ExportPart
from apps.exchange.services import (
    ContentNotThere,
    ExportNotAcceptable,
    TooManyExports,
    export_content,
    export_create,
    exports_expire,
    import_check,
    import_check_finish,
    import_confirm,
    import_create,
    import_load,
    import_read,
)
from apps.exchange.services.exports import KEPT, MOST_LIVE
from apps.exchange.states import ExportStatus
from apps.investors.models import Fund
from apps.organisations.models import Membership, Organisation
from apps.startups.disclosure import firm_pseudonym
from apps.startups.models import Capability, CapabilityCodification, CapabilityStandard, Component, Firm, Raise
from kernel.chunks import chunk_run
from kernel.clock import utc_now
from kernel.jobs import job_cancel
from kernel.models import Chunk, Event
from tests.factories.investors import FundFactory, LeverFactory, MandateFactory
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import (
    CapabilityFactory,
    ComponentFactory,
    DevelopmentEventFactory,
    FinancialsFactory,
    FirmFactory,
    RaiseFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_heart(monkeypatch):
    """A test's rows are seen by its own connection only: the heartbeat's would find nothing."""
    monkeypatch.setattr("kernel.chunks.Heartbeat.beat", lambda self: None)


@pytest.fixture
def firm():
    return FirmFactory()


@pytest.fixture
def actor(firm):
    return actor_of(firm.organisation)


def work(item: Export) -> Export:
    """Run the chunks of the export's job until none is left."""
    while chunk := Chunk.objects.filter(job=item.job_id, status="queued").order_by("pk").first():
        chunk_run(chunk_id=chunk.pk)
    item.refresh_from_db()
    return item


def taken(actor, **options) -> Export:
    return work(export_create(actor=actor, **{"what": "own", "file_format": "csv", **options}))


def tables_of(item: Export, actor) -> dict[str, list[dict[str, str]]]:
    """The tables of an export in CSV, cells as they stand in the file."""
    with zipfile.ZipFile(io.BytesIO(export_content(actor=actor, item=item))) as archive:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
        }


def whole(firm) -> Capability:
    """A firm with a row or more in every table, and texts that would be formulas."""
    capability = CapabilityFactory(
        firm=firm, area=AreaFactory(code="UMS.TEST"), title="=1+1", description='\'-x\r\ny; "q"', given_tier="E2"
    )
    CapabilityFactory(firm=firm, area=capability.area, status="draft", trl=None, flags=None, unit_cost=None)
    CapabilityStandard.objects.create(capability=capability, designation="ISO/IEC 27001", part="A;1")
    CapabilityCodification.objects.create(capability=capability, scheme="ua_act", number="12:3/4")
    ComponentFactory(capability=capability, supplier="@shop", single_source=True)
    ComponentFactory(capability=capability, name="Frame", origin=None)
    ask = DevelopmentEventFactory(capability=capability, kind="feedback_reported", tier="E2", note="+1")
    DevelopmentEventFactory(capability=capability, kind="fix_fielded", answers=ask)
    FinancialsFactory(
        firm=firm, tier="E2", gross_margin=Decimal("-0.25"), customers={"state: one": 0.6, "export": 0.1}, audited=False
    )
    FinancialsFactory(firm=firm, year=2024, customers={})
    RaiseFactory(
        firm=firm,
        lead_capability=capability,
        cost_tier="E2",
        marginal_cost_of_capital=Decimal("0.125"),
        terms=[{"term": "lead", "value": "yes", "required": True}],
        blocked_organisations=[OrganisationFactory().pk],
        blocked_countries=["FR"],
    )
    return capability


def imported(actor, content: bytes, name: str):
    item = import_create(actor=actor, file_name=name, content=content)
    item = import_check_finish(
        import_id=item.pk, report=import_check(import_id=item.pk, reading=import_read(import_id=item.pk))
    )
    if item.status == "checked":
        import_confirm(item=item, actor=actor)
        item = import_load(import_id=item.pk, reading=import_read(import_id=item.pk))
    item.refresh_from_db()
    return item


class TestOwn:
    @pytest.mark.parametrize(("kind", "name"), [("csv", "a.zip"), ("xlsx", "a.xlsx"), ("jsonl", "a.zip")])
    def test_what_is_taken_out_goes_in_again_unchanged(self, firm, actor, kind, name):
        whole(firm)
        before = [list(model.objects.order_by("pk").values()) for model in (Firm, Capability, Component, Raise)]
        item = taken(actor, file_format=kind)

        again = imported(actor, export_content(actor=actor, item=item), name)

        assert (again.problems, again.status) == ([], "loaded")
        assert {name: counts["unchanged"] for name, counts in again.counts.items()} == item.counts
        assert item.counts == {
            "startups": 1,
            "financials": 2,
            "capabilities": 2,
            "components": 2,
            "development_events": 2,
            "raises": 1,
        }
        assert before == [list(model.objects.order_by("pk").values()) for model in (Firm, Capability, Component, Raise)]

    def test_an_edited_cell_is_the_only_change(self, firm, actor):
        capability = whole(firm)
        tables = tables_of(taken(actor, tables=["capabilities"]), actor)
        row = next(row for row in tables["capabilities"] if row["key"] == str(capability.pk))
        row["title"] = "Edited"
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(row))
        writer.writeheader()
        writer.writerows(tables["capabilities"])

        again = imported(actor, text.getvalue().encode(), "capabilities.csv")

        assert (again.counts["capabilities"]["updated"], again.counts["capabilities"]["unchanged"]) == (1, 1)
        assert Capability.objects.get(pk=capability.pk).title == "Edited"

    def test_uses_the_senders_keys_where_it_has_some(self, firm, actor):
        AreaFactory(code="UMS.TEST")
        row = "key,startup_key,area,title,maturity\ndrone,self,UMS.TEST,Drone,fielded\n"
        imported(actor, row.encode(), "capabilities.csv")

        tables = tables_of(taken(actor), actor)

        assert [row["key"] for row in tables["capabilities"]] == ["drone"]

    def test_no_cell_is_a_formula(self, firm, actor):
        whole(firm)

        tables = tables_of(taken(actor), actor)

        cells = [cell for rows in tables.values() for row in rows for cell in row.values()]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
        assert "'=1+1" in cells

    def test_a_workbook_holds_texts_only(self, firm, actor):
        whole(firm)
        item = taken(actor, file_format="xlsx")

        workbook = load_workbook(io.BytesIO(export_content(actor=actor, item=item)))

        kinds = {cell.data_type for sheet in workbook for line in sheet.iter_rows() for cell in line}
        assert kinds <= {"s", "n"}
        assert not [
            cell
            for sheet in workbook
            for line in sheet.iter_rows()
            for cell in line
            if cell.data_type == "n" and cell.value is not None
        ]

    def test_holds_nothing_of_others(self, firm, actor):
        CapabilityFactory(title="Theirs")

        tables = tables_of(taken(actor), actor)

        assert tables["capabilities"] == []
        assert not Event.objects.filter(name="organisations.disclosure.read").exists()

    def test_a_fund_takes_out_its_mandates(self):
        mandate = MandateFactory(follow_on_reserve=Decimal("1.5"), thesis="Fast", thesis_uk="Швидко")
        Fund.objects.update(life_ends_on=dt.date(2034, 12, 31), strategy="Slow", strategy_uk="Повільно")
        actor = actor_of(mandate.fund.organisation)
        LeverFactory(organisation=mandate.fund.organisation, fee=Decimal("0.01"), places=[], confidence="A")

        tables = tables_of(taken(actor), actor)

        assert [row["key"] for row in tables["mandates"]] == [str(mandate.pk)]
        shown = [tables["mandates"][0][name] for name in ("follow_on_reserve", "thesis", "thesis_uk")]
        assert shown == ["1.5", "Fast", "Швидко"]
        shown = [tables["funds"][0][name] for name in ("life_ends_on", "strategy", "strategy_uk")]
        assert shown == ["2034-12-31", "Slow", "Повільно"]
        assert [tables["levers"][0][name] for name in ("fee", "places", "confidence")] == ["0.01", "none", "A"]
        assert set(tables) == {"funds", "levers", "mandates"}

    @pytest.mark.long
    def test_takes_the_same_queries_for_more_rows(self, firm, actor):
        capability = whole(firm)
        counted = []
        for _ in range(2):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                taken(actor)
            counted.append(len(queries))
            for number in range(5):
                more = CapabilityFactory(firm=firm, area=capability.area)
                CapabilityStandard.objects.create(capability=more, designation=f"S{number}")
                ComponentFactory(capability=more)

        assert counted[0] == counted[1]


class TestVisible:
    def test_shows_what_a_verified_counterpart_sees(self, firm):
        capability = whole(firm)
        actor = actor_of(FundFactory().organisation)

        tables = tables_of(taken(actor, what="visible"), actor)

        assert [row["key"] for row in tables["capabilities"]] == [str(capability.pk)]
        row = tables["capabilities"][0]
        assert (row["title"], row["description"], row["unit_cost"], row["standards"]) == ("'=1+1", "", "", "")
        assert tables["startups"][0]["legal_name"] == firm_pseudonym(firm_id=str(firm.pk))
        assert (tables["startups"][0]["summary"], tables["startups"][0]["region"]) == ("", "")
        assert not Event.objects.filter(name="organisations.disclosure.read").exists()

    def test_has_no_column_that_nobody_may_see(self, firm):
        whole(firm)
        actor = actor_of(FundFactory().organisation)

        tables = tables_of(taken(actor, what="visible"), actor)

        hidden = {"marginal_cost_of_capital", "cost_tier", "min_ticket", "blocked_countries", "blocked_organisations"}
        assert not hidden & set(tables["raises"][0])

    def test_a_grant_opens_cells_and_is_recorded_once(self, firm):
        capability = whole(firm)
        other = CapabilityFactory()
        fund = FundFactory().organisation
        GrantFactory(viewer=fund, subject=firm.organisation)
        actor = actor_of(fund)

        tables = tables_of(taken(actor, what="visible"), actor)

        shown = {row["key"]: row for row in tables["capabilities"]}
        assert shown[str(capability.pk)]["unit_cost"] == "450"
        assert shown[str(capability.pk)]["standards"] == "ISO%2FIEC 27001/A%3B1"
        assert shown[str(other.pk)]["unit_cost"] == ""
        fact = Event.objects.get(name="organisations.disclosure.read")
        assert (fact.organisation_id, fact.data["operation"]) == (firm.organisation_id, "exports.create")
        assert {found["id"] for found in fact.data["objects"]} == {
            str(firm.pk),
            str(capability.pk),
            str(Raise.objects.get(firm=firm).pk),
        }

    def test_follows_area_and_country(self, firm):
        capability = whole(firm)
        CapabilityFactory()
        actor = actor_of(FundFactory().organisation)

        item = taken(actor, what="visible", filters={"area": [capability.area.code], "country": ["UA"]})
        none = taken(actor, what="visible", filters={"country": ["CZ"]})

        assert item.counts == {"startups": 1, "capabilities": 1, "raises": 1}
        assert sum(none.counts.values()) == 0

    def test_a_firm_sees_mandates_of_funds_and_not_its_own_rows(self, firm, actor):
        whole(firm)
        mandate = MandateFactory()

        tables = tables_of(taken(actor, what="visible"), actor)

        assert [row["key"] for row in tables["mandates"]] == [str(mandate.pk)]
        assert not {"places", "capacity", "exclusions"} & set(tables["mandates"][0])
        assert tables["capabilities"] == []

    def test_whoever_went_dark_meanwhile_is_not_in_it(self, firm):
        whole(firm)
        actor = actor_of(FundFactory().organisation)
        item = export_create(actor=actor, what="visible", file_format="csv")
        Organisation.objects.filter(pk=firm.organisation_id).update(dark_since=utc_now())

        work(item)

        assert item.counts["capabilities"] == item.counts["startups"] == 0

    def test_json_lines_hold_the_text_itself(self, firm):
        whole(firm)
        actor = actor_of(FundFactory().organisation)
        item = taken(actor, what="visible", file_format="jsonl", tables=["capabilities"])

        with zipfile.ZipFile(io.BytesIO(export_content(actor=actor, item=item))) as archive:
            found = json.loads(archive.read("capabilities.jsonl"))

        assert found["title"] == "=1+1"


class TestLife:
    def test_ends_ready_with_a_sealed_content(self, firm, actor):
        whole(firm)

        item = taken(actor)

        content = export_content(actor=actor, item=item)
        assert (item.status, item.size) == (ExportStatus.READY, len(content))
        assert bytes(item.content) != content
        assert b"PK" not in bytes(item.content)[:40]
        assert not ExportPart.objects.exists()

    def test_cancelled_with_its_job(self, actor):
        item = export_create(actor=actor, what="own", file_format="csv")

        job_cancel(job=item.job, actor=actor)

        item.refresh_from_db()
        assert item.status == ExportStatus.CANCELLED

    def test_fails_once_who_asked_has_left(self, firm, actor):
        item = export_create(actor=actor, what="own", file_format="csv")
        Membership.objects.filter(user_id=actor.user_id).delete()

        work(item)

        assert (item.status, item.content) == (ExportStatus.FAILED, None)

    def test_expires_and_is_gone(self, actor):
        item = taken(actor)
        later = utc_now() + KEPT + dt.timedelta(minutes=1)

        with pytest.raises(ContentNotThere):
            export_content(actor=actor, item=item, now=later)
        assert (exports_expire(now=later), exports_expire(now=later)) == (1, 0)

        item.refresh_from_db()
        assert (item.status, item.content) == (ExportStatus.EXPIRED, None)

    def test_refuses_more_than_a_few_at_once(self, actor):
        for _ in range(MOST_LIVE):
            export_create(actor=actor, what="own", file_format="csv")

        with pytest.raises(TooManyExports):
            export_create(actor=actor, what="own", file_format="csv")

    @pytest.mark.parametrize(
        ("options", "pointer"),
        [
            ({"tables": ["deals"]}, "/tables/0"),
            ({"filters": {"area": ["X"]}}, "/filters"),
            ({"what": "visible", "filters": {"area": ["NO"]}}, "/filters/area/0"),
            ({"what": "visible", "filters": {"country": ["XX"]}}, "/filters/country/0"),
        ],
    )
    def test_refuses_what_there_is_not(self, actor, options, pointer):
        with pytest.raises(ExportNotAcceptable) as refused:
            export_create(actor=actor, **{"what": "own", "file_format": "csv", **options})

        assert [problem.pointer for problem in refused.value.errors] == [pointer]

    def test_a_fetch_is_recorded(self, actor):
        item = taken(actor)

        services.export_content(actor=actor, item=item)

        assert Event.objects.filter(name="exchange.export.downloaded", object_id=item.pk).count() == 1
