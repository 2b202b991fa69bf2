"""Imports from upload to loaded, and what they leave in the database."""

import datetime as dt
import shutil
from decimal import Decimal

import pytest

from apps.compliance.models import OwnershipStatement, Screening
from apps.exchange import services
from apps.exchange.models import Import, ImportKey
from apps.exchange.services import (
    FileUnacceptable,
    VerifiedNotPermitted,
    import_abandon,
    import_check,
    import_check_finish,
    import_confirm,
    import_create,
    import_known,
    import_load,
    import_read,
    import_run,
)
from apps.exchange.states import ImportStatus
from apps.investors.models import Fund, Lever, Mandate, MandateVersion
from apps.matching.models import Deal
from apps.organisations.models import Identifier, Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind, Permission
from apps.reference.models import CapabilityArea
from apps.startups.models import (
    Attestation,
    Capability,
    Component,
    DevelopmentEvent,
    Financials,
    Firm,
    Raise,
)
from kernel.access import Actor
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from tests.factories.exchange import MARKET, as_folder, as_zip, market
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    """Imports tables from the console."""

    def run(tables, **options):
        shutil.rmtree(tmp_path, ignore_errors=True)
        return import_run(path=as_folder(tables, tmp_path), **options)

    return run


@pytest.fixture
def operator() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.OPERATOR))


def codes(report):
    return [(problem.table, problem.row, problem.column, problem.code) for problem in report.problems]


def changes(report):
    return {
        name: (counts["inserted"], counts["updated"])
        for name, counts in report.counts.items()
        if counts["inserted"] or counts["updated"]
    }


