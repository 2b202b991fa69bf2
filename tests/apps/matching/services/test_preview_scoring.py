"""What a preview works out, beside explanations pair by pair."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from apps.matching.engine.bench import _data
from apps.matching.engine.columns import mandates_columns, raises_columns
from apps.matching.engine.explain import SUPPLIERS, explain
from apps.matching.engine.facts import Answer, CapabilityFacts, to_json
from apps.matching.engine.relations import gate_relations
from apps.matching.engine.synthetic import AS_OF, Synthetic
from apps.matching.rules.bands import count_band
from apps.matching.services.preview_scoring import previewed

MANDATES, RAISES = 70, 90


@pytest.fixture(scope="module")
def world():
    """Made-up facts, and the same as a generation's inputs."""
    model, areas, reference = _data()
    source = Synthetic(areas=areas, seed=11)
    mandates = [easy(mandate) for mandate in source.mandates(MANDATES)]
    raises = [replace(item, verified=Answer.PASS, screening=Answer.PASS) for item in source.raises(RAISES)]
    data = {"model": model, "areas": areas, "reference": reference}
    inputs = SimpleNamespace(
        run=SimpleNamespace(as_of=AS_OF),
        all_mandates=mandates_columns(mandates=mandates, as_of=AS_OF, **data),
        all_raises=raises_columns(raises=raises, **data),
        **data,
    )
    return SimpleNamespace(mandates=mandates, raises=raises, inputs=inputs, data=data)


def easy(mandate):
    """The mandate with few limits, so that there is something to compare."""
    return replace(
        mandate,
        verified=Answer.PASS,
        screening=Answer.PASS,
        areas=(("UMS", 1.0), ("C2", 0.5)) if "C2" in _data()[1].by_code else (("UMS", 1.0),),
        instruments=("equity", "convertible"),
        offered_cost=0.3,
        capacity=None,
        declines=(),
    )


def sought(world):
    """A raise that some of the mandates fit."""
    return replace(
        world.raises[0],
        capabilities=(CapabilityFacts("UMS.UAS.FPV", "fielded", "E2", is_lead=True),),
        instruments=("equity",),
        amount=4_000_000.0,
        amount_left=None,
        min_ticket=None,
        currency="EUR",
        syndicate=True,
        blocked=("CN",),
        terms=(),
        min_verification_level=None,
    )


def judged(world, mandate, item, side):
    """The explanation's answers: the score, and the codes of what fails and what is unknown, also where withheld."""
    explained = explain(mandate=mandate, raise_=item, as_of=AS_OF, side=side, **world.data)
    return explained.score, explained.confidence, explained.is_failed, explained


def whole(world, own, side):
    """Of each counterpart id: score, confidence and whether the pair passes, waits for data, or fails."""
    found = {}
    for other in world.raises if side == "investor" else world.mandates:
        pair = (own, other) if side == "investor" else (other, own)
        score, confidence, is_failed, _ = judged(world, *pair, side)
        # Withheld answers are seen from the side that they belong to.
        both = [judged(world, *pair, name)[3] for name in ("investor", "startup")]
        waits = any(gate.answer == Answer.UNKNOWN for view in both for gate in view.gates)
        found[other.id] = (score, confidence, "fails" if is_failed else "waits" if waits else "passes")
    return found


def asked(own, *trials):
    made = [
        {"code": "requested", "gate": "", "field": "", "to": "", "gates": gates, "facts": to_json(facts)}
        for facts, gates in trials
    ]
    return {"facts": to_json(own), "trials": made}


def order(found, state):
    """The ids of those in this state, as lists are ordered."""
    chosen = [(-score, -confidence, name) for name, (score, confidence, at) in found.items() if at == state]
    return [name for _, _, name in sorted(chosen)]


