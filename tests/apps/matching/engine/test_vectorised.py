"""The plain numpy path: the same scores and lists, also where numba is missing."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from apps.matching.engine import vectorised
from apps.matching.engine.model import SIDES
from apps.matching.engine.pairs import room_for, score_into
from apps.matching.engine.rank import digest, lines, rank
from tests.apps.matching.engine.test_packing import AS_OF, columns_of, given, given_made, world

__all__ = ["given"]
ROOT = Path(__file__).parents[4]
WITHOUT_NUMBA = """
import sys

sys.modules["numba"] = None
from tests.apps.matching.engine.test_vectorised import lists_digest_of_all
from apps.matching.engine.compiled import COMPILES

assert not COMPILES
print(lists_digest_of_all())
"""


def lists_digest_of_all():
    whole = whole_of(given_made())
    return digest(lines=lines(world=whole, lists=[rank(world=whole, side=side) for side in SIDES]))


def whole_of(found):
    mandates, raises = columns_of(found, found["mandates"], found["raises"])
    return world(mandates=mandates, raises=raises, model=found["model"], reference=found["reference"], as_of=AS_OF)


@pytest.fixture(scope="module")
def whole(given):
    return whole_of(given)


class TestScoreInto:
    def test_is_the_compiled_one(self, whole):
        mandate, raise_ = (part.ravel() for part in np.divmod(np.arange(40 * 200), 200))
        compiled, plain = (room_for(len(mandate), raw_rows=len(mandate)) for _ in range(2))

        score_into(world=whole, mandate=mandate, raise_=raise_, room=compiled)
        vectorised.score_into(
            mandate=mandate, raise_=raise_, m=whole.m, r=whole.r, t=whole.tables, w=whole.weights, room=plain
        )

        assert np.array_equal(plain.whole, compiled.whole)
        assert np.array_equal(plain.c_investor, compiled.c_investor)
        assert np.array_equal(plain.c_startup, compiled.c_startup)
        assert np.allclose(plain.raw, compiled.raw, rtol=1e-12, equal_nan=True)

    def test_takes_no_pairs(self, whole):
        nothing = np.zeros(0, np.int64)

        vectorised.score_into(
            mandate=nothing, raise_=nothing, m=whole.m, r=whole.r, t=whole.tables, w=whole.weights, room=room_for(0)
        )


class TestWithoutNumba:
    def test_makes_the_same_lists(self, whole):
        child = subprocess.run(
            [sys.executable, "-c", WITHOUT_NUMBA],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform")))},
            capture_output=True,
            text=True,
            timeout=600,
        )

        assert child.returncode == 0, child.stderr
        here = digest(lines=lines(world=whole, lists=[rank(world=whole, side=side) for side in SIDES]))
        assert child.stdout.strip() == here
