import math
import random

import numpy as np
import pytest

from apps.matching.engine import arithmetic
from apps.matching.engine.compiled import compiled

exact_sum = arithmetic.exact_sum


@compiled
def summed(values, parts):
    return exact_sum(values, len(values), parts)


class TestExactSum:
    @pytest.mark.parametrize(
        "values",
        [
            [],
            [0.1] * 10,
            [1.0, 2.0**-53, 2.0**-106],
            [1.0, 2.0**-53, -(2.0**-106)],
            [1e16, 1.0, -1e16],
            [0.3, -0.1, -0.2],
            [2.0**53, 1.0, 1e-30],
        ],
    )
    def test_is_rounded_once_at_boundaries(self, values):
        assert summed(np.array(values, np.float64), np.zeros(64)) == math.fsum(values)

    def test_is_that_of_fsum_on_random_sums(self):
        draw = random.Random(5)
        for _ in range(3000):
            values = [draw.uniform(-1, 1) * 10 ** draw.randint(-20, 3) for _ in range(draw.randint(1, 40))]

            assert summed(np.array(values), np.zeros(64)) == math.fsum(values)
