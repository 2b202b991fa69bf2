"""The kept sample files: written by the generator, whole, consistent and of the promised size."""

import csv
import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from stdnum import lei
from stdnum.ua import edrpou

from apps.exchange import sample
from apps.exchange.sample import planted
from apps.exchange.sample.generate import main
from apps.exchange.sample.names import transliterate
from apps.exchange.sample.tables import COLUMNS, EUR_PER_UNIT, Row, Tables

DATA = Path(sample.__file__).parent / "data"
AREAS = Path(sample.__file__).parents[2] / "reference" / "data" / "areas-1.json"

TIERS = {"", "E0", "E1", "E2", "E3"}
CLASS_OF = {
    "equity": "equity", "convertible": "equity", "loan": "debt", "bond": "debt", "venture_debt": "debt",
    "guarantee": "debt", "grant": "grant",
}  # fmt: skip
STAGES = {
    "equity": {"pre_seed", "seed", "series_a", "series_b", "growth"},
    "debt": {"working_capital", "equipment", "project"},
    "grant": {"research", "pilot", "scale_up"},
}
FLAGS = {"lethal", "lethal_autonomous", "cluster_munition", "dual_use", "none"}
TERMS = {"holding", "ip_transfer", "board_seat", "collateral", "personal_guarantee", "lead", "follow_on", "max_stake"}
ALLOWED = {
    ("organisations", "kind"): {"authority", "attestor", "operator", "firm"},
    ("owners", "owner_kind"): {"person", "entity"},
    ("owners", "interest"): {"shareholding", "voting_rights"},
    ("startups", "naming"): {"all_verified", "accepted", "nobody"},
    ("financials", "audited"): {"true", "false"},
    ("financials", "tier"): TIERS,
    ("capabilities", "maturity"): {"concept", "prototype", "tested", "codified", "fielded", "serial"},
    ("capabilities", "tier"): TIERS,
    ("components", "single_source"): {"", "true", "false"},
    ("development_events", "kind"): {
        "feedback_reported", "fix_fielded", "release_fielded", "field_test", "countermeasure_observed",
        "countermeasure_answered", "order_received", "delivery_made",
    },
    ("development_events", "tier"): TIERS - {""},
    ("attestations", "verdict"): {"confirmed", "refused"},
    ("raises", "syndicate"): {"true", "false"},
    ("raises", "cost_tier"): TIERS,
    ("levers", "kind"): {"guarantee", "insurance", "public_mandate", "tenor", "diversification"},
    ("funds", "fund_type"): {
        "venture", "growth", "debt", "bank", "development_finance", "state", "grant_programme",
    },
    ("mandates", "offer_tier"): TIERS,
    ("mandates", "max_foreign_share"): {"", "0.1", "0.2", "0.35", "0.5", "0.75"},
    ("mandates", "perimeter"): {"", "EU", "EU+EEA", "EU+EEA+UA"},
    ("deals", "outcome"): {"closed", "passed", "lapsed", "withdrawn"},
}  # fmt: skip
ANSWERS = {
    "fix_fielded": {"feedback_reported"},
    "release_fielded": {"feedback_reported", "countermeasure_observed", "order_received"},
    "countermeasure_answered": {"countermeasure_observed"},
    "delivery_made": {"order_received"},
}


def read(folder: Path) -> Tables:
    tables: Tables = {}
    for table in COLUMNS:
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            tables[table] = list(csv.DictReader(file))
    return tables


def values(row: Row, column: str) -> list[str]:
    return [value for value in row[column].split(";") if value]


def codes(row: Row, column: str) -> list[str]:
    return [value.split(":")[0] for value in values(row, column)]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read(DATA)


class TestGenerate:
    def test_writes_the_kept_files_byte_for_byte(self, tmp_path: Path) -> None:
        main([str(tmp_path)])

        assert {path.name for path in tmp_path.iterdir()} == {path.name for path in DATA.glob("*.csv")}
        for path in tmp_path.iterdir():
            assert path.read_bytes() == (DATA / path.name).read_bytes(), path.name

    def test_another_seed_gives_another_market(self, tmp_path: Path) -> None:
        main([str(tmp_path), "--seed", "7"])

        assert (tmp_path / "raises.csv").read_bytes() != (DATA / "raises.csv").read_bytes()


