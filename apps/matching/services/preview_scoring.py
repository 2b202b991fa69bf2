"""What a preview asks for, worked out by the exact path: the list, what is missing, and what each trial would change.

It loads the engine and a generation's columns: where the chunks of match runs run.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine import relations
from apps.matching.engine.columns import Mandates, Raises, mandates_columns, raises_columns
from apps.matching.engine.explain import SUPPLIERS
from apps.matching.engine.facts import Answer, MandateFacts, RaiseFacts, from_json
from apps.matching.engine.gates import GATES
from apps.matching.engine.pairs import Scored, World, score, world
from apps.matching.engine.published import spread
from apps.matching.models import MatchPreview
from apps.matching.rules.bands import count_band
from apps.matching.services.inputs import Inputs, inputs_of
from apps.matching.states import Section, Side

ALL = (1 << len(GATES)) - 1


def preview_work(*, payload: Mapping[str, Any], check: Callable[[], None]) -> Callable[[], None]:
    """Work out a preview in its generation; the returned function stores what came of it."""
    preview = MatchPreview.objects.get(pk=payload["preview"])
    inputs = inputs_of(run_id=preview.run_id)
    check()
    result = previewed(asked=preview.asked, side=preview.side, inputs=inputs, check=check)

    def store() -> None:
        MatchPreview.objects.filter(pk=preview.pk).update(result=result)

    return store


def previewed(
    *, asked: Mapping[str, Any], side: str, inputs: Inputs, check: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """What the terms in `asked` would be matched with, as JSON types.

    `sections`: per section the best lines; `missing`: the own facts that unknown gates wait for, with the bands of how
    many counterparts wait, and for nothing else; `changes`: per trial how many enter and leave, in bands, and the score
    of each ranked line, None where a gate would fail.
    """
    kind: type[MandateFacts | RaiseFacts] = MandateFacts if side == Side.INVESTOR else RaiseFacts
    read: Any = from_json
    base = read(kind, asked["facts"])
    tried = [
        replace(read(kind, trial["facts"]), id=f"{base.id}#{number}") for number, trial in enumerate(asked["trials"])
    ]
    made = _world([base, *tried], side, inputs)
    others = np.arange(len(made.raises.ids if side == Side.INVESTOR else made.mandates.ids))
    whole = _scored(made, side, 0, others)
    check()
    sections = {
        Section.RANKED: _best(whole, made, side, inputs, (whole.failed == 0) & (whole.unknown == 0)),
        Section.NEEDS_DATA: _best(whole, made, side, inputs, (whole.failed == 0) & (whole.unknown != 0)),
    }
    ranked = sections[Section.RANKED]

    def change(number: int) -> dict[str, Any]:
        check()
        return _change(made, side, number + 1, asked["trials"][number], whole, ranked)

    return {
        "sections": {str(name): _lines(whole, made, side, lines) for name, lines in sections.items()},
        "counts": {
            str(name): asdict(
                count_band(int(((whole.failed == 0) & ((whole.unknown != 0) == (name == Section.NEEDS_DATA))).sum()))
            )
            for name in sections
        },
        "missing": _missing(made, side, whole),
        "changes": spread(change, range(len(tried)), len(os.sched_getaffinity(0))),
    }


def _world(own: Sequence[Any], side: str, inputs: Inputs) -> World:
    model, areas, reference, as_of = inputs.model, inputs.areas, inputs.reference, inputs.run.as_of
    mandates: Mandates
    raises: Raises
    if side == Side.INVESTOR:
        mandates = mandates_columns(mandates=own, model=model, areas=areas, reference=reference, as_of=as_of)
        raises = inputs.all_raises
    else:
        mandates = inputs.all_mandates
        raises = raises_columns(raises=own, model=model, areas=areas, reference=reference)
    return world(mandates=mandates, raises=raises, model=model, reference=reference, as_of=as_of)


def _scored(made: World, side: str, own: int, others: NDArray[np.int64]) -> Scored:
    owns = np.full(len(others), own)
    if side == Side.INVESTOR:
        return score(world=made, mandate=owns, raise_=others)
    return score(world=made, mandate=others, raise_=owns)


def _totals(scored: Scored, side: str) -> NDArray[np.int32]:
    return scored.score_investor if side == Side.INVESTOR else scored.score_startup


def _best(whole: Scored, made: World, side: str, inputs: Inputs, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The best of the chosen pairs in the order of lists: score, confidence, then the other's id."""
    lines = np.flatnonzero(chosen)
    investor = side == Side.INVESTOR
    trust = whole.confidence_investor if investor else whole.confidence_startup
    order = (made.raises if investor else made.mandates).order
    by = np.lexsort((order[lines], -trust[lines], -_totals(whole, side)[lines]))
    found: NDArray[np.int64] = lines[by][: int(inputs.model.parameters["list_kept"])]
    return found


