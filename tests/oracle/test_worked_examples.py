"""Worked examples of the features, the scores and the confidence: the arithmetic is in the comments."""

import math

import pytest

from tests.oracle.samples import Sheets
from tests.oracle.world import Pair


def investor(pair: Pair, name: str) -> float:
    return pair.x["investor"][name]


def startup(pair: Pair, name: str) -> float:
    return pair.x["startup"][name]


class TestAreaOverlap:
    @pytest.mark.parametrize(
        ("areas", "expected"),
        [
            ("AIR:1", 1.0),  # AIR.FPV lies below it
            ("AIR.FPV", 1.0),
            ("AIR.FPV.NIGHT:1", 0.35),  # one edge up to AIR.FPV
            ("AIR.ISR:1", 0.35),  # one edge up to AIR
            ("MFG:1", 0.0),
            ("AIR:3;MFG:1", 0.75),
            ("AIR:1;AIR.ISR:1;MFG:2", 0.3375),  # (1 + 0.35 + 0) / 4
        ],
    )
    def test_of_the_lead(self, sheets: Sheets, areas: str, expected: float) -> None:
        sheets.mandate["areas"] = areas

        assert investor(sheets.pair(), "area_overlap") == pytest.approx(expected, abs=1e-15)

    def test_two_edges(self, sheets: Sheets) -> None:
        sheets.mandate["areas"] = "AIR.FPV.NIGHT:1"
        sheets.capability["area"] = "AIR.ISR"

        assert investor(sheets.pair(), "area_overlap") == pytest.approx(0.1225)  # 0.35²

    def test_of_a_second_capability(self, sheets: Sheets) -> None:
        sheets.mandate["areas"] = "AIR:1;MFG:1"
        sheets.add("capabilities", key="cap2", startup_key="firm", area="MFG", maturity="codified", tier="E1")

        # 0.8 · 0.6 · 0.5 = 0.24 for MFG, 1 for AIR
        assert investor(sheets.pair(), "area_overlap") == pytest.approx(0.62)

    def test_an_area_of_the_import(self, sheets: Sheets) -> None:
        sheets.add("areas", code="AIR.SEA", parent="AIR", label_en="Sea")
        sheets.capability["area"] = "AIR.SEA"

        assert investor(sheets.pair(), "area_overlap") == pytest.approx(0.35)


