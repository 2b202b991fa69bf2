import datetime as dt

import pytest

from apps.matching.engine.columns import IdsRepeat, LeadMissing, in_pool
from apps.matching.engine.facts import CapabilityFacts
from apps.matching.engine.model import AreaUnknown
from tests.apps.matching.engine.worlds import AS_OF, mandate, raise_, world_of

DAY = dt.timedelta(days=1)


class TestInPool:
    @pytest.mark.parametrize(
        ("opened_on", "need_by", "expected"),
        [
            (None, None, True),
            (AS_OF, AS_OF, True),
            (AS_OF + DAY, None, False),
            (None, AS_OF - DAY, False),
        ],
    )
    def test_windows_are_closed_at_both_ends(self, opened_on, need_by, expected):
        assert in_pool(raise_=raise_(opened_on=opened_on, need_by=need_by), as_of=AS_OF) is expected


class TestColumns:
    def test_refuse_ids_that_repeat(self):
        with pytest.raises(IdsRepeat):
            world_of([mandate(), mandate()], [raise_()])
        with pytest.raises(IdsRepeat):
            world_of([mandate()], [raise_(), raise_()])

    def test_refuse_a_raise_without_one_lead(self):
        with pytest.raises(LeadMissing):
            world_of([mandate()], [raise_(capabilities=(CapabilityFacts("EW", "tested", None, False),))])

    def test_refuse_areas_outside_the_taxonomy(self):
        with pytest.raises(AreaUnknown):
            world_of([mandate(areas=(("NOWHERE", 1.0),))], [raise_()])
        with pytest.raises(AreaUnknown):
            world_of([mandate()], [raise_(capabilities=(CapabilityFacts("NOWHERE", "tested", None, True),))])

    def test_order_ids_by_their_bytes(self):
        world = world_of([mandate()], [raise_(id=name) for name in ("b", "é", "a", "B")])

        assert world.raises.order.tolist() == [2, 3, 1, 0]