class TestSize:
    def test_stays_under_three_megabytes(self) -> None:
        assert sum(path.stat().st_size for path in DATA.iterdir()) < 3_000_000

    def test_holds_what_was_promised(self, tables: Tables) -> None:
        kinds = Counter(row["kind"] for row in tables["organisations"])
        made = Counter(row["startup_key"] for row in tables["capabilities"])
        mandates = Counter(row["fund_key"] for row in tables["mandates"])

        assert 115 <= len(tables["startups"]) <= 125
        assert 38 <= len(tables["funds"]) <= 45
        assert kinds["authority"] == 6
        assert kinds["attestor"] >= 6
        assert kinds["operator"] == 1
        assert {row["key"] for row in tables["startups"]} == set(made)
        assert max(made.values()) <= 4
        assert {row["key"] for row in tables["funds"]} == set(mandates)
        assert {row["tier"] for row in tables["development_events"]} == {"E0", "E1", "E2", "E3"}
        assert any(row["supersedes"] for row in tables["development_events"])
        assert {CLASS_OF[values(row, "instruments")[0]] for row in tables["raises"]} == {"equity", "debt", "grant"}
        assert {row["kind"] for row in tables["levers"]} == ALLOWED["levers", "kind"]


class TestValues:
    @pytest.mark.parametrize(("table", "column"), ALLOWED)
    def test_are_of_the_vocabulary(self, tables: Tables, table: str, column: str) -> None:
        assert {row[column] for row in tables[table]} <= ALLOWED[table, column]

    def test_areas_are_the_products(self, tables: Tables) -> None:
        known = {area["code"] for area in json.loads(AREAS.read_text(encoding="utf-8"))["areas"]}
        made = {row["area"] for row in tables["capabilities"]}
        wanted = {code for row in tables["mandates"] for code in codes(row, "areas")}

        assert made | wanted <= known
        assert {code.split(".")[0] for code in made} == {code for code in known if "." not in code}

    @pytest.mark.parametrize("table", ["raises", "mandates"])
    def test_instruments_stages_and_terms_fit_one_class(self, tables: Tables, table: str) -> None:
        for row in tables[table]:
            (kind,) = {CLASS_OF[instrument] for instrument in values(row, "instruments")}
            assert set(codes(row, "stages" if table == "mandates" else "stage")) <= STAGES[kind], row["key"]
            assert set(codes(row, "terms")) <= TERMS, row["key"]

    def test_flags_are_known_and_some_are_not_declared(self, tables: Tables) -> None:
        stated = [values(row, "flags") for row in tables["capabilities"]]

        assert {flag for flags in stated for flag in flags} == FLAGS
        assert [] in stated
        assert all(flags == ["none"] for flags in stated if "none" in flags)

    def test_currencies_have_a_rate(self, tables: Tables) -> None:
        currencies = {row["currency"] for table in tables.values() for row in table if row.get("currency")}

        assert currencies <= set(EUR_PER_UNIT)

    def test_customer_shares_add_up(self, tables: Tables) -> None:
        for row in tables["financials"]:
            assert sum(float(value.split(":")[1]) for value in values(row, "customers")) == pytest.approx(1)


class TestIdentity:
    def test_codes_have_true_check_digits_and_are_unique(self, tables: Tables) -> None:
        firms = [row["identifier"] for row in tables["startups"]]
        holdings = [row["identifier"] for row in tables["organisations"] if row["identifier_scheme"] == "LEI"]

        assert all(edrpou.is_valid(code) for code in firms)
        assert all(lei.is_valid(code) for code in holdings)
        assert len(set(firms)) == len(firms)
        assert len(set(holdings)) == len(holdings)

    def test_names_are_transliterated_officially(self, tables: Tables) -> None:
        for row in tables["startups"]:
            word = row["legal_name_uk"].removeprefix("ТОВ «").split()[0]
            assert row["legal_name"].split()[0] == transliterate(word)


