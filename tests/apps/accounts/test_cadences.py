"""Of two wishes about one mail the rarer counts."""

import pytest

from apps.accounts.cadences import Cadence, rarer


class TestRarer:
    @pytest.mark.parametrize(
        ("wishes", "expected"),
        [
            (("instant", "instant"), Cadence.INSTANT),
            (("instant", "daily"), Cadence.DAILY),
            (("weekly", "daily"), Cadence.WEEKLY),
            (("off", "instant"), Cadence.OFF),
            (("daily",), Cadence.DAILY),
        ],
    )
    def test_takes_the_rarest(self, wishes: tuple[str, ...], expected: Cadence) -> None:
        assert rarer(*wishes) == expected