class TestPreviewed:
    @pytest.mark.parametrize("side", ["investor", "startup"])
    def test_sections_are_those_of_the_explanations(self, world, side):
        own = world.mandates[0] if side == "investor" else sought(world)

        found = previewed(asked=asked(own), side=side, inputs=world.inputs)

        plain = whole(world, own, side)
        assert [line["counterpart"] for line in found["sections"]["ranked"]] == order(plain, "passes")[:80]
        assert [line["counterpart"] for line in found["sections"]["needs_data"]] == order(plain, "waits")[:80]
        assert order(plain, "passes") or order(plain, "waits")
        for line in found["sections"]["ranked"]:
            assert line["score"] == plain[line["counterpart"]][0] == sum(line["contributions"])

    @pytest.mark.parametrize("is_told", [True, False])
    def test_a_change_tells_who_enters_leaves_and_what_scores_become(self, world, is_told):
        own = replace(world.mandates[0], trl_min=6, trl_max=9, exclusions=())
        eased, lowered = replace(own, trl_min=3), replace(own, ticket_max=own.ticket_min * 2)

        found = previewed(
            asked=asked(own, (eased, ["trl"] if is_told else None), (lowered, ["ticket", "capacity", "lever"])),
            side="investor",
            inputs=world.inputs,
        )

        before = whole(world, own, "investor")
        ranked = [line["counterpart"] for line in found["sections"]["ranked"]]
        for changed, told in zip((eased, lowered), found["changes"], strict=True):
            after = whole(world, changed, "investor")
            passed, passes = set(order(before, "passes")), set(order(after, "passes"))
            assert told["entering"] == vars_of(count_band(len(passes - passed)))
            assert told["leaving"] == vars_of(count_band(len(passed - passes)))
            assert told["scores"] == [after[name][0] if name in passes else None for name in ranked]
        assert any(
            told["scores"] != [line["score"] for line in found["sections"]["ranked"]] for told in found["changes"]
        )

    @pytest.mark.parametrize("side", ["investor", "startup"])
    def test_missing_facts_are_those_that_the_side_could_state(self, world, side):
        own = (
            replace(world.mandates[0], investor_countries=None, trl_min=4)
            if side == "investor"
            else replace(sought(world), trl=None, flags=None, known_flags=(), stage=None)
        )

        found = previewed(asked=asked(own), side=side, inputs=world.inputs)

        waiting, alone = plain_missing(world, own, side)
        assert {entry["item"]: entry["waiting"] for entry in found["missing"]} == {
            item: vars_of(count_band(count)) for item, count in waiting.items()
        }
        assert {entry["item"]: entry["alone"] for entry in found["missing"]} == {
            item: vars_of(count_band(alone.get(item, 0))) for item in waiting
        }
        assert waiting


def plain_missing(world, own, side):
    """The items by counterpart, found by asking every part of every gate."""
    waiting, alone = {}, {}
    plain = whole(world, own, side)
    for other in world.raises if side == "investor" else world.mandates:
        if plain[other.id][2] != "waits":
            continue
        mandate, item = (own, other) if side == "investor" else (other, own)
        unknown = {
            gate.code
            for name in ("investor", "startup")
            for gate in explain(mandate=mandate, raise_=item, as_of=AS_OF, side=name, **world.data).gates
            if gate.answer == Answer.UNKNOWN
        }
        items = set()
        for relation in gate_relations(model=world.data["model"]):
            if relation.gate in unknown:
                verdict = relation.verdict(relation.of_mandate(mandate), relation.of_raise(item))
                items |= set(verdict.missing) if verdict.answer is Answer.UNKNOWN else set()
        own_items = {name for name in items if name.startswith(SUPPLIERS[side])}
        for name in own_items:
            waiting[name] = waiting.get(name, 0) + 1
        if len(items) == 1 and own_items:
            (only,) = items
            alone[only] = alone.get(only, 0) + 1
    return waiting, alone


def vars_of(band):
    return {"at_least": band.at_least, "below": band.below}
