"""The digest of very many pairs."""

import dataclasses

import numpy as np
import pytest

from apps.matching.engine import digests
from apps.matching.engine.digests import IdsDiffer, pairs_digest
from apps.matching.engine.model import SIDES
from apps.matching.engine.rank import digest, lines, rank
from tests.apps.matching.engine.test_packing import AS_OF, columns_of, given, world

__all__ = ["given"]


@pytest.fixture(scope="module")
def whole(given):
    mandates, raises = columns_of(given, given["mandates"], given["raises"])
    return world(mandates=mandates, raises=raises, model=given["model"], reference=given["reference"], as_of=AS_OF)


def numbered(lists):
    return np.concatenate(
        [(one.scored.mandate.astype(np.uint64) << np.uint64(32)) | one.scored.raise_.astype(np.uint64) for one in lists]
    )


class TestPairsDigest:
    @pytest.mark.parametrize("threads", [1, 2])
    def test_is_the_one_over_the_lines(self, whole, threads, monkeypatch):
        monkeypatch.setattr(digests, "AT_ONCE", 100)
        lists = [rank(world=whole, side=side) for side in SIDES]

        found = pairs_digest(world=whole, pairs=numbered(lists), threads=threads)

        assert found == digest(lines=lines(world=whole, lists=lists))

    def test_sorts_by_ids_whatever_the_numbers(self, whole):
        lists = [rank(world=whole, side=side) for side in SIDES]
        ids = tuple(reversed(whole.mandates.ids))
        order = np.arange(len(ids), dtype=np.int32)[::-1]
        turned = dataclasses.replace(whole, mandates=dataclasses.replace(whole.mandates, ids=ids, order=order))

        found = pairs_digest(world=turned, pairs=numbered(lists))

        assert found == digest(lines=lines(world=turned, lists=lists))

    def test_refuses_ids_of_several_lengths(self, whole):
        ids = ("longer than others", *whole.mandates.ids[1:])
        odd = dataclasses.replace(whole, mandates=dataclasses.replace(whole.mandates, ids=ids))

        with pytest.raises(IdsDiffer):
            pairs_digest(world=odd, pairs=np.zeros(1, np.uint64))
