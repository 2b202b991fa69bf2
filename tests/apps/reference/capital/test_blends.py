"""Blended costs, worked by hand."""

from decimal import Decimal

from apps.reference.capital.blends import Share, Tranche, capital_blend

EQUITY = Tranche("equity", Decimal(1_000_000), 2_500)
LOAN = Tranche("debt", Decimal(3_000_000), 900)
GRANT = Tranche("grant", Decimal(1_000_000), None)


class TestCapitalBlend:
    def test_weighs_by_amount(self) -> None:
        found = capital_blend(tranches=[EQUITY, LOAN])

        # (1 · 2 500 + 3 · 900) / 4 = 1 300
        assert found is not None
        assert found.rate_bp == 1_300

    def test_says_what_it_mixes(self) -> None:
        found = capital_blend(tranches=[EQUITY, LOAN, Tranche("debt", Decimal(1_000_000), 1_300)])

        assert found is not None
        assert found.mixes == (
            Share("equity", Decimal(1_000_000), Decimal("0.2"), 2_500),
            Share("debt", Decimal(4_000_000), Decimal("0.8"), 1_000),
        )
        assert found.comparable_with is None

    def test_counts_a_grant_as_free(self) -> None:
        found = capital_blend(tranches=[LOAN, GRANT])

        # (3 · 900 + 1 · 0) / 4 = 675
        assert found is not None
        assert (found.rate_bp, found.comparable_with) == (675, None)

    def test_of_one_class_may_be_held_against_its_build_up(self) -> None:
        found = capital_blend(tranches=[LOAN, Tranche("debt", Decimal(1), 901)])

        assert found is not None
        assert (found.rate_bp, found.comparable_with) == (900, "debt")

    def test_of_grants_is_held_against_nothing(self) -> None:
        found = capital_blend(tranches=[GRANT])

        assert found is not None
        assert (found.rate_bp, found.comparable_with) == (0, None)

    def test_is_unknown_with_one_unknown_tranche(self) -> None:
        found = capital_blend(tranches=[EQUITY, Tranche("debt", Decimal(10), None)])

        assert found is not None
        assert found.rate_bp is None
        assert [share.rate_bp for share in found.mixes] == [2_500, None]

    def test_rounds_half_up(self) -> None:
        found = capital_blend(tranches=[Tranche("debt", Decimal(1), 1), Tranche("debt", Decimal(1), 2)])

        assert found is not None
        assert found.rate_bp == 2

    def test_of_nothing_is_nothing(self) -> None:
        assert capital_blend(tranches=[]) is None
