"""Money: an exact amount and its currency, never a float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`amount` in major units with two decimals, `currency` an ISO 4217 code."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", self.amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))

    def as_json(self) -> dict[str, str]:
        """The API's form: `{"amount": "12.30", "currency": "EUR"}`."""
        return {"amount": f"{self.amount:f}", "currency": self.currency}
