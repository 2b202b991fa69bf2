import datetime as dt

import pytest

from apps.matching.engine import gates
from apps.matching.engine.facts import Answer, Decline, Term
from apps.matching.engine.gates import FundProfile
from tests.apps.matching.engine.worlds import AS_OF, lever, mandate, pair, raise_

PASS, FAIL, UNKNOWN = Answer.PASS, Answer.FAIL, Answer.UNKNOWN


def answer(code, one=None, other=None):
    found = pair(one or mandate(), other or raise_())
    return FAIL if code in found.failed else UNKNOWN if code in found.unknown else PASS


class TestStanding:
    @pytest.mark.parametrize(
        ("fund", "firm", "expected"),
        [(PASS, PASS, PASS), (PASS, UNKNOWN, UNKNOWN), (UNKNOWN, FAIL, FAIL), (FAIL, PASS, FAIL)],
    )
    @pytest.mark.parametrize("code", ["verified", "screening"])
    def test_takes_the_worst_of_both_sides(self, code, fund, firm, expected):
        assert answer(code, mandate(**{code: fund}), raise_(**{code: firm})) is expected

    def test_names_the_side_it_belongs_to(self):
        verdict = gates.standing(PASS, UNKNOWN, item="screening")

        assert (verdict.side, verdict.missing) == ("startup", ("startup.screening",))


class TestArea:
    def test_passes_above_zero_overlap(self):
        assert answer("area", mandate(areas=(("UMS.UGV", 1.0),))) is PASS

    def test_fails_across_roots(self):
        assert answer("area", mandate(areas=(("CYB", 1.0), ("EW", 2.0)))) is FAIL


class TestCountry:
    def test_passes_without_a_list(self):
        assert answer("country") is PASS

    def test_reads_the_issuer_not_the_place_of_operation(self):
        listed = mandate(countries=("EE",))

        assert answer("country", listed, raise_(issuer_country="EE")) is PASS
        assert answer("country", listed, raise_(issuer_country="UA", country="EE")) is FAIL


class TestInstrument:
    def test_needs_one_in_common(self):
        both = mandate(instruments=("equity", "convertible"))

        assert answer("instrument", both, raise_(instruments=("convertible",))) is PASS
        assert answer("instrument", both, raise_(instruments=("loan",))) is FAIL


class TestStage:
    def test_passes_when_the_mandate_gives_none(self):
        assert answer("stage", mandate(), raise_(stage=None)) is PASS

    def test_is_unknown_when_not_given(self):
        assert answer("stage", mandate(stages=(("seed", 1.0),)), raise_(stage=None)) is UNKNOWN

    def test_fails_at_weight_zero_and_when_not_listed(self):
        wanted = mandate(stages=(("seed", 1.0), ("growth", 0.0)))

        assert answer("stage", wanted, raise_(stage="seed")) is PASS
        assert answer("stage", wanted, raise_(stage="growth")) is FAIL
        assert answer("stage", wanted, raise_(stage="series_a")) is FAIL


class TestTicket:
    def test_touching_ends_are_common(self):
        assert answer("ticket", mandate(ticket_min=2_000_000.0)) is PASS
        assert answer("ticket", mandate(ticket_max=2_000_000.0)) is PASS

    def test_a_single_investor_takes_all_that_is_left(self):
        small = mandate(ticket_min=100_000.0, ticket_max=500_000.0)

        assert answer("ticket", small) is FAIL
        assert answer("ticket", small, raise_(amount_left=400_000.0)) is PASS

    def test_a_syndicate_needs_only_its_least_ticket(self):
        small = mandate(ticket_min=100_000.0, ticket_max=500_000.0)

        assert answer("ticket", small, raise_(syndicate=True)) is PASS
        assert answer("ticket", small, raise_(syndicate=True, min_ticket=500_000.0)) is PASS
        assert answer("ticket", small, raise_(syndicate=True, min_ticket=500_001.0)) is FAIL

    def test_compares_in_euro(self):
        in_hryvnia = raise_(amount=100_000_000.0, currency="UAH")  # 2.29 M EUR

        assert answer("ticket", mandate(ticket_max=2_290_000.0), in_hryvnia) is PASS
        assert answer("ticket", mandate(ticket_max=2_289_999.0), in_hryvnia) is FAIL

    def test_is_unknown_without_an_exchange_rate(self):
        assert answer("ticket", mandate(currency="JPY")) is UNKNOWN
        assert answer("ticket", mandate(), raise_(currency="JPY")) is UNKNOWN