class TestImportRun:
    def test_brings_every_table(self, run):
        report = run(market(), verified=True)

        assert (report.problem_count, report.is_loaded) == (0, True)
        assert changes(report) == {name: (len(rows), 0) for name, rows in MARKET.items()}

    def test_makes_the_objects_that_a_match_run_needs(self, run):
        run(market(), verified=True)

        firm = Firm.objects.select_related("organisation").get()
        item = Raise.objects.get()
        mandate = Mandate.objects.get()
        assert (firm.organisation.legal_name_uk, firm.organisation.kind, firm.naming) == (
            "ТОВ «Фірма»",
            "firm",
            "accepted",
        )
        assert (item.status, item.firm, item.issuer.legal_name) == ("open", firm, "Holding OÜ")
        assert item.terms[1] == {"term": "max_stake", "value": "0.25", "required": True}
        assert (mandate.status, mandate.areas) == ("active", [["TST", 1.0], ["TST.ONE", 0.5]])
        assert mandate.lever == Lever.objects.get(organisation=None)
        assert Capability.objects.get().status == "published"
        assert CapabilityArea.objects.get(code="TST.ONE").parent.code == "TST"
        assert Component.objects.get().quantity == Decimal(4)
        assert OwnershipStatement.objects.get().owner.organisation == item.issuer
        assert Financials.objects.get().customers == {"state": 0.6}
        assert Attestation.objects.get().event.answers == DevelopmentEvent.objects.get(kind="feedback_reported")
        assert Identifier.objects.get().value == "32855961"

    def test_takes_the_terms_of_funds_levers_and_mandates(self, run):
        tables = market(
            funds={"life_ends_on": "2034-12-31", "strategy": "Slow", "strategy_uk": "Повільно"},
            levers={
                "fee": "0.01", "tenor_max_years": "10", "places": "UA-46;PL", "as_of": "2026-01-01", "confidence": "B",
                "conditions": "No weapons", "conditions_uk": "Без зброї",
            },
            mandates={"follow_on_reserve": "1.5", "thesis": "Fast", "thesis_uk": "Швидко"},
        )  # fmt: skip

        assert run(tables).problem_count == 0

        fund, lever, mandate = Fund.objects.get(), Lever.objects.get(), Mandate.objects.get()
        assert (fund.life_ends_on, fund.strategy, fund.strategy_uk) == (dt.date(2034, 12, 31), "Slow", "Повільно")
        assert (lever.fee, lever.tenor_max_years, lever.places) == (Decimal("0.01"), 10, ["UA-46", "PL"])
        assert (lever.as_of, lever.confidence, lever.conditions_uk) == (dt.date(2026, 1, 1), "B", "Без зброї")
        assert (mandate.follow_on_reserve, mandate.thesis, mandate.thesis_uk) == (Decimal("1.5"), "Fast", "Швидко")

    def test_leaves_terms_that_an_older_file_does_not_know(self, run):
        run(market(mandates={"thesis": "Fast"}))

        run(market(mandates={"trl_min": "4"}))

        mandate = Mandate.objects.get()
        assert (mandate.trl_min, mandate.thesis) == (4, "Fast")

    def test_keeps_what_mandates_were(self, run):
        run(market())
        run(market())
        run(market(mandates={"ticket_max": "3000000"}))

        first, second = MandateVersion.objects.order_by("number")
        assert (first.actor, first.terms["ticket_max"]) == ("system", "2000000.00")
        assert second.changes == [{"field": "ticket_max", "from": "2000000.00", "to": "3000000.00"}]

    def test_keeps_what_is_not_stated_apart_from_a_stated_nothing(self, run):
        run(market())

        assert (Component.objects.get().origin, Capability.objects.get().flags) == (None, [])
        assert (Lever.objects.get().countries, Lever.objects.get().excluded_flags) == (None, [])
        assert Capability.objects.get().trl is None

    def test_verified_organisations_are_verified_and_clear_on_the_imports_basis(self, run):
        run(market(), verified=True)

        assert set(Organisation.objects.values_list("standing", "basis")) == {("verified", "import")}
        assert list(Screening.objects.values_list("result", "basis").distinct()) == [("clear", "import")]
        assert Screening.objects.count() == Organisation.objects.count() == 4
        assert Deal.objects.get().tier == "E2"

    def test_others_are_registered_and_not_screened(self, run):
        run(market())

        assert set(Organisation.objects.values_list("standing", "basis")) == {("registered", "")}
        assert not Screening.objects.exists()
        assert Deal.objects.get().tier == "E0"

    def test_the_same_again_changes_nothing(self, run):
        run(market(), verified=True)
        keys = ImportKey.objects.count()

        report = run(market(), verified=True)

        assert (changes(report), report.is_loaded, report.is_changed) == ({}, True, False)
        assert ImportKey.objects.count() == keys
        loaded = Event.objects.filter(name="exchange.import.loaded").order_by("id").last()
        assert sum(counts["inserted"] + counts["updated"] for counts in loaded.data["counts"].values()) == 0
        assert len(loaded.data["sha256"]) == 64

    def test_a_changed_row_updates_its_object_alone(self, run):
        run(market())
        raise_id = Raise.objects.get().pk

        report = run(market(raises={"amount": "1500000"}))

        item = Raise.objects.get()
        assert changes(report) == {"raises": (0, 1)}
        assert (item.pk, item.amount, item.version) == (raise_id, Decimal(1500000), 2)

    def test_a_changed_name_updates_the_organisation_of_a_startup(self, run):
        run(market())

        report = run(market(startups={"legal_name": "Renamed LLC"}))

        assert changes(report) == {"startups": (0, 1)}
        assert Organisation.objects.get(legal_name="Renamed LLC").version == 2
        assert Firm.objects.get().version == 1

    def test_a_changed_number_updates_the_identifier(self, run):
        run(market())

        report = run(market(startups={"identifier_scheme": "LEI", "identifier": "213800KUD8LAJWSQ9D15"}))

        assert changes(report) == {"startups": (0, 1)}
        assert list(Identifier.objects.values_list("scheme", "value")) == [("LEI", "213800KUD8LAJWSQ9D15")]

    def test_a_status_that_moved_since_stays(self, run):
        run(market())
        Raise.objects.update(status="withdrawn")

        run(market(raises={"amount": "1500000"}))

        assert Raise.objects.get().status == "withdrawn"

    def test_a_changed_event_is_refused(self, run):
        run(market())

        report = run(market(development_events={"occurred_at": "2026-02-01"}))

        assert codes(report) == [("development_events", 2, "", "immutable")]
        assert DevelopmentEvent.objects.get(kind="feedback_reported").occurred_at.date() == dt.date(2026, 3, 1)

    def test_verifying_later_lifts_the_registered_but_not_the_suspended(self, run):
        run(market())
        Organisation.objects.filter(legal_name="Fund").update(standing=Standing.SUSPENDED)

        report = run(market(), verified=True)

        assert set(Organisation.objects.exclude(legal_name="Fund").values_list("standing", flat=True)) == {"verified"}
        assert Organisation.objects.get(legal_name="Fund").standing == "suspended"
        assert changes(report) == {"organisations": (0, 2), "startups": (0, 1), "deals": (0, 1)}

    def test_a_screening_that_somebody_made_stays(self, run):
        run(market())
        Screening.objects.create(organisation=Organisation.objects.get(legal_name="Fund"), result="hit", basis="case")

        run(market(), verified=True)

        assert Screening.objects.get(organisation__legal_name="Fund").result == "hit"

    def test_a_later_file_may_refer_to_an_earlier_one(self, run):
        run(market())

        report = run({"deals": [{**MARKET["deals"][0], "date": "2026-05-01", "outcome": "passed"}]})

        assert (report.problem_count, changes(report)) == (0, {"deals": (1, 0)})

    def test_senders_do_not_share_keys(self, run, operator):
        run({"funds": MARKET["funds"]})

        report = run({"funds": MARKET["funds"]}, actor=operator)

        assert changes(report) == {"funds": (1, 0)}

    def test_an_organisation_that_is_referred_to_as_a_firm_becomes_one(self, run):
        tables = {name: MARKET[name] for name in ("areas", "organisations")}
        tables["capabilities"] = [{**MARKET["capabilities"][0], "startup_key": "hold"}]

        first, again = run(tables), run(tables)

        assert (first.problem_count, changes(again)) == (0, {})
        assert Firm.objects.get().organisation.legal_name == "Holding OÜ"
        assert Organisation.objects.count() == 2

    def test_a_dry_run_says_what_would_happen_and_writes_nothing(self, run):
        report = run(market(), dry_run=True)

        assert (report.is_loaded, report.is_changed) == (False, True)
        assert not Organisation.objects.exists()
        assert not Import.objects.exists()

    def test_all_or_nothing(self, run):
        report = run(market(mandates={"currency": "XXXX"}))

        assert codes(report) == [("mandates", 2, "currency", "bad_currency")]
        assert not report.is_loaded
        assert not Organisation.objects.exists()
        assert Import.objects.get().status == ImportStatus.REJECTED

    def test_partial_leaves_out_bad_rows_and_what_hangs_on_them(self, run):
        report = run(market(capabilities={"maturity": "ripe"}), partial=True)

        left_out = {name: counts["left_out"] for name, counts in report.counts.items() if counts["left_out"]}
        assert codes(report) == [("capabilities", 2, "maturity", "unknown_value")]
        assert report.is_loaded
        assert left_out == {"capabilities": 1, "components": 1, "development_events": 2, "attestations": 1, "raises": 1}
        assert (Organisation.objects.count(), Capability.objects.count(), Mandate.objects.count()) == (4, 0, 1)

    def test_partial_with_nothing_left_is_refused(self, run):
        report = run({"funds": [{"key": "a", "legal_name": "A", "country": "XX"}]}, partial=True)

        assert (report.is_loaded, Import.objects.get().status) == (False, ImportStatus.REJECTED)

    def test_what_the_database_refuses_is_a_problem(self, run, monkeypatch):
        monkeypatch.setattr(services.imports, "plan_write", lambda **_: Deal.objects.create(date=None))

        report = run(market())

        assert codes(report) == [("", 0, "", "not_storable")]
        assert not report.is_loaded

    def test_brings_the_products_own_areas_first(self, run):
        report = run({**market(capabilities={"area": "UMS.UAS"})})

        assert report.problem_count == 0
        assert Capability.objects.get().area.edition == "areas-1"


