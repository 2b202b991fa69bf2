"""The rows of a page as the viewer sees them: plain values, by statements made once for each kind of viewer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, QuerySet, UUIDField, Value

from apps.organisations.disclosure import STAND_INS, stand_in
from apps.startups.models import Listing
from kernel.access import Actor
from kernel.prepared import Prepared

IDS = [UUID("00000000-0000-4000-8000-00006c697374")]
"""Stands for the ids of a page in a prepared statement."""


class ListedRow(NamedTuple):
    """A listing with what an answer shows of it, named as the columns that it is read from."""

    id: UUID
    viewer_tier: int
    is_revealed: bool
    disclosed_by: UUID
    kind: str
    firm_id: UUID
    firm__naming: str
    firm__summary: str
    firm__summary_uk: str
    firm__organisation__legal_name: str
    firm__organisation__legal_name_uk: str
    country: str
    capability_id: UUID | None
    capability__title: str | None
    capability__title_uk: str | None
    capability__description: str | None
    capability__description_uk: str | None
    capability__area__label_en: str | None
    capability__area__label_uk: str | None
    area: str
    raising_id: UUID | None
    raising__status: str | None
    raising__amount: Decimal | None
    raising__currency: str | None
    raising__amount_left: Decimal | None
    raising__instruments: list[str] | None
    raising__stage: str | None
    raising__opened_on: dt.date | None
    raising__need_by: dt.date | None
    capital_class: str
    published_at: dt.datetime
    trl: int | None
    maturity: str
    tier: str
    seeks: list[str]
    amount_eur: Decimal | None
    amount_band: str
    share_eu: str
    share_eu_eea: str
    share_eu_eea_ua: str
    adaptation_days: float | None
    cadence_days: float | None
    feedback_days: float | None
    delivery_days: float | None
    iteration_band: str

    @property
    def pk(self) -> UUID:
        return self.id

    @property
    def firm(self) -> Any:
        """The firm as `firm_name` and `snippets` read it."""
        return SimpleNamespace(
            pk=self.firm_id,
            naming=self.firm__naming,
            summary=self.firm__summary,
            summary_uk=self.firm__summary_uk,
            organisation=SimpleNamespace(
                legal_name=self.firm__organisation__legal_name, legal_name_uk=self.firm__organisation__legal_name_uk
            ),
        )

    @property
    def capability(self) -> Any:
        """The capability as `snippets` reads it; None where a raise is shown without."""
        if self.capability_id is None:
            return None
        area = SimpleNamespace(label_en=self.capability__area__label_en, label_uk=self.capability__area__label_uk)
        return SimpleNamespace(
            pk=self.capability_id,
            title=self.capability__title,
            title_uk=self.capability__title_uk,
            description=self.capability__description,
            description_uk=self.capability__description_uk,
            area=area,
        )


class Among(Func):
    """Whether a value is in an array."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


def listed_rows(*, actor: Actor, ids: Sequence[UUID]) -> list[ListedRow]:
    """These listings as the actor sees them, in the order of the ids; one query. What it sees no longer is left out."""
    values: Mapping[str, Any] = {name: getattr(actor, name) for name in STAND_INS}
    rows = {row[0]: ListedRow._make(row) for row in _statement(stand_in(actor)).ask(ids=list(ids), **values)}
    return [rows[identifier] for identifier in ids if identifier in rows]


@lru_cache(maxsize=200)
def _statement(viewer: Actor) -> Prepared:
    wanted = Among(F("pk"), Value(IDS, output_field=ArrayField(UUIDField())))
    rows: QuerySet[Any] = Listing.objects.visible_to(viewer).filter(wanted).values_list(*ListedRow._fields)
    return Prepared(rows, ids=IDS, **STAND_INS)