class TestTrl:
    def test_passes_without_bounds(self):
        assert answer("trl", mandate(), raise_(trl=None)) is PASS

    def test_is_unknown_when_a_bound_is_set_and_trl_not_given(self):
        assert answer("trl", mandate(trl_max=7), raise_(trl=None)) is UNKNOWN

    @pytest.mark.parametrize(("trl", "expected"), [(3, FAIL), (4, PASS), (8, PASS), (9, FAIL)])
    def test_fails_two_levels_outside(self, trl, expected):
        assert answer("trl", mandate(trl_min=5, trl_max=7), raise_(trl=trl)) is expected


class TestExclusions:
    def test_tells_none_declared_from_not_declared(self):
        excluding = mandate(exclusions=("cluster_munition",))

        assert answer("exclusions", excluding, raise_(flags=None)) is UNKNOWN
        assert answer("exclusions", excluding, raise_(flags=())) is PASS
        assert answer("exclusions", excluding, raise_(flags=("lethal", "cluster_munition"))) is FAIL

    def test_a_known_flag_fails_while_another_capability_declares_nothing(self):
        excluding = mandate(exclusions=("cluster_munition",))

        assert answer("exclusions", excluding, raise_(flags=None, known_flags=("cluster_munition",))) is FAIL
        assert answer("exclusions", excluding, raise_(flags=None, known_flags=("lethal",))) is UNKNOWN

    def test_passes_without_exclusions_whatever_is_declared(self):
        assert answer("exclusions", mandate(), raise_(flags=None)) is PASS


class TestDependency:
    @pytest.mark.parametrize(
        ("bands", "expected"),
        [
            ((), UNKNOWN),
            ((("EU", 0.0, 0.1),), UNKNOWN),
            ((("EU+EEA", 0.1, 0.2),), PASS),
            ((("EU+EEA", 0.2, 0.35),), PASS),
            ((("EU+EEA", 0.35, 0.5),), FAIL),
            ((("EU+EEA", 0.2, 0.5),), UNKNOWN),
        ],
    )
    def test_reads_the_band_of_its_perimeter(self, bands, expected):
        limited = mandate(max_foreign_share=0.35, perimeter="EU+EEA")

        assert answer("dependency", limited, raise_(foreign_bands=bands)) is expected

    def test_passes_without_a_limit(self):
        assert answer("dependency", mandate(perimeter="EU")) is PASS


class TestCapacity:
    def test_reaches_the_lower_end_of_the_common_ticket(self):
        assert answer("capacity", mandate(capacity=2_000_000.0)) is PASS
        assert answer("capacity", mandate(capacity=1_999_999.0)) is FAIL
        assert answer("capacity", mandate(capacity=1_000_000.0), raise_(syndicate=True)) is PASS

    def test_passes_when_not_stated(self):
        assert answer("capacity", mandate(capacity=None)) is PASS


class TestLever:
    """The build-up for equity in Ukraine is 2.5 + 1.2 · 4.33 + 5 + 16.02 = 28.716 %, 2872 bp."""

    def test_an_offer_at_the_build_up_needs_none(self):
        assert answer("lever", mandate(offered_cost=0.2872)) is PASS
        assert answer("lever", mandate(offered_cost=0.2871)) is FAIL

    def test_no_offer_needs_none(self):
        assert answer("lever", mandate(offered_cost=None)) is PASS

    def test_grants_pass(self):
        grant = mandate(offered_cost=0.0, instruments=("grant",))

        assert answer("lever", grant, raise_(instruments=("grant",))) is PASS

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, PASS),
            ({"classes": ("debt",)}, FAIL),
            ({"countries": ("PL",)}, FAIL),
            ({"countries": None}, UNKNOWN),
            ({"classes": None}, UNKNOWN),
            ({"excluded_flags": None}, UNKNOWN),
            ({"excluded_flags": ("lethal",)}, UNKNOWN),
            ({"excluded_flags": ("lethal",), "classes": ("debt",)}, FAIL),
            ({"valid_to": AS_OF}, PASS),
            ({"valid_to": AS_OF - dt.timedelta(days=1)}, FAIL),
            ({"valid_from": AS_OF}, PASS),
            ({"valid_from": AS_OF + dt.timedelta(days=1)}, FAIL),
        ],
    )
    def test_its_terms_admit_the_raise(self, changes, expected):
        assert answer("lever", mandate(offered_cost=0.1, lever=lever(**changes)), raise_(flags=None)) is expected

    def test_an_excluded_flag_fails(self):
        covered = mandate(offered_cost=0.1, lever=lever(excluded_flags=("lethal",)))

        assert answer("lever", covered, raise_(flags=("lethal",))) is FAIL
        assert answer("lever", covered, raise_(flags=("dual_use",))) is PASS

    def test_is_unknown_without_a_build_up_for_the_country(self):
        offering = mandate(offered_cost=0.1, lever=lever(countries=("MD",)))

        assert answer("lever", offering, raise_(country="MD")) is UNKNOWN

    def test_an_offer_that_cannot_be_converted_is_no_offer(self):
        assert answer("lever", mandate(offered_cost=0.01, currency="SEK", ticket_max=40_000_000.0)) is PASS


