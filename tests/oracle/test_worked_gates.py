"""Worked examples of every gate."""

import pytest

from tests.oracle.samples import Sheets


class TestVerifiedAndScreening:
    def test_a_verified_import_passes_both(self, sheets: Sheets) -> None:
        gates = sheets.pair().gates

        assert set(gates.values()) == {"pass"}
        assert len(gates) == 15

    def test_an_import_that_is_not_verified_fails_and_was_not_screened(self, sheets: Sheets) -> None:
        gates = sheets.pair(verified=False).gates

        assert (gates["verified"], gates["screening"]) == ("fail", "unknown")


class TestPool:
    @pytest.mark.parametrize(
        ("opened_on", "need_by", "size"),
        [
            ("2025-06-30", "2025-06-30", 1),  # windows are closed at both ends
            ("2025-07-01", "", 0),
            ("2025-06-01", "2025-06-29", 0),
            ("", "", 1),
        ],
    )
    def test_holds_raises_that_are_open_and_still_needed(
        self, sheets: Sheets, opened_on: str, need_by: str, size: int
    ) -> None:
        sheets.raised |= {"opened_on": opened_on, "need_by": need_by}

        assert len(list(sheets.world().pairs())) == size


class TestArea:
    def test_another_root_fails(self, sheets: Sheets) -> None:
        sheets.mandate["areas"] = "MFG:1"

        assert sheets.pair().gates["area"] == "fail"


class TestCountry:
    def test_asks_for_the_firm_where_no_issuer_is_named(self, sheets: Sheets) -> None:
        sheets.mandate["countries"] = "DE;PL"

        assert sheets.pair().gates["country"] == "fail"

    def test_asks_for_the_issuer_where_one_is_named(self, sheets: Sheets) -> None:
        sheets.mandate["countries"] = "DE;PL"
        sheets.add("organisations", key="holding", kind="authority", legal_name="Holding", country="PL")
        sheets.raised["issuer_key"] = "holding"

        assert sheets.pair().gates["country"] == "pass"


class TestInstrumentAndStage:
    def test_no_common_instrument_fails(self, sheets: Sheets) -> None:
        sheets.mandate["instruments"] = "convertible"

        assert sheets.pair().gates["instrument"] == "fail"

    @pytest.mark.parametrize(
        ("stages", "stage", "verdict"),
        [
            ("seed:2;series_a:1", "seed", "pass"),
            ("seed:2;series_a:0", "series_a", "fail"),
            ("series_a", "seed", "fail"),
            ("series_a", "", "unknown"),
            ("", "", "pass"),
        ],
    )
    def test_stage(self, sheets: Sheets, stages: str, stage: str, verdict: str) -> None:
        sheets.mandate["stages"] = stages
        sheets.raised["stage"] = stage

        assert sheets.pair().gates["stage"] == verdict


class TestTicket:
    @pytest.mark.parametrize(
        ("cells", "verdict"),
        [
            ({"amount": "2000000"}, "pass"),  # [2.0 M, 2.0 M]
            ({"amount": "2000001"}, "fail"),  # alone: [2 000 001, 2 000 000]
            ({"amount": "2000001", "syndicate": "true"}, "pass"),  # [500 000, 2 000 000]
            ({"amount": "9000000", "syndicate": "true", "min_ticket": "2500000"}, "fail"),  # [2.5 M, 2.0 M]
            ({"amount": "9000000", "amount_left": "400000"}, "fail"),  # [500 000, 400 000]
            ({"amount": "25000000", "currency": "UAH"}, "pass"),  # 25 M · 0.02 = 500 000: [500 000, 500 000]
            ({"amount": "24999999", "currency": "UAH"}, "fail"),  # 499 999.98 < 500 000
        ],
    )
    def test_common_interval(self, sheets: Sheets, cells: dict[str, str], verdict: str) -> None:
        sheets.raised |= cells

        assert sheets.pair().gates["ticket"] == verdict

    @pytest.mark.parametrize(("capacity", "verdict"), [("", "pass"), ("500000", "pass"), ("499999.99", "fail")])
    def test_capacity_reaches_the_lower_end(self, sheets: Sheets, capacity: str, verdict: str) -> None:
        sheets.raised |= {"syndicate": "true"}  # the interval is [500 000, 1 000 000]
        sheets.mandate["capacity"] = capacity

        assert sheets.pair().gates["capacity"] == verdict


class TestTrl:
    @pytest.mark.parametrize(
        ("trl", "bounds", "verdict"),
        [
            ("7", ("8", "9"), "pass"),  # one level away: 1 − 1/2 = 0.5
            ("6", ("8", "9"), "fail"),  # two levels away: 0
            ("", ("8", ""), "unknown"),
            ("", ("", ""), "pass"),
        ],
    )
    def test_bounds(self, sheets: Sheets, trl: str, bounds: tuple[str, str], verdict: str) -> None:
        sheets.capability["trl"] = trl
        sheets.mandate |= {"trl_min": bounds[0], "trl_max": bounds[1]}

        assert sheets.pair().gates["trl"] == verdict


