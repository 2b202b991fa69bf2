"""Columns as bytes and back."""

import json

import numpy as np
import pytest

from apps.matching.engine.columns import mandates_columns, raises_columns
from apps.matching.engine.compile import AREAS, MODEL, REFERENCE
from apps.matching.engine.model import SIDES, Areas, Model, Reference
from apps.matching.engine.packing import PartForeign, pack_mandates, pack_raises, unpack_mandates, unpack_raises
from apps.matching.engine.rank import digest, lines, rank
from apps.matching.engine.synthetic import AS_OF, Synthetic
from apps.matching.engine.world import world


def given_made():
    """Forty mandates, two hundred raises and what they are scored with."""
    areas = Areas.from_json(json.loads(AREAS.read_bytes()))
    model = Model.from_json(json.loads(MODEL.read_bytes()))
    reference = Reference.from_json(json.loads(REFERENCE.read_bytes()))
    source = Synthetic(areas=areas, seed=5)
    return {
        "mandates": source.mandates(40),
        "raises": source.raises(200),
        "model": model,
        "areas": areas,
        "reference": reference,
    }


@pytest.fixture(scope="module")
def given():
    return given_made()


def columns_of(given, mandates, raises):
    figures = {name: given[name] for name in ("model", "areas", "reference")}
    return mandates_columns(mandates=mandates, as_of=AS_OF, **figures), raises_columns(raises=raises, **figures)


def digest_of(given, mandates, raises):
    whole = world(mandates=mandates, raises=raises, model=given["model"], reference=given["reference"], as_of=AS_OF)
    return digest(lines=lines(world=whole, lists=[rank(world=whole, side=side) for side in SIDES]))


class TestParts:
    def test_joined_are_what_all_at_once_are(self, given):
        whole = columns_of(given, given["mandates"], given["raises"])
        parts = [
            columns_of(given, given["mandates"][at : at + 10], given["raises"][5 * at : 5 * at + 50])
            for at in (0, 10, 20, 30)
        ]

        mandates = unpack_mandates([pack_mandates(one) for one, _ in parts])
        raises = unpack_raises([pack_raises(one) for _, one in parts], areas=given["areas"])

        assert mandates.ids == whole[0].ids
        assert mandates.declines == whole[0].declines
        assert (raises.ids, raises.firms, raises.changed_on) == (whole[1].ids, whole[1].firms, whole[1].changed_on)
        assert np.array_equal(raises.strengths, whole[1].strengths)
        assert digest_of(given, mandates, raises) == digest_of(given, *whole)

    def test_nothing_is_nothing(self, given):
        mandates, raises = unpack_mandates([]), unpack_raises([], areas=given["areas"])

        assert (len(mandates.rows), len(raises.rows)) == (0, 0)

    def test_others_are_refused(self, given):
        mandates, _ = columns_of(given, given["mandates"][:2], given["raises"][:2])

        with pytest.raises(PartForeign):
            unpack_raises([pack_mandates(mandates)], areas=given["areas"])


class TestWorldPart:
    @pytest.mark.parametrize("side", SIDES)
    def test_blocks_are_the_whole(self, given, side):
        mandates, raises = columns_of(given, given["mandates"], given["raises"])
        whole = world(mandates=mandates, raises=raises, model=given["model"], reference=given["reference"], as_of=AS_OF)
        cut = whole.mandates_part if side == SIDES[0] else whole.raises_part
        owners = 40 if side == SIDES[0] else 200

        blocks = [cut(first, first + owners // 4) for first in range(0, owners, owners // 4)]

        once = digest(lines=lines(world=whole, lists=[rank(world=whole, side=side)]))
        several = [line for block in blocks for line in lines(world=block, lists=[rank(world=block, side=side)])]
        assert digest(lines=several) == once
