"""A small world for the worked examples: one firm, one raise, one fund, one mandate, and round reference figures."""

import copy
import csv
from datetime import date
from pathlib import Path
from typing import Any

from tests.oracle.world import Pair, World, load

AS_OF = date(2025, 6, 30)

MODEL: dict[str, Any] = {
    "weights": {
        "investor": {
            "common": {
                "area_overlap": 2200,
                "stage_fit": 700,
                "trl_fit": 300,
                "evidence": 700,
                "ticket_fit": 900,
                "geography_fit": 500,
                "risk_paid": 1200,
                "patience": 300,
                "instrument_rank": 300,
                "complementarity": 800,
            },
            "iterating": {"adaptation": 700, "cadence": 400, "feedback": 400, "delivery": 600},
            "producing": {"adaptation": 200, "cadence": 100, "feedback": 400, "delivery": 1400},
        },
        "startup": {
            "common": {
                "area_overlap": 1500,
                "stage_fit": 400,
                "trl_fit": 200,
                "ticket_fit": 1000,
                "geography_fit": 400,
                "cost_saving": 2200,
                "patience": 900,
                "instrument_rank": 300,
                "decision_speed": 1500,
                "complementarity": 1100,
                "capacity": 500,
            },
            "iterating": {},
            "producing": {},
        },
    },
    "parameters": {
        "affinity_decay": 0.35,
        "secondary_capability_strength": 0.8,
        "trl_slack_levels": 2,
        "ticket_sigma_floor": 0.35,
        "ticket_range_sigmas": 3.29,
        "risk_paid_full_scale": 0.1,
        "saving_step_bp": 400,
        "saving_steps": 5,
        "complementarity_full_scale": 0.2,
        "instrument_rank_step": 0.5,
        "cadence_full_scale_log2": 4,
        "cadence_prior_weight": 4,
        "shrinkage_k0": 2,
        "window_days": 365,
        "duration_floor_days": 0.25,
        "decision_horizon_days": 180,
        "close_prior": [0.5, 2],
        "confidence_k": 2,
        "foreign_share_band_edges": [0.1, 0.2, 0.35, 0.5, 0.75],
        "cooldown_days": {"too_early": 90, "other": 365},
    },
    "maturity": {"concept": 0, "prototype": 0.2, "tested": 0.4, "codified": 0.6, "fielded": 0.8, "serial": 1.0},
    "tier_weight": {"E0": 0.25, "E1": 0.5, "E2": 0.8, "E3": 1.0},
    "tier_uncertainty": {"prior": 1.0, "E0": 0.75, "E1": 0.5, "E2": 0.2, "E3": 0.1},
    "likelihood_weight": {"E1": 0.5, "E2": 1.0, "E3": 1.0},
    "prior_mean": {
        "risk_paid": 0.5,
        "cost_saving": 0.2,
        "adaptation": 0.05,
        "cadence": 0.05,
        "feedback": 0.05,
        "delivery": 0.05,
        "decision_speed": 0.05,
    },
}

AREAS: dict[str, Any] = {
    "areas": [
        {
            "code": "AIR",
            "parent": None,
            "profile": "iterating",
            "half_life_days": 90,
            "delivery_half_life_days": 30,
            "european_iteration_days": 365,
            "countermeasure_cycle_days": {"median": 60, "sigma": 0.5},
            "prior": {
                "iteration_days": {"median": 91.25, "sigma": 0.9},
                "feedback_to_fix_days": {"median": 60, "sigma": 0.9},
                "countermeasure_response_days": {"median": 60, "sigma": 0.9},
                "order_to_delivery_days": {"median": 30, "sigma": 0.8},
            },
        },
        {"code": "AIR.FPV", "parent": "AIR"},
        {"code": "AIR.FPV.NIGHT", "parent": "AIR.FPV"},
        {"code": "AIR.ISR", "parent": "AIR"},
        {
            "code": "MFG",
            "parent": None,
            "profile": "producing",
            "half_life_days": 730,
            "delivery_half_life_days": 60,
            "european_iteration_days": 730,
            "countermeasure_cycle_days": None,
            "prior": {
                "iteration_days": {"median": 182.5, "sigma": 0.9},
                "feedback_to_fix_days": {"median": 120, "sigma": 0.9},
                "order_to_delivery_days": {"median": 60, "sigma": 0.8},
            },
        },
        {"code": "NEW", "parent": None},
    ]
}

