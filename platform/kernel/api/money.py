"""Money in the REST interface: `{"amount": "12.30", "currency": "EUR"}`, the amount a text, never a float."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from kernel.api.whole import WholeSerializer


class AmountField(serializers.DecimalField):
    """An exact decimal that is sent as a text."""

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class MoneyIn(WholeSerializer):
    """Money as it is sent: not negative, up to two decimals, an ISO 4217 code."""

    amount = AmountField(max_digits=18, decimal_places=2, min_value=Decimal(0))
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217")


class FineMoneyIn(WholeSerializer):
    """Money with up to four decimals, for the parts of a unit cost."""

    amount = AmountField(max_digits=16, decimal_places=4, min_value=Decimal(0))
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217")


class MoneyOut(serializers.Serializer[Any]):
    """Money of a row that keeps amount and currency in two columns; null where the amount is not stated."""

    amount = serializers.DecimalField(max_digits=18, decimal_places=2)
    currency = serializers.CharField()

    def __init__(self, *, column: str, currency: str = "currency", **kwargs: Any) -> None:
        """`column` and `currency` are the row's attributes."""
        super().__init__(source="*", read_only=True, allow_null=True, **kwargs)
        self.columns = (column, currency)

    def to_representation(self, instance: Any) -> Any:
        amount, currency = (getattr(instance, name) for name in self.columns)
        return None if amount is None else {"amount": f"{amount:f}", "currency": currency}


class FineMoneyOut(MoneyOut):
    amount = serializers.DecimalField(max_digits=16, decimal_places=4)


def money_flat(values: Mapping[str, Any], names: Iterable[str], *, currency: str = "currency") -> dict[str, Any]:
    """`values` with each money of `names` as its amount, and the currency that they share under `currency`.

    Raises a ValidationError that points at the first one in another currency.
    """
    flat = dict(values)
    shared: str | None = None
    for name in names:
        money = flat.get(name)
        if money is None:
            continue
        if shared is not None and money["currency"] != shared:
            raise serializers.ValidationError(
                {name: {"currency": [_("All amounts are in one currency.")]}}, "mixed_currency"
            )
        shared = money["currency"]
        flat[name] = money["amount"]
    return flat if shared is None else {**flat, currency: shared}