class TestStructure:
    @pytest.mark.parametrize(
        ("fund", "firm", "expected"),
        [
            ((), (), PASS),
            ((("board_seat", "yes", False),), (("board_seat", "no", False),), PASS),
            ((("board_seat", "yes", True),), (("board_seat", "no", False),), FAIL),
            ((("board_seat", "yes", False),), (("board_seat", "no", True),), FAIL),
            ((("board_seat", "yes", True),), (("board_seat", "yes", True),), PASS),
            ((("board_seat", "yes", True),), (), UNKNOWN),
            ((), (("holding", "EE", True),), UNKNOWN),
            ((("holding", "EE", True),), (("holding", "EE", False),), PASS),
            ((("max_stake", "0.25", False),), (("max_stake", "0.25", True),), PASS),
            ((("max_stake", "0.3", False),), (("max_stake", "0.25", True),), FAIL),
            ((("lead", "yes", True),), (("lead", "no", False), ("holding", "EE", True)), FAIL),
        ],
    )
    def test_only_required_terms_bind(self, fund, firm, expected):
        one = mandate(terms=tuple(Term(*term) for term in fund))
        other = raise_(terms=tuple(Term(*term) for term in firm))

        assert answer("structure", one, other) is expected

    def test_refuses_a_term_it_does_not_know(self):
        with pytest.raises(gates.TermUnknown):
            gates.terms_by_name((Term("colour", "blue", True),))

    def test_says_whose_term_it_is(self):
        assert gates.term("lead", ("yes", True), ("no", False)).side == "investor"
        assert gates.term("lead", ("yes", False), ("no", True)).side == "startup"


class TestFirmExclusions:
    @pytest.mark.parametrize(
        ("blocked", "investors", "expected"),
        [
            ((), None, PASS),
            (("DE",), ("FR",), FAIL),
            (("FR",), ("FR", "PL"), FAIL),
            (("FR",), ("PL",), PASS),
            (("FR",), None, UNKNOWN),
            (("DE",), None, FAIL),
            (("f1",), ("PL",), FAIL),
            (("f2",), None, PASS),
        ],
    )
    def test_reads_fund_country_and_investors(self, blocked, investors, expected):
        assert answer("firm_exclusions", mandate(investor_countries=investors), raise_(blocked=blocked)) is expected

    @pytest.mark.parametrize(("level", "expected"), [(None, UNKNOWN), (1, FAIL), (2, PASS)])
    def test_reads_the_verification_level(self, level, expected):
        fund = FundProfile(fund_id="f1", country="DE", investor_countries=(), level=level)

        assert gates.firm_exclusions(fund, (), 2).answer is expected


class TestHistory:
    @pytest.mark.parametrize(
        ("reason", "days", "expected"),
        [
            ("too_early", 90, FAIL),
            ("too_early", 91, PASS),
            ("never", 5000, FAIL),
            ("price", 365, FAIL),
            ("price", 366, PASS),
        ],
    )
    def test_a_decline_ends(self, reason, days, expected):
        declined = mandate(declines=(Decline("x1", reason, AS_OF - dt.timedelta(days=days)),))

        assert answer("history", declined) is expected

    def test_a_material_change_ends_too_early_only(self):
        day = AS_OF - dt.timedelta(days=10)
        changed = raise_(changed_on=day + dt.timedelta(days=1))

        assert answer("history", mandate(declines=(Decline("x1", "too_early", day),)), changed) is PASS
        assert answer("history", mandate(declines=(Decline("x1", "price", day),)), changed) is FAIL
        assert answer("history", mandate(declines=(Decline("x1", "too_early", day),)), raise_(changed_on=day)) is FAIL

    def test_another_firm_is_not_concerned(self):
        assert answer("history", mandate(declines=(Decline("x2", "never", AS_OF),))) is PASS
