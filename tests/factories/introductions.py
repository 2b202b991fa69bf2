"""Pairs that fit, those who act for their sides, and introductions in every state, for tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from apps.investors.models import Mandate
from apps.matching.models import Introduction
from apps.matching.services import introductions as services
from apps.matching.states import Side
from apps.startups.models import Raise
from kernel.access import Actor
from tests.factories.matching import mandate_made, raise_made
from tests.factories.organisations import actor_of, undertaking_of

DAY = dt.timedelta(days=1)


@dataclass
class Couple:
    """A mandate and a raise that fit, and an owner of each side; the fund is bound by the undertaking."""

    mandate: Mandate = field(default_factory=mandate_made)
    raise_item: Raise = field(default_factory=raise_made)

    def __post_init__(self) -> None:
        undertaking_of(self.mandate.fund.organisation)
        self.fund = actor_of(self.mandate.fund.organisation)
        self.firm = actor_of(self.raise_item.firm.organisation)

    def actor(self, side: str) -> Actor:
        return self.fund if side == Side.INVESTOR else self.firm

    def express(self, side: str = Side.INVESTOR, **given: Any) -> Introduction:
        """Interest of the side."""
        return services.introduction_express(
            actor=self.actor(side), mandate=self.mandate.pk, raise_item=self.raise_item.pk, **given
        )

    def accept(self, introduction: Introduction, **given: Any) -> Introduction:
        """The other side's yes."""
        return services.introduction_accept(actor=self.answering(introduction), introduction=introduction, **given)

    def decline(self, introduction: Introduction, reason: str = "terms", **given: Any) -> Introduction:
        """The other side's no."""
        return services.introduction_decline(
            actor=self.answering(introduction), introduction=introduction, reason=reason, **given
        )

    def withdraw(self, introduction: Introduction, **given: Any) -> Introduction:
        """The asking side's second thoughts."""
        return services.introduction_withdraw(actor=self.actor(introduction.side), introduction=introduction, **given)

    def mutual(self, side: str = Side.INVESTOR, **given: Any) -> Introduction:
        """An introduction that `side` asked for and the other wanted too."""
        return self.accept(self.express(side, **given), **given)

    def answering(self, introduction: Introduction) -> Actor:
        return self.firm if introduction.side == Side.INVESTOR else self.fund
