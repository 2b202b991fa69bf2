"""How long each phase took."""

import datetime as dt

from apps.matching.rules.phases import Phase, phases

NAMES = ("record", "score", "publish")
START = dt.datetime(2026, 11, 15, 12, tzinfo=dt.UTC)


def after(seconds):
    return START + dt.timedelta(seconds=seconds)


class TestPhases:
    def test_each_lasts_until_the_next_opens(self):
        found = phases(names=NAMES, opened=[START, after(4), after(16.5)], ended=after(20), now=after(99))

        assert found == (Phase("record", 4.0), Phase("score", 12.5), Phase("publish", 3.5))

    def test_the_last_that_opened_goes_on_counting(self):
        found = phases(names=NAMES, opened=[START, after(4), None], ended=None, now=after(9))

        assert found == (Phase("record", 4.0), Phase("score", 5.0), Phase("publish", None))

    def test_one_with_nothing_to_do_took_no_time(self):
        found = phases(names=NAMES, opened=[START, None, after(4)], ended=after(5), now=after(9))

        assert found == (Phase("record", 4.0), Phase("score", 0.0), Phase("publish", 1.0))

    def test_what_a_cancelled_run_never_began_is_unknown(self):
        found = phases(names=NAMES, opened=[START, None, None], ended=after(3), now=after(99))

        assert found == (Phase("record", 3.0), Phase("score", None), Phase("publish", None))

    def test_two_clocks_give_no_negative_time(self):
        found = phases(names=NAMES, opened=[START, after(-1), after(2)], ended=after(3), now=after(4))

        assert found[0] == Phase("record", 0.0)
