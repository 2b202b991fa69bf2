"""Which single changes are tried, and which count as edits."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from apps.matching.rules.trials import edge_above, edge_below, gates_of, mandate_trials, probes_of, raise_trials

EDGES = tuple(Decimal(edge) for edge in ("0", "0.1", "0.2", "0.35", "0.5", "0.75", "1"))


def mandate(**changed):
    terms = {
        "ticket_min": Decimal(250_000),
        "ticket_max": Decimal(3_000_000),
        "countries": [],
        "offered_cost_of_capital": None,
        "lever": None,
        "trl_min": None,
        "trl_max": None,
        "exclusions": [],
        "max_foreign_share": None,
        "instruments": ["equity", "convertible"],
        "terms": [],
    }
    return {**terms, **changed}


def tried(terms, countries=(), levers=()):
    found = mandate_trials(terms=terms, countries=countries, levers=levers, share_edges=EDGES)
    return {(trial.code, trial.to): dict(trial.values) for trial in found}


class TestEdges:
    @pytest.mark.parametrize(
        ("amount", "below", "above"),
        [
            ("250000", "200000", "500000"),
            ("200000", "100000", "500000"),
            ("1000000", "500000", "2000000"),
            ("999999.99", "500000", "1000000"),
            ("5", "2", "10"),
            ("0.3", "0.2", "0.5"),
        ],
    )
    def test_are_the_neighbours_in_the_series(self, amount, below, above):
        assert (edge_below(Decimal(amount)), edge_above(Decimal(amount))) == (Decimal(below), Decimal(above))


class TestMandateTrials:
    def test_tickets_go_to_the_next_edge(self):
        assert tried(mandate()) == {
            ("ticket_max_raised", "5000000"): {"ticket_max": Decimal(5_000_000)},
            ("ticket_min_lowered", "200000"): {"ticket_min": Decimal(200_000)},
        }

    def test_a_limit_of_countries_is_widened_by_the_most_wanted_that_it_leaves_out(self):
        found = tried(mandate(countries=["PL"]), countries=["UA", "PL", "DE", "EE", "LT"])

        added = [values["countries"] for (code, _), values in found.items() if code == "country_added"]
        assert added == [["PL", "UA"], ["PL", "DE"], ["PL", "EE"]]

    def test_without_a_limit_no_country_is_added(self):
        assert not [code for code, _ in tried(mandate(), countries=["UA"]) if code == "country_added"]

    def test_an_offer_goes_down_by_fifty_basis_points(self):
        found = tried(mandate(offered_cost_of_capital=Decimal("0.300000")))

        assert found["offer_lowered", "0.295000"] == {"offered_cost_of_capital": Decimal("0.295")}

    def test_a_lever_is_named_where_there_is_none(self):
        levers = [SimpleNamespace(pk=number) for number in range(5)]

        named = [to for code, to in tried(mandate(), levers=levers) if code == "lever_named"]
        assert named == ["0", "1", "2"]
        assert not [code for code, _ in tried(mandate(lever=1), levers=levers) if code == "lever_named"]

    def test_bounds_of_trl_widen_by_one_and_stay_in_the_scale(self):
        found = tried(mandate(trl_min=6, trl_max=8))

        assert found["trl_min_lowered", "5"] == {"trl_min": 5}
        assert found["trl_max_raised", "9"] == {"trl_max": 9}
        assert not [code for code, _ in tried(mandate(trl_min=1, trl_max=9)) if code.startswith("trl")]

    def test_limits_on_goods_are_eased_one_by_one(self):
        found = tried(mandate(exclusions=["lethal", "dual_use"], max_foreign_share=Decimal("0.200")))

        assert found["exclusion_dropped", "lethal"] == {"exclusions": ["dual_use"]}
        assert found["foreign_share_raised", "0.35"] == {"max_foreign_share": Decimal("0.35")}
        assert not [code for code, _ in tried(mandate(max_foreign_share=Decimal(1))) if code == "foreign_share_raised"]

    def test_a_required_term_is_eased_and_stays_stated(self):
        terms = [
            {"term": "lead", "value": "yes", "required": True},
            {"term": "holding", "value": "EE", "required": False},
        ]

        found = tried(mandate(terms=terms))

        assert found["term_eased", "lead"]["terms"] == [{**terms[0], "required": False}, terms[1]]
        assert ("term_eased", "holding") not in found

    def test_instruments_stay_in_their_class(self):
        found = tried(mandate(instruments=["loan"]))

        assert {to for code, to in found if code == "instrument_added"} == {"bond", "venture_debt", "guarantee"}


class TestRaiseTrials:
    def test_tries_what_the_firm_itself_limits(self):
        terms = {
            "syndicate": False,
            "min_ticket": Decimal(300_000),
            "instruments": ["equity"],
            "terms": [],
            "blocked_countries": ["CN", "US"],
        }

        found = {(trial.code, trial.to): dict(trial.values) for trial in raise_trials(terms=terms)}

        assert found == {
            ("syndicate_opened", "true"): {"syndicate": True},
            ("min_ticket_lowered", "200000"): {"min_ticket": Decimal(200_000)},
            ("instrument_added", "convertible"): {"instruments": ["equity", "convertible"]},
            ("country_admitted", "CN"): {"blocked_countries": ["US"]},
            ("country_admitted", "US"): {"blocked_countries": ["CN"]},
        }


class TestProbesOf:
    def test_counts_the_trials_that_meet_a_hidden_limit(self):
        tried_fields = [["areas"], ["ticket_max", "currency"], ["trl_min"], ["terms"]]

        assert probes_of(side="investor", tried=tried_fields) == 2

    def test_what_is_open_to_all_is_free(self):
        assert probes_of(side="investor", tried=[["areas", "stages", "trl_max", "offered_cost_of_capital"]]) == 0
        assert probes_of(side="startup", tried=[["stage", "marginal_cost_of_capital", "terms"]]) == 0

    def test_a_firms_amounts_meet_the_funds_capacity(self):
        assert probes_of(side="startup", tried=[["amount"], ["min_ticket"], ["syndicate"]]) == 3


class TestGatesOf:
    def test_names_what_the_fields_decide(self):
        assert gates_of(["trl_min", "countries"]) == {"trl", "country"}
        assert gates_of(["tenor_years"]) == frozenset()

    def test_of_an_unknown_field_any_may_change(self):
        assert gates_of(["trl_min", "lead_capability"]) is None
