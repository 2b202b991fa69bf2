"""The foreign share of a bill of materials and its band."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.startups.rules.origin import (
    BandEdgesNotRising,
    ComponentLine,
    ComponentNotPossible,
    Interval,
    ShareBand,
    band_edges,
    foreign_bands,
    foreign_share,
    share_band,
)

EDGES = tuple(map(Decimal, ("0.1", "0.2", "0.35", "0.5", "0.75")))
EU = frozenset({"DE", "PL"})
RATES = {"EUR": Decimal(1), "UAH": Decimal("0.0229"), "USD": Decimal("0.97")}


def line(cost: str, origin: str | None, *, quantity: str = "1", currency: str = "EUR") -> ComponentLine:
    return ComponentLine(unit_cost=Decimal(cost), quantity=Decimal(quantity), currency=currency, origin=origin)


def share(*lines: ComponentLine) -> Interval | None:
    return foreign_share(components=lines, perimeter=EU, rates=RATES)


def band(low: Fraction, high: Fraction) -> ShareBand:
    return share_band(share=Interval(low=low, high=high), edges=EDGES)


lines = st.lists(
    st.builds(
        ComponentLine,
        unit_cost=st.decimals(min_value=0, max_value=10_000, places=4),
        quantity=st.decimals(min_value="0.0001", max_value=1_000, places=4),
        currency=st.sampled_from(["EUR", "UAH", "USD"]),
        origin=st.sampled_from(["DE", "UA", "CN", None]),
    ),
    max_size=8,
)


class TestForeignShare:
    def test_is_exact(self) -> None:
        found = share(line("0.1", "CN", quantity="3"), line("0.7", "DE"))

        assert found == Interval(low=Fraction(3, 10), high=Fraction(3, 10))

    def test_is_an_interval_over_unknown_origin(self) -> None:
        found = share(line("20", "CN"), line("30", None), line("50", "PL"))

        assert found == Interval(low=Fraction(20, 100), high=Fraction(50, 100))

    def test_converts_a_mixed_bill_at_the_reference_rate(self) -> None:
        found = share(line("1000", "UA", currency="UAH"), line("77.1", "DE"))

        assert found == Interval(low=Fraction(229, 1000), high=Fraction(229, 1000))

    def test_needs_no_rate_for_one_currency(self) -> None:
        found = share(line("1", "CN", currency="XAU"), line("3", "DE", currency="XAU"))

        assert found == Interval(low=Fraction(1, 4), high=Fraction(1, 4))

    def test_is_unknown_for_a_mixed_bill_without_a_rate(self) -> None:
        assert share(line("1", "CN", currency="XAU"), line("3", "DE")) is None

    def test_is_unknown_without_a_bill(self) -> None:
        assert share() is None
        assert share(line("0", "CN")) is None

    @pytest.mark.parametrize(("cost", "quantity"), [("-1", "1"), ("1", "-1"), ("NaN", "1"), ("1", "Infinity")])
    def test_refuses_what_cannot_be(self, cost: str, quantity: str) -> None:
        with pytest.raises(ComponentNotPossible):
            share(line(cost, "DE", quantity=quantity))

    @given(bill=lines)
    def test_a_wider_perimeter_never_raises_it(self, bill: list[ComponentLine]) -> None:
        narrow = foreign_share(components=bill, perimeter=EU, rates=RATES)
        wide = foreign_share(components=bill, perimeter=EU | {"UA"}, rates=RATES)

        assert (narrow is None) == (wide is None)
        if narrow is not None and wide is not None:
            assert 0 <= wide.low <= narrow.low <= narrow.high <= 1
            assert wide.high <= narrow.high

    @given(bill=lines, origin=st.sampled_from(["DE", "UA", "CN"]))
    def test_learning_an_origin_narrows_it(self, bill: list[ComponentLine], origin: str) -> None:
        before = foreign_share(components=[*bill, line("5", None)], perimeter=EU, rates=RATES)
        after = foreign_share(components=[*bill, line("5", origin)], perimeter=EU, rates=RATES)

        assert before is not None
        assert after is not None
        assert before.low <= after.low <= after.high <= before.high


class TestShareBand:
    @pytest.mark.parametrize(
        ("value", "above", "up_to"),
        [
            ("0", "0", "0.1"),
            ("0.0001", "0", "0.1"),
            ("0.1", "0", "0.1"),
            ("0.1001", "0.1", "0.2"),
            ("0.35", "0.2", "0.35"),
            ("0.3501", "0.35", "0.5"),
            ("0.75", "0.5", "0.75"),
            ("1", "0.75", "1"),
        ],
    )
    def test_holds_its_upper_edge(self, value: str, above: str, up_to: str) -> None:
        assert band(Fraction(value), Fraction(value)) == ShareBand(above=Decimal(above), up_to=Decimal(up_to))

    def test_is_the_hull_of_an_interval(self) -> None:
        assert band(Fraction(1, 10), Fraction(36, 100)) == ShareBand(above=Decimal(0), up_to=Decimal("0.5"))

    @pytest.mark.parametrize("edges", [("0.2", "0.1"), ("0", "0.1"), ("0.5", "1"), ("0.1", "0.1")])
    def test_refuses_edges_that_do_not_rise(self, edges: tuple[str, str]) -> None:
        with pytest.raises(BandEdgesNotRising):
            share_band(share=Interval(low=Fraction(0), high=Fraction(0)), edges=[Decimal(edge) for edge in edges])


class TestForeignBands:
    def test_judges_one_bill_by_every_perimeter(self) -> None:
        found = foreign_bands(
            components=[line("50", "UA"), line("30", "DE"), line("20", "CN")],
            perimeters={"EU": EU, "EU+UA": EU | {"UA"}},
            edges=EDGES,
            rates=RATES,
        )

        assert found == {
            "EU": ShareBand(above=Decimal("0.5"), up_to=Decimal("0.75")),
            "EU+UA": ShareBand(above=Decimal("0.1"), up_to=Decimal("0.2")),
        }

    def test_says_nothing_without_a_bill(self) -> None:
        assert foreign_bands(components=[], perimeters={"EU": EU}, edges=EDGES, rates=RATES) == {}


class TestBandEdges:
    def test_are_the_decimals_of_the_model(self) -> None:
        assert band_edges(model={"parameters": {"foreign_share_band_edges": [0.1, 0.2, 0.35, 0.5, 0.75]}}) == EDGES
