"""What is missing of a firm, and what it would open."""

from dataclasses import replace

import pytest

from apps.matching.engine.gates import GATES as ENGINE_GATES
from apps.reference.scoring_models import CURRENT, model_files
from apps.startups.rules.readiness import (
    FEATURES,
    GATES,
    SPEED_KINDS,
    CapabilityState,
    FirmState,
    RaiseState,
    gaps,
    opening_weight,
)
from apps.startups.states import EventKind

CAPABILITY = CapabilityState(
    id="c1",
    is_published=True,
    has_trl=True,
    has_flags=True,
    has_description=True,
    has_unit_cost=True,
    has_output=True,
    has_lead_time=True,
    has_export_class=True,
    is_class_confirmed=True,
    has_standards=True,
    has_documents=True,
    lines=3,
    lines_without_origin=0,
    tier="E1",
)
RAISE = RaiseState(id="r1", is_open=True, has_stage=True, has_tenor=True, has_marginal_cost=True, has_terms=True)
READY = FirmState(
    id="f1",
    is_verified=True,
    is_screened=True,
    has_staff=True,
    has_region=True,
    has_summary=True,
    has_group=True,
    has_cash_months=True,
    figures_tier="E1",
    event_kinds=frozenset(EventKind.values),
    capabilities=(CAPABILITY,),
    raises=(RAISE,),
)


def codes(state: FirmState) -> list[str]:
    return [gap.code for gap in gaps(state=state)]


class TestMirror:
    """The names and weights that are kept here are those of matching."""

    def test_names_gates_that_there_are(self) -> None:
        assert set(GATES) <= set(ENGINE_GATES)

    def test_names_features_with_the_most_that_the_model_gives_them(self) -> None:
        weights = model_files()[CURRENT].raw["weights"]
        sides = [profile for side in weights.values() for profile in side.values()]

        for name, weight in FEATURES.items():
            assert weight == max(profile.get(name, 0) for profile in sides if name in profile), name

    def test_names_kinds_of_events_that_there_are(self) -> None:
        assert {kind for kinds in SPEED_KINDS.values() for kind in kinds} <= set(EventKind.values)


class TestGaps:
    def test_are_none_where_everything_is_said(self) -> None:
        assert gaps(state=READY) == []

    @pytest.mark.parametrize(
        ("change", "code", "opens"),
        [
            ({"has_flags": False}, "flags", ("gate.exclusions", "gate.lever")),
            ({"has_trl": False}, "trl", ("listing", "gate.trl", "feature.trl_fit")),
            ({"lines": 0}, "components", ("gate.dependency", "readers.t2")),
            ({"lines_without_origin": 1}, "origins", ("gate.dependency",)),
            ({"tier": "E0"}, "evidence", ("feature.evidence",)),
            ({"tier": ""}, "evidence", ("feature.evidence",)),
            ({"is_published": False}, "publication", ("teaser", "listing", "matching")),
            ({"has_description": False}, "description", ("readers.t2",)),
            ({"is_class_confirmed": False}, "export_class_word", ("room",)),
            ({"has_documents": False}, "documents", ("room",)),
        ],
    )
    def test_of_a_capability(self, change: dict[str, object], code: str, opens: tuple[str, ...]) -> None:
        state = replace(READY, capabilities=(replace(CAPABILITY, **change),))

        (gap,) = gaps(state=state)

        assert (gap.code, gap.subject, gap.subject_id, gap.opens) == (code, "capability", "c1", opens)

    @pytest.mark.parametrize(
        ("change", "code", "opens"),
        [
            ({"has_stage": False}, "stage", ("gate.stage", "feature.stage_fit")),
            ({"has_tenor": False}, "tenor", ("feature.patience",)),
            ({"has_terms": False}, "terms", ("gate.structure",)),
            ({"is_open": False}, "opening", ("listing", "matching")),
        ],
    )
    def test_of_a_raise(self, change: dict[str, object], code: str, opens: tuple[str, ...]) -> None:
        (gap,) = gaps(state=replace(READY, raises=(replace(RAISE, **change),)))

        assert (gap.code, gap.subject, gap.opens) == (code, "raise", opens)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"capabilities": ()}, "capability"),
            ({"raises": ()}, "raise"),
            ({"is_verified": False}, "verification"),
            ({"has_staff": False}, "staff"),
            ({"figures_tier": None, "has_cash_months": False}, "financials"),
            ({"figures_tier": "E0"}, "financials_evidence"),
            ({"has_cash_months": False}, "cash_months"),
            ({"event_kinds": frozenset(EventKind.values) - {"release_fielded"}}, "events_cadence"),
        ],
    )
    def test_of_the_firm(self, change: dict[str, object], code: str) -> None:
        assert codes(replace(READY, **change)) == [code]

    def test_stand_in_the_order_of_what_they_open(self) -> None:
        capability = replace(CAPABILITY, is_published=False, has_trl=False, has_description=False, has_flags=False)
        state = replace(READY, has_staff=False, capabilities=(capability,))

        found = gaps(state=state)

        assert [gap.code for gap in found] == ["publication", "staff", "trl", "flags", "description"]
        assert [gap.weight for gap in found] == sorted((gap.weight for gap in found), reverse=True)


class TestOpeningWeight:
    @pytest.mark.parametrize("opening", ["gate.none", "feature.none", "nothing"])
    def test_knows_no_others(self, opening: str) -> None:
        with pytest.raises(KeyError):
            opening_weight(opening)
