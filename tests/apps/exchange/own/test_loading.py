"""A firm's import of its own data: what is refused, what becomes of each table, and that nobody else's is reached."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.exchange.models import Import, ImportKey
from apps.exchange.services import (
    import_check,
    import_check_finish,
    import_confirm,
    import_create,
    import_load,
    import_read,
)
from apps.organisations.models import Membership
from apps.startups.models import Capability, Component, DevelopmentEvent, Financials, Raise
from kernel.models import Event
from tests.factories.exchange import as_zip
from tests.factories.organisations import OrganisationFactory, actor_of, key_of
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


@pytest.fixture
def firm():
    return FirmFactory()


@pytest.fixture
def area():
    return AreaFactory(code="UMS.TEST")


@pytest.fixture
def actor(firm):
    return actor_of(firm.organisation, "editor")


@pytest.fixture
def bring(actor):
    """Uploads tables as the firm, checks them and, where the check lets it, loads them."""

    def bring(tables, by=actor, **options):
        item = import_create(actor=by, file_name="own.zip", content=as_zip(tables), **options)
        report = import_check(import_id=item.pk, reading=import_read(import_id=item.pk))
        item = import_check_finish(import_id=item.pk, report=report)
        if item.status == "checked":
            import_confirm(item=item, actor=by)
            item = import_load(import_id=item.pk, reading=import_read(import_id=item.pk))
        item.refresh_from_db()
        return item

    return bring


def codes(item: Import):
    return [(found["table"], found["row"], found["column"], found["code"]) for found in item.problems]


def done(item: Import):
    return {
        name: {what: number for what, number in counts.items() if number and what != "rows"}
        for name, counts in item.counts.items()
    }


def capability_row(**cells):
    return {
        "key": "cap",
        "startup_key": "self",
        "area": "UMS.TEST",
        "title": "Drone",
        "maturity": "fielded",
        "trl": "7",
        **cells,
    }


def raise_row(**cells):
    return {
        "key": "seed",
        "startup_key": "self",
        "lead_capability_key": "cap",
        "amount": "1000000",
        "currency": "EUR",
        "instruments": "equity",
        "stage": "seed",
        **cells,
    }


WHOLE = {
    "financials": [{"startup_key": "self", "year": "2025", "currency": "EUR", "revenue": "1000", "headcount": "12"}],
    "capabilities": [capability_row(standards="STANAG 4671/USAR", codifications="nsn:1550123456789")],
    "components": [
        {"capability_key": "cap", "name": "motor", "unit_cost": "10", "currency": "EUR", "quantity": "4", "origin": ""},
        {
            "capability_key": "cap",
            "name": "frame",
            "unit_cost": "5",
            "currency": "EUR",
            "quantity": "1",
            "origin": "UA",
        },
    ],
    "development_events": [
        {"key": "ask", "capability_key": "cap", "kind": "feedback_reported", "occurred_at": "2026-03-01"},
        {
            "key": "fix",
            "capability_key": "cap",
            "kind": "fix_fielded",
            "occurred_at": "2026-03-04T10:00:00Z",
            "answers": "ask",
        },
    ],
    "raises": [raise_row(use_of_proceeds="A second line.", round_key="autumn")],
}


class TestOwnLoad:
    def test_brings_everything_that_a_firm_states(self, bring, area, firm):
        item = bring(WHOLE)

        assert (codes(item), item.status) == ([], "loaded")
        capability = Capability.objects.get(firm=firm)
        assert (capability.status, capability.given_tier, capability.title) == ("draft", "", "Drone")
        assert list(capability.standards.values_list("designation", "part", "basis")) == [
            ("STANAG 4671", "USAR", "claimed")
        ]
        assert capability.codifications.get().number == "1550-12-345-6789"
        assert Component.objects.filter(capability=capability).count() == 2
        fix = DevelopmentEvent.objects.get(kind="fix_fielded")
        assert (fix.answers.kind, fix.source, fix.tier) == ("feedback_reported", "import", "E0")
        assert Financials.objects.get(firm=firm).headcount == 12
        found = Raise.objects.get(firm=firm)
        assert (found.status, found.lead_capability, found.use_of_proceeds) == ("draft", capability, "A second line.")

    def test_the_same_again_changes_nothing(self, bring, area, firm):
        bring(WHOLE)
        before = list(Capability.objects.values()), list(Raise.objects.values()), list(Component.objects.values())
        events = Event.objects.exclude(name__startswith="exchange.").exclude(name__startswith="kernel.").count()

        item = bring(WHOLE)

        assert done(item) == {name: {"unchanged": len(rows)} for name, rows in WHOLE.items()}
        assert before == (
            list(Capability.objects.values()),
            list(Raise.objects.values()),
            list(Component.objects.values()),
        )
        later = Event.objects.exclude(name__startswith="exchange.").exclude(name__startswith="kernel.").count()
        assert later == events

    def test_the_check_writes_nothing(self, actor, area):
        item = import_create(actor=actor, file_name="own.zip", content=as_zip(WHOLE))

        report = import_check(import_id=item.pk, reading=import_read(import_id=item.pk))

        assert report.counts["capabilities"]["inserted"] == 1
        assert not Capability.objects.exists()
        assert not ImportKey.objects.exists()

    def test_refuses_tables_of_others(self, bring, area):
        item = bring({"deals": [{"fund_key": "a", "startup_key": "self", "date": "2026-01-01", "outcome": "closed"}]})

        assert (codes(item), item.status) == ([("deals", 0, "", "not_yours")], "rejected")

    @pytest.mark.parametrize("key", ["other", "00000000-0000-7000-8000-000000000000"])
    def test_refuses_rows_of_another_firm(self, bring, area, key):
        item = bring({"capabilities": [capability_row(startup_key=key)]})

        assert codes(item) == [("capabilities", 2, "startup_key", "not_yours")]

    def test_answers_alike_to_anothers_id_and_to_none(self, bring, area):
        theirs = CapabilityFactory()
        line = {"name": "motor", "unit_cost": "10", "currency": "EUR", "quantity": "4", "origin": ""}
        nobodys = "00000000-0000-7000-8000-000000000000"

        item = bring({"components": [{"capability_key": str(key), **line} for key in (theirs.pk, nobodys)]})

        assert codes(item) == [
            ("components", 2, "capability_key", "unknown_reference"),
            ("components", 3, "capability_key", "unknown_reference"),
        ]
        assert len({found["message"] for found in item.problems}) == 1

    def test_anothers_id_as_a_key_is_a_key_like_any_other(self, bring, area, firm):
        theirs = CapabilityFactory(title="Theirs")

        item = bring({"capabilities": [capability_row(key=str(theirs.pk))]})

        theirs.refresh_from_db()
        assert (item.status, theirs.title) == ("loaded", "Theirs")
        assert Capability.objects.get(firm=firm).title == "Drone"

    def test_an_own_id_stands_for_the_object(self, bring, area, firm):
        mine = CapabilityFactory(firm=firm, area=area, title="Old", title_uk="Старе", given_tier="E2", tier="E2")

        item = bring({"capabilities": [capability_row(key=str(mine.pk), startup_key=str(firm.pk))]})

        mine.refresh_from_db()
        assert done(item) == {"capabilities": {"updated": 1}}
        assert (mine.title, mine.title_uk, mine.status, mine.given_tier) == ("Drone", "Старе", "published", "E2")
        assert not ImportKey.objects.exists()

    def test_a_tier_above_the_self_declared_needs_a_document(self, bring, area, firm):
        item = bring(
            {
                "financials": [{"startup_key": "self", "year": "2025", "tier": "E1"}],
                "capabilities": [capability_row(tier="E2")],
            }
        )

        assert codes(item) == [
            ("financials", 2, "tier", "needs_document"),
            ("capabilities", 2, "tier", "needs_document"),
        ]

    def test_evidenced_figures_are_not_replaced_under_their_tier(self, bring, firm):
        FinancialsFactory(firm=firm, tier="E2")
        row = {"startup_key": "self", "year": "2025", "currency": "EUR", "revenue": "1"}

        refused = bring({"financials": [{**row, "tier": "E2"}]})
        taken = bring({"financials": [{**row, "tier": "E0"}]})

        assert codes(refused) == [("financials", 2, "tier", "needs_document")]
        assert (taken.status, Financials.objects.get().tier) == ("loaded", "E0")

    def test_what_the_file_has_no_column_for_stays(self, bring, firm):
        FinancialsFactory(firm=firm, headcount=40, debt=Decimal(7))

        bring({"financials": [{"startup_key": "self", "year": "2025", "debt": "", "revenue": "5", "currency": "EUR"}]})

        found = Financials.objects.get()
        assert (found.headcount, found.debt, found.revenue) == (40, None, Decimal(5))

    def test_changes_the_firms_own_fields_and_not_who_it_is(self, bring, firm):
        name, country = firm.organisation.legal_name, firm.organisation.country
        row = {"key": "self", "legal_name": name, "country": country, "staff": "55"}

        taken = bring({"startups": [row]})
        refused = bring({"startups": [{**row, "legal_name": "Other"}]})

        firm.refresh_from_db()
        assert (taken.status, firm.staff, firm.summary) == ("loaded", 55, "Makes drones.")
        assert codes(refused) == [("startups", 2, "legal_name", "immutable")]

    def test_a_bill_replaces_the_one_of_its_capability_alone(self, bring, area, firm):
        mine, other = (CapabilityFactory(firm=firm, area=area) for _ in range(2))
        ComponentFactory(capability=mine, name="Old")
        ComponentFactory(capability=other, name="Kept")
        row = {"name": "New", "unit_cost": "10", "currency": "EUR", "quantity": "4", "origin": "CZ"}

        item = bring({"components": [{"capability_key": str(mine.pk), **row}]})

        assert done(item) == {"components": {"updated": 1}}
        assert set(Component.objects.values_list("name", flat=True)) == {"New", "Kept"}

    def test_a_bill_with_a_bad_line_is_left_out_whole(self, bring, area, firm):
        mine = CapabilityFactory(firm=firm, area=area)
        ComponentFactory(capability=mine, name="Old")
        row = {"capability_key": str(mine.pk), "name": "New", "unit_cost": "10", "currency": "EUR", "quantity": "4"}
        good = {"startup_key": "self", "year": "2025", "revenue": "5", "currency": "EUR"}

        item = bring({"components": [row, {**row, "quantity": "no"}], "financials": [good]}, partial=True)

        assert done(item) == {"components": {"left_out": 2}, "financials": {"inserted": 1}}
        assert Component.objects.get().name == "Old"

    def test_an_event_is_never_edited(self, bring, area, firm):
        mine = CapabilityFactory(firm=firm, area=area)
        known = DevelopmentEventFactory(capability=mine, tier="E2", note="as it was")
        row = {
            "key": str(known.pk),
            "capability_key": str(mine.pk),
            "kind": known.kind,
            "occurred_at": known.occurred_at.isoformat(),
            "note": "as it was",
            "tier": "E2",
        }

        same = bring({"development_events": [row]})
        other = bring({"development_events": [{**row, "note": "another"}]})

        assert done(same) == {"development_events": {"unchanged": 1}}
        assert codes(other) == [("development_events", 2, "", "immutable")]

    @pytest.mark.parametrize(
        ("cells", "column", "code"),
        [
            ({"occurred_at": "2199-01-01"}, "occurred_at", "in_the_future"),
            ({"tier": "E1"}, "tier", "needs_document"),
            ({"answers": "nothing"}, "answers", "unknown_event"),
            ({"supersedes": "nothing"}, "supersedes", "unknown_event"),
        ],
    )
    def test_an_event_is_judged_as_one_by_hand(self, bring, area, firm, cells, column, code):
        mine = CapabilityFactory(firm=firm, area=area)
        row = {"capability_key": str(mine.pk), "kind": "fix_fielded", "occurred_at": "2026-03-01", **cells}

        item = bring({"development_events": [row]})

        assert codes(item) == [("development_events", 2, column, code)]

    def test_events_of_anothers_log_answer_nothing(self, bring, area, firm):
        mine = CapabilityFactory(firm=firm, area=area)
        theirs = DevelopmentEventFactory(kind="feedback_reported", occurred_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        row = {"capability_key": str(mine.pk), "kind": "fix_fielded", "occurred_at": "2026-03-01"}

        item = bring({"development_events": [{**row, "answers": str(theirs.pk)}]})

        assert codes(item) == [("development_events", 2, "answers", "unknown_event")]

    def test_an_event_is_superseded_once(self, bring, area, firm):
        mine = CapabilityFactory(firm=firm, area=area)
        wrong = DevelopmentEventFactory(capability=mine)
        row = {
            "capability_key": str(mine.pk),
            "kind": wrong.kind,
            "occurred_at": "2026-03-01",
            "supersedes": str(wrong.pk),
        }

        item = bring({"development_events": [row, {**row, "occurred_at": "2026-03-02"}]})

        assert codes(item) == [("development_events", 3, "supersedes", "superseded")]

    def test_what_answers_a_bad_event_is_left_out_with_it(self, bring, area, firm):
        tables = {"capabilities": WHOLE["capabilities"], "development_events": list(WHOLE["development_events"])}
        tables["development_events"][0] = {**tables["development_events"][0], "occurred_at": "never"}

        item = bring(tables, partial=True)

        assert done(item)["development_events"] == {"left_out": 2}

    def test_tells_that_the_log_was_touched(self, bring, area, firm):
        item = bring(WHOLE)

        fact = Event.objects.get(name="exchange.import.touched")
        assert (fact.organisation_id, fact.data["import"]) == (firm.organisation_id, str(item.pk))

    def test_a_raise_keeps_its_day_and_its_evidence(self, bring, area, firm):
        lead = CapabilityFactory(firm=firm, area=area)
        mine = RaiseFactory(firm=firm, lead_capability=lead, cost_tier="E2", marginal_cost_of_capital=Decimal("0.1"))
        row = raise_row(
            key=str(mine.pk),
            lead_capability_key=str(lead.pk),
            cost_tier="E2",
            marginal_cost_of_capital="0.2",
            opened_on="2026-01-01",
        )

        item = bring({"raises": [row]})

        assert codes(item) == [("raises", 2, "cost_tier", "needs_document"), ("raises", 2, "opened_on", "immutable")]

    def test_raises_of_one_round_are_tranches(self, bring, area, firm):
        bring({**WHOLE, "raises": [raise_row(round_key="a"), raise_row(key="two", round_key="a"), raise_row(key="x")]})

        rounds = list(Raise.objects.order_by("pk").values_list("round", flat=True))
        assert rounds[0] == rounds[1] != rounds[2]

    def test_blocks_whom_the_firm_sees_and_tells_of_nobody_else(self, bring, area, firm):
        seen = OrganisationFactory(kind="fund")
        hidden = OrganisationFactory(kind="fund", standing="registered")
        nobody = "00000000-0000-7000-8000-000000000000"
        asked = [
            raise_row(key=str(number), blocked_organisations=str(who))
            for number, who in enumerate((seen.pk, hidden.pk, nobody))
        ]

        item = bring({"capabilities": WHOLE["capabilities"], "raises": asked}, partial=True)

        assert codes(item) == [
            ("raises", 3, "blocked_organisations", "unknown_organisation"),
            ("raises", 4, "blocked_organisations", "unknown_organisation"),
        ]
        assert Raise.objects.get().blocked_organisations == [seen.pk]

    def test_is_refused_whole_where_one_row_is_bad(self, bring, area):
        item = bring({**WHOLE, "raises": [raise_row(amount="-1")]})

        assert item.status == "rejected"
        assert not Capability.objects.exists()

    def test_fails_once_the_sender_has_left(self, actor, area, firm):
        item = import_create(actor=actor, file_name="own.zip", content=as_zip(WHOLE))
        Membership.objects.filter(user_id=actor.user_id).delete()

        report = import_check(import_id=item.pk, reading=import_read(import_id=item.pk))

        assert [found.code for found in report.problems] == ["not_permitted"]

    def test_a_key_imports_for_its_maker(self, bring, area, firm):
        maker = actor_of(firm.organisation)
        key = key_of(maker).key
        from apps.organisations.selectors import actor_for_key, api_key_find

        item = bring(WHOLE, by=actor_for_key(key=api_key_find(prefix=key.prefix)))

        assert item.status == "loaded"