class TestImportByJob:
    def test_is_checked_confirmed_and_loaded(self, operator):
        item = import_create(actor=operator, file_name="market.zip", content=as_zip(market()), verified=True)
        reading = import_read(import_id=item.pk)

        item = import_check_finish(import_id=item.pk, report=import_check(import_id=item.pk, reading=reading))
        assert (item.status, Organisation.objects.filter(legal_name="Fund").exists()) == (ImportStatus.CHECKED, False)
        item = import_confirm(item=item, actor=operator)
        item = import_load(import_id=item.pk, reading=import_read(import_id=item.pk))

        item.refresh_from_db()
        assert (item.status, item.content, item.counts["funds"]["inserted"]) == (ImportStatus.LOADED, None, 1)
        assert ImportKey.objects.filter(sender=str(operator.organisation_id)).exists()
        assert list(Event.objects.filter(object_id=item.pk).order_by("id").values_list("name", flat=True)) == [
            "exchange.import.uploaded",
            "exchange.import.checked",
            "exchange.import.confirmed",
            "exchange.import.loaded",
        ]

    def test_with_problems_is_rejected_and_its_upload_dropped(self, operator):
        item = import_create(actor=operator, file_name="market.zip", content=as_zip(market(deals={"outcome": "x"})))
        report = import_check(import_id=item.pk, reading=import_read(import_id=item.pk))

        import_check_finish(import_id=item.pk, report=report)

        item.refresh_from_db()
        assert (item.status, item.content, item.problem_count) == (ImportStatus.REJECTED, None, 1)
        assert item.problems[0]["code"] == "unknown_value"

    def test_partial_with_problems_may_be_confirmed(self, operator):
        content = as_zip(market(deals={"outcome": "x"}))
        item = import_create(actor=operator, file_name="market.zip", content=content, partial=True)
        report = import_check(import_id=item.pk, reading=import_read(import_id=item.pk))

        item = import_check_finish(import_id=item.pk, report=report)

        assert (item.status, item.problem_count) == (ImportStatus.CHECKED, 1)

    def test_that_can_no_longer_be_loaded_fails(self, operator):
        item = import_create(actor=operator, file_name="market.zip", content=as_zip(market()))
        reading = import_read(import_id=item.pk)
        item = import_check_finish(import_id=item.pk, report=import_check(import_id=item.pk, reading=reading))
        item = import_confirm(item=item, actor=operator)
        Identifier.objects.create(organisation=OrganisationFactory(), scheme="UA-EDR", value="32855961")

        item = import_load(import_id=item.pk, reading=reading)

        assert (item.status, [problem["code"] for problem in item.problems]) == (ImportStatus.FAILED, ["taken"])
        assert not Firm.objects.exists()

    def test_a_repeated_attempt_starts_from_the_same_rows(self, operator):
        item = import_create(actor=operator, file_name="m.zip", content=as_zip(market(deals={"fund_key": "nobody"})))
        reading = import_read(import_id=item.pk)

        first, second = (import_check(import_id=item.pk, reading=reading) for _ in range(2))

        assert (first, first.problem_count) == (second, 1)

    def test_loading_twice_loads_once(self, operator):
        item = import_create(actor=operator, file_name="market.zip", content=as_zip(market()))
        reading = import_read(import_id=item.pk)
        item = import_check_finish(import_id=item.pk, report=import_check(import_id=item.pk, reading=reading))
        item = import_confirm(item=item, actor=operator)

        import_load(import_id=item.pk, reading=reading)
        import_load(import_id=item.pk, reading=reading)

        assert Event.objects.filter(name="exchange.import.loaded").count() == 1

    def test_an_ended_job_fails_its_import(self, operator):
        item = import_create(actor=operator, file_name="market.zip", content=as_zip(market()))

        import_abandon(job_id=item.job_id)

        item.refresh_from_db()
        assert (item.status, item.content) == (ImportStatus.FAILED, None)