class TestFits:
    def test_stage(self, sheets: Sheets) -> None:
        sheets.mandate["stages"] = "seed:1;series_a:4"

        assert investor(sheets.pair(), "stage_fit") == 0.25

    def test_stage_without_a_preference(self, sheets: Sheets) -> None:
        assert investor(sheets.pair(), "stage_fit") == 1.0

    @pytest.mark.parametrize(
        ("trl", "low", "high", "expected"),
        [("7", "7", "9", 1.0), ("7", "8", "", 0.5), ("7", "", "5", 0.0), ("", "", "5", 0.0), ("", "", "", 1.0)],
    )
    def test_trl(self, sheets: Sheets, trl: str, low: str, high: str, expected: float) -> None:
        sheets.capability["trl"] = trl
        sheets.mandate |= {"trl_min": low, "trl_max": high}

        assert investor(sheets.pair(), "trl_fit") == expected

    @pytest.mark.parametrize(
        ("maturity", "tier", "expected"), [("fielded", "E2", 0.64), ("serial", "", 0.25), ("concept", "E3", 0.0)]
    )
    def test_evidence(self, sheets: Sheets, maturity: str, tier: str, expected: float) -> None:
        sheets.capability |= {"maturity": maturity, "tier": tier}

        assert investor(sheets.pair(), "evidence") == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("raised", "typical", "expected"),
        [
            # centre sqrt(0.5 M · 2 M) = 1 M; σ = ln 4 / 3.29 = 0.4213660
            ({"amount": "1000000"}, "", 1.0),
            # ln 2 / σ = 3.29 / 2 = 1.645; exp(−½ · 1.645²) = exp(−1.3530125)
            ({"amount": "2000000"}, "", math.exp(-1.3530125)),
            # the point of [0, 2 M] nearest to 1 M is 1 M
            ({"amount": "2000000", "syndicate": "true"}, "", 1.0),
            # [1.5 M, 2 M] against 1.5 M
            ({"amount": "2000000", "syndicate": "true", "min_ticket": "1500000"}, "1500000", 1.0),
            # ln(1 / 0.5) / σ = 1.645 again
            ({"amount": "2000000", "amount_left": "1000000"}, "500000", math.exp(-1.3530125)),
            # 25 M UAH = 0.5 M EUR
            ({"amount": "25000000", "currency": "UAH"}, "500000", 1.0),
        ],
    )
    def test_ticket(self, sheets: Sheets, raised: dict[str, str], typical: str, expected: float) -> None:
        sheets.raised |= raised
        sheets.mandate["ticket_typical"] = typical

        assert investor(sheets.pair(), "ticket_fit") == pytest.approx(expected, rel=1e-12)

    def test_ticket_range_is_never_narrower_than_the_floor(self, sheets: Sheets) -> None:
        sheets.mandate |= {"ticket_min": "1000000", "ticket_max": "1000000"}
        sheets.raised["amount"] = "1419067.5485932573"  # 1 M · e^0.35: one σ away

        assert investor(sheets.pair(), "ticket_fit") == pytest.approx(math.exp(-0.5))

    @pytest.mark.parametrize(
        ("country", "region", "expected"),
        [
            ("DE", "DE-BE", 1.0),  # the region holds it: 4 / 4
            ("DE", "DE-BY", 0.5),  # the country does: 2 / 4
            ("UA", "UA-32", 0.25),  # at war: only UA, 1 / 4, though UA-32 weighs 4
            ("PL", "", 0.0),
        ],
    )
    def test_geography(self, sheets: Sheets, country: str, region: str, expected: float) -> None:
        sheets.mandate["places"] = "DE-BE:4;DE:2;UA:1;UA-32:4"
        sheets.firm |= {"country": country, "region": region}

        assert investor(sheets.pair(), "geography_fit") == expected

    def test_instrument_rank_is_each_viewers_own(self, sheets: Sheets) -> None:
        sheets.mandate["instruments"] = "loan;bond;venture_debt"
        sheets.raised["instruments"] = "venture_debt;bond"

        pair = sheets.pair()

        assert investor(pair, "instrument_rank") == pytest.approx(1 / 1.5)  # bond is the fund's second
        assert startup(pair, "instrument_rank") == 1.0  # venture debt is the firm's first

    @pytest.mark.parametrize(("offered", "needed", "expected"), [("4", "5", 0.8), ("7", "5", 1.0), ("", "5", 0.0)])
    def test_patience(self, sheets: Sheets, offered: str, needed: str, expected: float) -> None:
        sheets.mandate["tenor_years"] = offered
        sheets.raised["tenor_years"] = needed

        assert startup(sheets.pair(), "patience") == expected

    @pytest.mark.parametrize(
        ("left", "expected"),
        [("800000", 0.8), ("3000000", 1.0), ("", 0.5)],  # not stated: 500 000 of 1 000 000
    )
    def test_capacity(self, sheets: Sheets, left: str, expected: float) -> None:
        sheets.raised["syndicate"] = "true"
        sheets.mandate["capacity"] = left

        assert startup(sheets.pair(), "capacity") == expected


class TestRates:
    def test_currency_is_turned_into_nominal_euro(self, sheets: Sheets) -> None:
        # 1.21 · 1.02 / 1.10 − 1 = 0.122: 1220 bp
        sheets.raised |= {"currency": "UAH", "marginal_cost_of_capital": "0.21"}

        assert sheets.pair().rates["k_marginal"] == 1220

    def test_a_currency_without_inflation_has_no_rate(self, sheets: Sheets) -> None:
        sheets.raised |= {"currency": "PLN", "marginal_cost_of_capital": "0.21"}

        assert sheets.pair().rates["k_marginal"] is None

    def test_cover_is_limited_by_its_cap(self, sheets: Sheets) -> None:
        # the common ticket ends at 1 M; cover 0.8 · 0.25 M / 1 M = 0.2; 0.135 + 0.16 · 0.8 + 0.01 = 0.273
        sheets.mandate["lever_key"] = "lever"
        sheets.add(
            "levers",
            key="lever",
            kind="insurance",
            classes="equity",
            countries="UA",
            excluded_flags="none",
            risk_cover="0.8",
            cover_cap="250000",
            currency="EUR",
            premium="0.01",
        )

        assert sheets.pair().rates | {"k_offer": 0} == {
            "k_offer": 0,
            "k_marginal": None,
            "k_build_up": 2950,
            "k_required": 2730,
        }

    @pytest.mark.parametrize(("premium", "countries"), [("0.5", "UA"), ("0.01", "DE")])
    def test_required_never_exceeds_the_build_up(self, sheets: Sheets, premium: str, countries: str) -> None:
        # a premium dearer than the cover, or a lever that does not admit the raise
        sheets.mandate["lever_key"] = "lever"
        sheets.add(
            "levers",
            key="lever",
            kind="insurance",
            classes="equity",
            countries=countries,
            excluded_flags="none",
            risk_cover="0.8",
            premium=premium,
        )

        assert sheets.pair().rates["k_required"] == 2950

    @pytest.mark.parametrize(
        ("years", "expected"),
        [
            ((), 1250),  # E0: 0.025 + 0.02 + 0.08
            ((("2023", "E3"), ("2024", "E1")), 1050),  # the newest year: 0.06
            ((("2024", "E1"), ("2024", "E2")), 850),  # the better of a tie: 0.04
            ((("2024", ""),), 1250),
        ],
    )
    def test_debt_follows_the_newest_financials(
        self, sheets: Sheets, years: tuple[tuple[str, str], ...], expected: int
    ) -> None:
        sheets.raised["instruments"] = sheets.mandate["instruments"] = "loan"
        for year, tier in years:
            sheets.add("financials", startup_key="firm", year=year, tier=tier)

        assert sheets.pair().rates["k_build_up"] == expected