class TestExclusions:
    @pytest.mark.parametrize(
        ("excluded", "flags", "verdict"),
        [
            ("lethal", "lethal;dual_use", "fail"),
            ("lethal", "dual_use", "pass"),
            ("lethal", "none", "pass"),
            ("lethal", "", "unknown"),
            ("", "", "pass"),
        ],
    )
    def test_flags_of_the_lead(self, sheets: Sheets, excluded: str, flags: str, verdict: str) -> None:
        sheets.mandate["exclusions"] = excluded
        sheets.capability["flags"] = flags

        assert sheets.pair().gates["exclusions"] == verdict

    def test_flags_of_another_capability(self, sheets: Sheets) -> None:
        sheets.mandate["exclusions"] = "cluster_munition"
        sheets.capability["flags"] = ""
        sheets.add(
            "capabilities", key="cap2", startup_key="firm", area="MFG", maturity="tested", flags="cluster_munition"
        )

        assert sheets.pair().gates["exclusions"] == "fail"


class TestDependency:
    def _bill(self, sheets: Sheets, *lines: tuple[str, str, str]) -> None:
        for cost, quantity, origin in lines:
            sheets.add(
                "components",
                capability_key="cap",
                name="part",
                unit_cost=cost,
                currency="EUR",
                quantity=quantity,
                origin=origin,
            )

    @pytest.mark.parametrize(
        ("limit", "perimeter", "verdict"),
        [
            # DE 50, UA 30, CN 20 of 100. EU: (30 + 20) / 100 = 50 %, in (35, 50]
            ("0.5", "EU", "pass"),
            ("0.35", "EU", "fail"),
            # EU+EEA+UA: 20 %, in (10, 20]
            ("0.2", "EU+EEA+UA", "pass"),
            ("0.1", "EU+EEA+UA", "fail"),
            ("", "", "pass"),
        ],
    )
    def test_band_against_the_limit(self, sheets: Sheets, limit: str, perimeter: str, verdict: str) -> None:
        self._bill(sheets, ("25", "2", "DE"), ("3", "10", "UA"), ("0.20", "100", "CN"))
        sheets.mandate |= {"max_foreign_share": limit, "perimeter": perimeter}

        assert sheets.pair().gates["dependency"] == verdict

    @pytest.mark.parametrize(("limit", "verdict"), [("0.1", "fail"), ("0.2", "unknown"), ("0.35", "pass")])
    def test_unknown_origin_widens_the_band(self, sheets: Sheets, limit: str, verdict: str) -> None:
        # foreign between 15 and 25 of 100: the hull of (10, 20] and (20, 35] is (10, 35]
        self._bill(sheets, ("75", "1", "DE"), ("15", "1", "CN"), ("10", "1", ""))
        sheets.mandate |= {"max_foreign_share": limit, "perimeter": "EU"}

        assert sheets.pair().gates["dependency"] == verdict

    def test_norway_is_inside_the_wider_perimeter_only(self, sheets: Sheets) -> None:
        # EU: 100 % in (75, 100]; EU+EEA: 0 %, which lies in the first band (0, 10]
        self._bill(sheets, ("1", "1", "NO"))

        sheets.mandate |= {"max_foreign_share": "0.1", "perimeter": "EU"}
        narrow = sheets.pair().gates["dependency"]
        sheets.mandate["perimeter"] = "EU+EEA"
        wide = sheets.pair().gates["dependency"]

        assert (narrow, wide) == ("fail", "pass")

    def test_is_unknown_without_a_bill(self, sheets: Sheets) -> None:
        sheets.mandate |= {"max_foreign_share": "0.5", "perimeter": "EU"}

        assert sheets.pair().gates["dependency"] == "unknown"


