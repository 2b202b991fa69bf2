"""What is left of a capacity."""

from decimal import Decimal

from apps.investors.rules import capacity_left, held_amount

RATES = {"EUR": Decimal(1), "UAH": Decimal("0.02"), "USD": Decimal("0.9")}


class TestHeldAmount:
    def test_needs_no_rate_in_its_own_currency(self) -> None:
        assert held_amount(amount=Decimal("0.01"), currency="XTS", of="XTS", rates={}) == Decimal("0.01")

    def test_is_converted_over_the_euro_and_rounded_up(self) -> None:
        assert held_amount(amount=Decimal(100), currency="UAH", of="USD", rates=RATES) == Decimal("2.23")
        assert held_amount(amount=Decimal(100), currency="UAH", of="EUR", rates=RATES) == Decimal(2)

    def test_is_unknown_without_a_rate(self) -> None:
        assert held_amount(amount=Decimal(1), currency="XTS", of="EUR", rates=RATES) is None
        assert held_amount(amount=Decimal(1), currency="EUR", of="XTS", rates=RATES) is None


class TestCapacityLeft:
    def test_is_what_is_stated_less_what_is_held(self) -> None:
        held = [(Decimal(10), "EUR"), (Decimal(1000), "UAH")]

        assert capacity_left(stated=Decimal(100), currency="EUR", held=held, rates=RATES) == Decimal(70)

    def test_is_never_below_nothing(self) -> None:
        assert capacity_left(stated=Decimal(5), currency="EUR", held=[(Decimal(6), "EUR")], rates=RATES) == 0

    def test_is_unknown_where_nothing_is_stated_or_a_hold_cannot_be_counted(self) -> None:
        assert capacity_left(stated=None, currency="EUR", held=[], rates=RATES) is None
        assert capacity_left(stated=Decimal(5), currency="EUR", held=[(Decimal(1), "XTS")], rates=RATES) is None
