import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from apps.matching.engine.bits import lowest, ones, packed
from apps.matching.engine.compiled import compiled


@compiled
def lowest_and_ones(word):
    return lowest(word), ones(word)


class TestInstructions:
    @given(st.integers(1, 2**64 - 1))
    def test_find_the_lowest_bit_and_count_all(self, word):
        found = lowest_and_ones(np.uint64(word))

        assert found == ((word & -word).bit_length() - 1, word.bit_count())


class TestPacked:
    def test_the_first_member_is_the_lowest_bit_of_the_first_word(self):
        members = np.zeros((2, 65), bool)
        members[0, [0, 2]] = True
        members[1, 64] = True

        assert packed(members).tolist() == [[5, 0], [0, 1]]