class TestLever:
    # equity build-up in UA: 0.025 + 1.2 · 0.05 + 0.05 + 0.16 = 0.295, 2950 bp
    LEVER = {
        "key": "lever",
        "kind": "guarantee",
        "classes": "equity",
        "countries": "UA",
        "excluded_flags": "none",
        "risk_cover": "0.5",
        "currency": "EUR",
    }

    @pytest.mark.parametrize(("offer", "verdict"), [("0.2949", "fail"), ("0.295", "pass"), ("", "pass")])
    def test_an_offer_below_the_build_up_needs_a_lever(self, sheets: Sheets, offer: str, verdict: str) -> None:
        sheets.mandate["offered_cost_of_capital"] = offer

        assert sheets.pair().gates["lever"] == verdict

    @pytest.mark.parametrize(
        ("cells", "verdict"),
        [
            ({}, "pass"),
            ({"classes": "debt"}, "fail"),
            ({"classes": ""}, "unknown"),
            ({"countries": "PL;DE"}, "fail"),
            ({"countries": ""}, "unknown"),
            ({"countries": "", "classes": "debt"}, "fail"),
            ({"excluded_flags": ""}, "unknown"),
            ({"excluded_flags": "lethal"}, "fail"),
            ({"excluded_flags": "cluster_munition"}, "pass"),
            ({"valid_from": "2025-06-30", "valid_to": "2025-06-30"}, "pass"),
            ({"valid_to": "2025-06-29"}, "fail"),
            ({"valid_from": "2025-07-01"}, "fail"),
        ],
    )
    def test_its_terms_must_admit_the_raise(self, sheets: Sheets, cells: dict[str, str], verdict: str) -> None:
        sheets.capability["flags"] = "lethal"
        sheets.mandate |= {"offered_cost_of_capital": "0.1", "lever_key": "lever"}
        sheets.add("levers", **(self.LEVER | cells))

        assert sheets.pair().gates["lever"] == verdict

    def test_is_unknown_without_declared_flags_or_a_premium_of_the_country(self, sheets: Sheets) -> None:
        sheets.mandate |= {"offered_cost_of_capital": "0.1", "lever_key": "lever"}
        sheets.add("levers", **(self.LEVER | {"excluded_flags": "lethal", "countries": "UA;MD"}))

        sheets.capability["flags"] = ""
        undeclared = sheets.pair().gates["lever"]
        sheets.capability["flags"] = "none"
        sheets.firm["country"] = "MD"
        no_premium = sheets.pair().gates["lever"]

        assert (undeclared, no_premium) == ("unknown", "unknown")

    def test_grants_pass(self, sheets: Sheets) -> None:
        sheets.raised["instruments"] = "grant"
        sheets.mandate |= {"instruments": "grant", "offered_cost_of_capital": "0"}

        assert sheets.pair().gates["lever"] == "pass"


class TestStructure:
    @pytest.mark.parametrize(
        ("mandate", "raised", "verdict"),
        [
            ("board_seat:yes", "board_seat:no", "pass"),  # nobody requires it
            ("board_seat:yes!", "board_seat:no", "fail"),
            ("board_seat:yes", "board_seat:no!", "fail"),
            ("board_seat:yes!", "board_seat:yes", "pass"),
            ("board_seat:yes!", "", "unknown"),
            ("", "lead:yes!", "unknown"),
            ("holding:NL!", "holding:DE", "fail"),
            ("max_stake:0.2", "max_stake:0.25!", "pass"),
            ("max_stake:0.3", "max_stake:0.25!", "fail"),
            ("board_seat:yes!;holding:NL!", "board_seat:no", "fail"),
        ],
    )
    def test_required_terms_agree(self, sheets: Sheets, mandate: str, raised: str, verdict: str) -> None:
        sheets.mandate["terms"] = mandate
        sheets.raised["terms"] = raised

        assert sheets.pair().gates["structure"] == verdict


class TestFirmExclusions:
    @pytest.mark.parametrize(
        ("blocked", "investors", "verdict"),
        [
            ("", "", "pass"),
            ("DE", "", "fail"),  # the fund's own country
            ("CN", "", "unknown"),
            ("CN", "none", "pass"),
            ("CN", "US;CN", "fail"),
            ("CN", "US", "pass"),
        ],
    )
    def test_countries(self, sheets: Sheets, blocked: str, investors: str, verdict: str) -> None:
        sheets.raised["blocked_countries"] = blocked
        sheets.fund["investor_countries"] = investors

        assert sheets.pair().gates["firm_exclusions"] == verdict


class TestHistory:
    @pytest.mark.parametrize(
        ("date", "outcome", "reason", "verdict"),
        [
            ("2025-04-01", "passed", "too_early", "fail"),  # 90 days before 30 June
            ("2025-03-31", "passed", "too_early", "pass"),  # 91 days
            ("2024-06-30", "passed", "price", "fail"),  # 365 days
            ("2024-06-29", "passed", "", "pass"),  # 366 days
            ("2010-01-01", "passed", "never", "fail"),
            ("2025-06-01", "lapsed", "never", "pass"),
            ("2025-06-01", "withdrawn", "", "pass"),
            ("2025-07-01", "passed", "never", "pass"),  # not known yet
        ],
    )
    def test_declines(self, sheets: Sheets, date: str, outcome: str, reason: str, verdict: str) -> None:
        sheets.add("deals", fund_key="fund", startup_key="firm", date=date, outcome=outcome, reason=reason)

        assert sheets.pair().gates["history"] == verdict

    @pytest.mark.parametrize(
        ("tier", "at", "verdict"),
        [("E2", "2025-06-02", "pass"), ("E1", "2025-06-02", "fail"), ("E2", "2025-06-01", "fail")],
    )
    def test_a_later_order_ends_too_early(self, sheets: Sheets, tier: str, at: str, verdict: str) -> None:
        sheets.add(
            "deals", fund_key="fund", startup_key="firm", date="2025-06-01", outcome="passed", reason="too_early"
        )
        sheets.add(
            "development_events", key="o", capability_key="cap", kind="order_received", occurred_at=at, tier=tier
        )

        assert sheets.pair().gates["history"] == verdict
