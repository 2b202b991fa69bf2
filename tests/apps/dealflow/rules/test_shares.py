"""Which published bands lie within those that are asked for."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.dealflow.rules.shares import labels_within, share_labels

EDGES = (Decimal("0.1"), Decimal("0.2"), Decimal("0.5"))
LABELS = ("0-0.1", "0.1-0.2", "0.2-0.5", "0.5-1")


class TestShareLabels:
    def test_names_the_bands_between_the_edges(self) -> None:
        assert share_labels(edges=EDGES) == LABELS


class TestLabelsWithin:
    def test_joins_neighbours(self) -> None:
        assert set(labels_within(chosen=["0-0.1", "0.1-0.2"], edges=EDGES)) == {"0-0.1", "0-0.2", "0.1-0.2"}

    def test_does_not_bridge_a_gap(self) -> None:
        assert set(labels_within(chosen=["0-0.1", "0.2-0.5"], edges=EDGES)) == {"0-0.1", "0.2-0.5"}

    def test_knows_no_other_bands(self) -> None:
        assert labels_within(chosen=["0-0.5"], edges=EDGES) == []

    @given(st.sets(st.sampled_from(LABELS)))
    def test_covers_nothing_beyond_what_is_chosen(self, chosen: set[str]) -> None:
        for label in labels_within(chosen=chosen, edges=EDGES):
            lower, upper = (Decimal(bound) for bound in label.split("-"))
            inside = [
                single
                for single in LABELS
                if lower <= Decimal(single.split("-")[0]) and Decimal(single.split("-")[1]) <= upper
            ]

            assert set(inside) <= chosen