REFERENCE: dict[str, Any] = {
    "cost_of_equity": {
        "risk_free": {"value": 0.025},
        "mature_erp": {"value": 0.05},
        "beta": {"value": 1.2},
        "size_premium": {"value": 0.05},
    },
    "country_risk_premium": {"values": {"UA": 0.16, "DE": 0.0}},
    "fund_decision_prior_days": {"cash": {"median": 210, "sigma": 0.6}, "basis": "assumption"},
    "fx_to_eur": {"values": {"EUR": 1.0, "UAH": 0.02, "PLN": 0.25}},
    "cost_of_debt": {
        "margin": {"value": 0.02},
        "expected_loss_per_year_by_tier": {"E0": 0.08, "E1": 0.06, "E2": 0.04, "E3": 0.03, "basis": "assumption"},
    },
    "inflation": {"as_of": "2025-01-05", "EUR": 0.02, "UAH": 0.1, "basis": "assumption"},
    "country_groups": {"EU": ["DE", "PL"], "EEA_only": ["NO"], "at_war": ["UA"]},
}

FIRM = {"key": "firm", "legal_name": "Firm", "country": "UA", "region": "UA-32"}
CAPABILITY = {
    "key": "cap",
    "startup_key": "firm",
    "area": "AIR.FPV",
    "title": "Drone",
    "trl": "7",
    "maturity": "fielded",
    "tier": "E2",
    "flags": "none",
}
RAISE = {
    "key": "raise",
    "startup_key": "firm",
    "lead_capability_key": "cap",
    "amount": "1000000",
    "currency": "EUR",
    "instruments": "equity",
    "stage": "seed",
    "opened_on": "2025-06-01",
}
FUND = {"key": "fund", "legal_name": "Fund", "country": "DE"}
MANDATE = {
    "key": "mandate",
    "fund_key": "fund",
    "name": "Seed",
    "areas": "AIR.FPV:1",
    "ticket_min": "500000",
    "ticket_max": "2000000",
    "currency": "EUR",
    "instruments": "equity",
}


class Sheets:
    """The tables of an import under construction: change the one row of each, add others, then score."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.firm, self.capability = dict(FIRM), dict(CAPABILITY)
        self.raised, self.fund, self.mandate = dict(RAISE), dict(FUND), dict(MANDATE)
        self.more: dict[str, list[dict[str, str]]] = {}
        self.model, self.reference = copy.deepcopy(MODEL), copy.deepcopy(REFERENCE)

    def add(self, table: str, **cells: str) -> None:
        self.more.setdefault(table, []).append(cells)

    def world(self, *, verified: bool = True, as_of: date = AS_OF) -> World:
        own = {
            "startups": self.firm,
            "capabilities": self.capability,
            "raises": self.raised,
            "funds": self.fund,
            "mandates": self.mandate,
        }
        for table in {*own, *self.more}:
            rows = [own[table]] if table in own else []
            self._write(table, rows + self.more.get(table, []))
        return load(self.folder, as_of, verified=verified, model=self.model, areas=AREAS, reference=self.reference)

    def pair(self, *, verified: bool = True, as_of: date = AS_OF) -> Pair:
        return next(iter(self.world(verified=verified, as_of=as_of).pairs()))

    def _write(self, table: str, rows: list[dict[str, str]]) -> None:
        columns = sorted({column for row in rows for column in row})
        with (self.folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