class TestImportCreate:
    def test_verified_needs_the_right_to_confirm(self, operator):
        clerk = Actor(
            user_id=operator.user_id,
            organisation_id=operator.organisation_id,
            permissions=frozenset({Permission.IMPORT_CREATE}),
        )

        with pytest.raises(VerifiedNotPermitted):
            import_create(actor=clerk, file_name="a.zip", content=as_zip(market()), verified=True)

    @pytest.mark.parametrize("limit", [0, 10])
    def test_refuses_what_is_empty_or_too_large(self, operator, monkeypatch, limit):
        monkeypatch.setattr(services.imports, "MAX_UPLOAD", limit)

        with pytest.raises(FileUnacceptable):
            import_create(actor=operator, file_name="a.csv", content=b"x" * (limit + 1) if limit else b"")


class TestImportConfirm:
    def test_refuses_what_is_not_checked(self, operator):
        item = import_create(actor=operator, file_name="market.zip", content=as_zip(market()))

        with pytest.raises(NotNow):
            import_confirm(item=item, actor=operator)

    def test_refuses_who_may_not(self, operator):
        item = import_create(actor=operator, file_name="market.zip", content=as_zip(market()))

        with pytest.raises(NotPermitted):
            import_confirm(item=item, actor=Actor(user_id=operator.user_id))


class TestImportKnown:
    def test_is_the_last_one_of_the_same_files(self, run, tmp_path):
        run(market(), verified=True)

        assert import_known(folder=tmp_path, verified=True) == Import.objects.get()

    def test_notices_a_changed_file(self, run, tmp_path):
        run(market(), verified=True)
        file = tmp_path / "raises.csv"
        file.write_bytes(file.read_bytes() + b"\n")

        assert import_known(folder=tmp_path, verified=True) is None

    def test_notices_another_file(self, run, tmp_path):
        run(market(), verified=True)
        (tmp_path / "outcomes.csv").write_text("")

        assert import_known(folder=tmp_path, verified=True) is None

    def test_is_none_once_others_were_loaded(self, run, tmp_path):
        run(market(), verified=True)
        first = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        run(market(funds={"legal_name": "Other"}), verified=True)
        for name, content in first.items():
            (tmp_path / name).write_bytes(content)

        assert import_known(folder=tmp_path, verified=True) is None

    def test_is_none_for_another_standing(self, run, tmp_path):
        run(market())

        assert import_known(folder=tmp_path, verified=True) is None

    def test_is_none_when_something_was_left_out(self, run, tmp_path):
        run(market(deals={"outcome": "x"}), verified=True, partial=True)

        assert import_known(folder=tmp_path, verified=True) is None

    def test_is_none_when_it_was_refused(self, run, tmp_path):
        run(market(funds={"country": "XX"}), verified=True)

        assert import_known(folder=tmp_path, verified=True) is None