class TestKeys:
    def test_are_unique_and_what_they_point_to_exists(self, tables: Tables) -> None:
        keys = {table: [row["key"] for row in rows] for table, rows in tables.items() if "key" in COLUMNS[table]}
        parties = {*keys["organisations"], *keys["startups"], *keys["funds"]}
        points_to = {
            "startup_key": set(keys["startups"]), "capability_key": set(keys["capabilities"]),
            "lead_capability_key": set(keys["capabilities"]), "fund_key": set(keys["funds"]),
            "lever_key": set(keys["levers"]), "event_key": set(keys["development_events"]),
            "answers": set(keys["development_events"]), "supersedes": set(keys["development_events"]),
            "owned_key": parties, "owner_key": parties, "issuer_key": set(keys["organisations"]),
            "attestor_key": {row["key"] for row in tables["organisations"] if row["kind"] == "attestor"},
        }  # fmt: skip

        everything = [key for listed in keys.values() for key in listed]
        assert len(set(everything)) == len(everything)
        for table, rows in tables.items():
            for column in points_to.keys() & set(COLUMNS[table]):
                assert {row[column] for row in rows} - {""} <= points_to[column], (table, column)

    def test_a_raise_is_led_by_the_firms_own_capability(self, tables: Tables) -> None:
        firm_of = {row["key"]: row["startup_key"] for row in tables["capabilities"]}

        assert all(firm_of[row["lead_capability_key"]] == row["startup_key"] for row in tables["raises"])

    def test_planted_cases_exist(self, tables: Tables) -> None:
        known = {row["key"] for table in ("startups", "capabilities", "raises", "mandates") for row in tables[table]}
        owners = {(row["owned_key"], row["owner_name"]) for row in tables["owners"]}
        readme = (DATA / "README.md").read_text(encoding="utf-8")

        for key in (key for keys in planted.KEYS.values() for key in keys):
            assert key in known
            assert f"`{key}`" in readme
        assert ("ua-brunvard", planted.LOOKALIKE_NAME) in owners
        assert ("ua-kelmistra", planted.NAMESAKE_NAME) in owners


class TestDates:
    def test_no_fact_is_later_than_the_samples_day(self, tables: Tables) -> None:
        facts = {
            "owners": ("from",), "startups": ("founded_on",), "development_events": ("occurred_at",),
            "attestations": ("on",), "raises": ("opened_on",), "levers": ("valid_from",),
            "deals": ("introduced_on", "date"),
        }  # fmt: skip
        for table, columns in facts.items():
            for column in columns:
                stated = [date.fromisoformat(row[column][:10]) for row in tables[table] if row[column]]
                assert max(stated) <= sample.AS_OF, (table, column)

    def test_needs_and_levers_outlast_the_sample(self, tables: Tables) -> None:
        assert min(date.fromisoformat(row["need_by"]) for row in tables["raises"]) >= date(2028, 1, 1)
        assert {row["valid_to"] for row in tables["levers"]} == {"2030-12-31"}

    def test_answers_fit_their_question_and_come_after_it(self, tables: Tables) -> None:
        event = {row["key"]: row for row in tables["development_events"]}
        for row in event.values():
            if row["answers"]:
                question = event[row["answers"]]
                assert question["kind"] in ANSWERS[row["kind"]], row["key"]
                assert question["capability_key"] == row["capability_key"], row["key"]
                asked, answered = (datetime.fromisoformat(end["occurred_at"]) for end in (question, row))
                assert asked <= answered, row["key"]

    def test_a_correction_is_of_the_same_kind_and_capability(self, tables: Tables) -> None:
        event = {row["key"]: row for row in tables["development_events"]}
        corrections = [row for row in event.values() if row["supersedes"]]

        for row in corrections:
            corrected = event[row["supersedes"]]
            assert (row["kind"], row["capability_key"]) == (corrected["kind"], corrected["capability_key"])

    def test_attestations_follow_their_event(self, tables: Tables) -> None:
        happened = {row["key"]: row["occurred_at"][:10] for row in tables["development_events"]}

        assert all(row["on"] >= happened[row["event_key"]] for row in tables["attestations"])

    def test_deals_start_before_they_end_and_after_the_firm(self, tables: Tables) -> None:
        founded = {row["key"]: row["founded_on"] for row in tables["startups"]}
        for row in tables["deals"]:
            start = row["introduced_on"] or row["date"]
            assert founded[row["startup_key"]] < start <= row["date"], (row["fund_key"], row["startup_key"])