class TestPaidAndSaved:
    @pytest.mark.parametrize(
        ("offer", "expected"),
        [("0.295", 0.5), ("0.325", 0.8), ("0.4", 1.0), ("0.265", 0.2), ("0.1", 0.0), ("", 0.5)],
    )
    def test_risk_paid_against_2950_bp(self, sheets: Sheets, offer: str, expected: float) -> None:
        sheets.mandate["offered_cost_of_capital"] = offer

        assert investor(sheets.pair(), "risk_paid") == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("marginal", "offer", "expected"),
        [
            ("0.3", "0.18", 0.6),  # Δ = 1200: 3 steps
            ("0.2999", "0.18", 0.4),  # Δ = 1199: 2 steps
            ("0.1", "0.18", 0.0),
            ("0.9", "0.18", 1.0),
            ("", "0.18", 0.2),  # the prior mean
            ("0.3", "", 0.0),  # no offer
        ],
    )
    def test_cost_saving_in_steps_of_400_bp(self, sheets: Sheets, marginal: str, offer: str, expected: float) -> None:
        sheets.raised["marginal_cost_of_capital"] = marginal
        sheets.mandate["offered_cost_of_capital"] = offer

        assert startup(sheets.pair(), "cost_saving") == expected

    def test_grants(self, sheets: Sheets) -> None:
        sheets.raised["instruments"] = sheets.mandate["instruments"] = "grant"

        pair = sheets.pair()

        assert [startup(pair, name) for name in ("risk_paid", "cost_saving", "patience")] == [0.5, 1.0, 1.0]
        assert (pair.u["risk_paid"], pair.u["cost_saving"]) == (1.0, 0.0)


def deliver_in_thirty_days(sheets: Sheets) -> None:
    """One delivery after exactly the prior's 30 days: τ = 30, formula ½, u = 2 / 2.8 = 5/7."""
    cells = {"capability_key": "cap", "tier": "E2"}
    sheets.add("development_events", key="o", kind="order_received", occurred_at="2025-03-01", **cells)
    sheets.add("development_events", key="d", kind="delivery_made", occurred_at="2025-03-31", answers="o", **cells)


class TestComplementarity:
    # delivery = 5/7 · 0.05 + 2/7 · 0.5 = 1.25/7; speed = 600 · 1.25/7 / 2100, the priors counting 0
    SPEED = 600 * (1.25 / 7) / 2100

    def _lever(self, sheets: Sheets, kind: str) -> None:
        sheets.mandate["lever_key"] = "lever"
        sheets.add(
            "levers",
            key="lever",
            kind="guarantee",
            classes=kind,
            countries="UA",
            excluded_flags="none",
            risk_cover="0.5",
        )

    def test_of_the_fund_on_equity(self, sheets: Sheets) -> None:
        deliver_in_thirty_days(sheets)
        self._lever(sheets, "equity")
        sheets.mandate["tenor_years"], sheets.raised["tenor_years"] = "4", "5"

        # 0.16 · 0.5 = 0.08 of 0.20: 0.4; patience 0.8
        assert investor(sheets.pair(), "complementarity") == pytest.approx(math.sqrt(0.4 * self.SPEED) * 0.8)

    def test_of_the_fund_on_debt_takes_the_loss_of_a_full_file(self, sheets: Sheets) -> None:
        deliver_in_thirty_days(sheets)
        self._lever(sheets, "debt")
        sheets.raised["instruments"] = sheets.mandate["instruments"] = "loan"
        sheets.mandate["tenor_years"] = sheets.raised["tenor_years"] = "5"

        pair = sheets.pair()

        # EL(E3) 0.03 · 0.5 = 0.015 of 0.20: 0.075, though the file itself is E0: 0.08 · 0.5
        assert pair.rates["k_required"] == 850
        assert investor(pair, "complementarity") == pytest.approx(math.sqrt(0.075 * self.SPEED))

    def test_of_the_firm(self, sheets: Sheets) -> None:
        deliver_in_thirty_days(sheets)
        sheets.raised |= {"tenor_years": "5", "marginal_cost_of_capital": "0.3"}
        sheets.mandate |= {"tenor_years": "5", "offered_cost_of_capital": "0.18"}

        pair = sheets.pair()

        assert startup(pair, "complementarity") == pytest.approx(math.sqrt(0.6 * self.SPEED))
        assert investor(pair, "complementarity") == 0.0  # no cover: nothing kept from the build-up

    def test_is_zero_without_evidence_of_speed(self, sheets: Sheets) -> None:
        sheets.raised |= {"tenor_years": "5", "marginal_cost_of_capital": "0.3"}
        sheets.mandate |= {"tenor_years": "5", "offered_cost_of_capital": "0.18"}

        assert startup(sheets.pair(), "complementarity") == 0.0