def _lines(whole: Scored, made: World, side: str, lines: NDArray[np.int64]) -> list[dict[str, Any]]:
    investor = side == Side.INVESTOR
    ids = made.raises.ids if investor else made.mandates.ids
    trust = whole.confidence_investor if investor else whole.confidence_startup
    points = whole.contributions_investor if investor else whole.contributions_startup
    return [
        {
            "counterpart": ids[line],
            "score": int(_totals(whole, side)[line]),
            "score_mutual": int(whole.score_mutual[line]),
            "confidence": int(trust[line]),
            "contributions": points[line].tolist(),
            "missing": int(whole.unknown[line]),
        }
        for line in lines.tolist()
    ]


def _change(
    made: World, side: str, own: int, trial: Mapping[str, Any], whole: Scored, ranked: NDArray[np.int64]
) -> dict[str, Any]:
    """What one trial would do. Only pairs that no other gate keeps apart are scored again."""
    decided = ALL if trial["gates"] is None else sum(1 << GATES.index(name) for name in trial["gates"])
    near = np.flatnonzero(((whole.failed | whole.unknown) & ~decided) == 0)
    scored = _scored(made, side, own, near)
    passes = (scored.failed == 0) & (scored.unknown == 0)
    passed = (whole.failed[near] == 0) & (whole.unknown[near] == 0)
    totals = dict(zip(near[passes].tolist(), _totals(scored, side)[passes].tolist(), strict=True))
    return {
        "entering": asdict(count_band(int((passes & ~passed).sum()))),
        "leaving": asdict(count_band(int((passed & ~passes).sum()))),
        "scores": [totals.get(line) for line in ranked.tolist()],
    }


def _missing(made: World, side: str, whole: Scored) -> list[dict[str, Any]]:
    """The facts of one's own that unknown gates wait for: how many counterparts wait for it, and for it alone."""
    waits: dict[str, NDArray[np.bool_]] = {}
    blocked = np.zeros(len(whole.failed), np.bool_)
    open_ = (whole.failed == 0) & (whole.unknown != 0)
    answered = np.zeros(len(whole.failed), np.int64)
    investor = side == Side.INVESTOR
    own_gates, other_gates = (
        (made.mandates.gates, made.raises.gates) if investor else (made.raises.gates, made.mandates.gates)
    )
    for number, relation in enumerate(relations.gate_relations(model=made.model)):
        bit = 1 << GATES.index(relation.gate)
        own_value = own_gates.values[number][own_gates.codes[0, number]]
        concerned = open_ & ((whole.unknown & bit) != 0)
        if not concerned.any():
            continue
        codes = other_gates.codes[:, number]
        for code, value in enumerate(other_gates.values[number]):
            verdict = relation.verdict(*((own_value, value) if investor else (value, own_value)))
            if verdict.answer is not Answer.UNKNOWN:
                continue
            there = concerned & (codes == code)
            if not there.any():
                continue
            answered[there] |= bit
            for item in verdict.missing:
                if item.startswith(SUPPLIERS[side]):
                    waits.setdefault(item, np.zeros(len(there), np.bool_))[there] = True
                else:
                    blocked |= there
    # A gate that waits for what no table knows of waits for somebody else.
    blocked |= open_ & ((whole.unknown & ~answered) != 0)
    needed = sum((lines.astype(np.int64) for lines in waits.values()), np.zeros(len(blocked), np.int64))
    counts = Counter({item: int((lines & ~blocked & (needed == 1)).sum()) for item, lines in waits.items()})
    found = [
        {"item": item, "waiting": asdict(count_band(int(waits[item].sum()))), "alone": asdict(count_band(alone))}
        for item, alone in counts.items()
    ]
    return sorted(found, key=lambda entry: (-entry["alone"]["at_least"], -entry["waiting"]["at_least"], entry["item"]))
