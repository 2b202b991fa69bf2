import json

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.matching.engine.facts import MandateFacts, RaiseFacts, from_json, to_json
from apps.matching.engine.synthetic import Synthetic
from tests.apps.matching.engine.worlds import AREAS


class TestJson:
    @settings(max_examples=50, deadline=None)
    @given(seed=st.integers(0, 10_000))
    def test_facts_survive_the_round_trip(self, seed):
        source = Synthetic(areas=AREAS, seed=seed)

        for kind, value in ((MandateFacts, source.mandates(1)[0]), (RaiseFacts, source.raises(1)[0])):
            assert from_json(kind, json.loads(json.dumps(to_json(value)))) == value