class TestScores:
    def test_add_up_by_hand(self, sheets: Sheets) -> None:
        sheets.raised |= {
            "tenor_years": "5",
            "marginal_cost_of_capital": "0.375",
            "cost_tier": "E1",
        }
        sheets.mandate |= {"tenor_years": "4", "offered_cost_of_capital": "0.295", "offer_tier": "E2", "stages": "seed"}

        pair = sheets.pair()

        assert pair.contributions["investor"] == {
            "area_overlap": 2200,
            "stage_fit": 700,
            "trl_fit": 300,
            "evidence": 448,
            "ticket_fit": 900,
            "geography_fit": 500,
            "risk_paid": 600,
            "patience": 240,
            "instrument_rank": 300,
            "complementarity": 0,
            "adaptation": 35,
            "cadence": 20,
            "feedback": 20,
            "delivery": 30,
        }
        assert pair.score_investor == 6293
        # Δ = 800 bp: 2 of 5 steps, 880; decision 1500 · 0.05 = 75
        assert pair.contributions["startup"] == {
            "area_overlap": 1500,
            "stage_fit": 400,
            "trl_fit": 200,
            "ticket_fit": 1000,
            "geography_fit": 400,
            "cost_saving": 880,
            "patience": 720,
            "instrument_rank": 300,
            "decision_speed": 75,
            "complementarity": 0,
            "capacity": 500,
        }
        assert pair.score_startup == 5975
        # in public 2200 · 0.2 = 440 instead of 880
        assert pair.score_startup_public == 5535
        # sqrt(6293 · 5535) = sqrt(34 831 755) = 5901.84…
        assert pair.score_mutual == 5902

    def test_confidence_by_hand(self, sheets: Sheets) -> None:
        sheets.raised |= {"marginal_cost_of_capital": "0.375", "cost_tier": "E1"}
        sheets.mandate |= {"offered_cost_of_capital": "0.295", "offer_tier": "E2"}

        pair = sheets.pair()

        # squares / 10⁴: evidence 49, risk_paid 144, adaptation 49, cadence 16, feedback 16, delivery 36: 310
        # doubt: 49 · .2 + 144 · .2 + 117 = 155.6; 1 − 155.6 / 310 = 0.498064516…
        assert pair.confidence_investor_ppm == 498065
        # 484 · .5 (the lower of E1 and E2) + 225 · 1 = 467 of 709; 1 − 467/709 = 0.341325810…
        assert pair.confidence_startup_ppm == 341326

    def test_a_producing_area_has_its_own_weights(self, sheets: Sheets) -> None:
        sheets.capability["area"] = "MFG"

        parts = sheets.pair().contributions["investor"]

        assert [parts[name] for name in ("adaptation", "cadence", "feedback", "delivery")] == [10, 5, 20, 70]

    def test_grants_hide_nothing_in_public(self, sheets: Sheets) -> None:
        deliver_in_thirty_days(sheets)
        sheets.raised["instruments"] = sheets.mandate["instruments"] = "grant"

        pair = sheets.pair()

        # sqrt(1 · 0.051020408…) = 0.225876976…: 1100 · 0.225877 = 248.46…
        assert pair.contributions["startup"]["complementarity"] == 248
        assert pair.contributions["investor"]["complementarity"] == 0
        assert pair.score_startup_public == pair.score_startup
