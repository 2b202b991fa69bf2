"""What a mandate and a raise would do together: the common ticket, the cover and the rates."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Terms:
    """Money in EUR, rates in bp; None is not known. `steady` is the gap with the loss of a fully evidenced debtor."""

    ticket_low: Fraction | None
    ticket_high: Fraction | None
    admitted: bool | None
    k_build_up: int | None
    k_required: int | None
    steady_gap: int | None

    @property
    def ticket_is_common(self) -> bool | None:
        if self.ticket_low is None or self.ticket_high is None:
            return None
        return self.ticket_low <= self.ticket_high
