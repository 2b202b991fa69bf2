"""Values: every field above the viewer's tier gets another one, row by row."""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction

from apps.accounts.models import User
from apps.compliance.models import CaseItem, OwnershipStatement, Party, VerificationCase
from apps.documents.models import Upload
from apps.investors.models import Lever, Mandate
from apps.organisations.models import BreakGlass, Invitation, Membership, Organisation
from apps.startups.models import Attestation, Firm
from apps.startups.models.speed import SpeedProfile
from tests.leaks.changes.held import is_held, is_left_empty
from tests.leaks.rules import COUNTERPART, ELSEWHERE, GRANTED, OWN, SELF, TEASER, Sight, registries
from tests.leaks.values import NoWayToVary, beside, is_single, value_for
from tests.leaks.world import number

TRIES = 40
NOTHING: Any = object()
TIED = (BreakGlass, Invitation, Lever, Mandate, Party, OwnershipStatement, Upload, VerificationCase, CaseItem)
TIED += (Attestation,)  # type: ignore[assignment]
"""Models of which some fields can only be set together (`beside`)."""
AT_WAR = frozenset({"UA"})
"""Countries whose firms' regions only they themselves read."""


def tiers_of(row: models.Model, tiers: Mapping[str, int]) -> Mapping[str, int]:
    """The tier of every field of a row, given those of its model."""
    if isinstance(row, Firm) and row.organisation.country in AT_WAR:
        return {**tiers, "region": SELF}
    return tiers


class FieldChanges:
    """Changes fields for one viewer; `changed` tells which."""

    def __init__(self, *, sight: Sight, chance: random.Random, is_matched_anew: bool) -> None:
        self.sight, self.chance, self.is_matched_anew = sight, chance, is_matched_anew
        self.changed: set[tuple[type[models.Model], str]] = set()

    def vary_fields(self) -> None:
        """Every field above the viewer's tier, row by row."""
        for model, tiers in registries().items():
            if model in ELSEWHERE:
                continue
            for row in list(model._base_manager.order_by("pk")):
                tier = self.sight.of_row(row)
                if tier == OWN:
                    self._vary_all(row, sorted(name for name in self.sight.kept(row) if not is_left_empty(row, name)))
                    continue
                hidden = [name for name, needed in tiers_of(row, tiers).items() if int(needed) > tier]
                self._vary_all(row, [name for name in hidden if not self._is_held(row, name, tier)])
                if isinstance(row, Organisation):
                    self._vary_names(row)
                if isinstance(row, SpeedProfile) and tier in {COUNTERPART, GRANTED}:
                    self._vary_behind(row)
                if isinstance(row, Firm) and row.staff is not None and tier in {TEASER, COUNTERPART}:
                    self._set(row, "staff", 10 + (row.staff + 7) % 40)

    def _vary_behind(self, row: SpeedProfile) -> None:
        """What figures hold for the firm alone: how widely they spread, and what they rest on."""
        kept = {"sigma": self.chance.random(), "weight": self.chance.random()}
        self._set(row, "figures", {name: {**figure, **kept} for name, figure in row.figures.items()})

    def _vary_names(self, row: Organisation) -> None:
        if row.pk != self.sight.own and not self.sight.is_name_shown(row):
            word = "".join(self.chance.choices(string.ascii_uppercase, k=9))
            Organisation.objects.filter(pk=row.pk).update(
                legal_name=f"{word} LLC", legal_name_uk=f"ТОВ {word}", name_key=word.lower()
            )
            self.changed |= {(Organisation, "legal_name"), (Organisation, "legal_name_uk")}

    def _is_held(self, row: models.Model, name: str, tier: int) -> bool:
        return is_held(sight=self.sight, row=row, name=name, tier=tier, is_matched_anew=self.is_matched_anew)

    def vary_people(self) -> None:
        """Names and addresses of everybody who is not of the viewer's organisation."""
        own = Membership.objects.filter(organisation_id=self.sight.own).values("user")
        for user in User.objects.exclude(pk__in=own).exclude(pk=self.sight.actor.user_id):
            word = "".join(self.chance.choices(string.ascii_lowercase, k=9))
            User.objects.filter(pk=user.pk).update(name=f"{word} {word}", email=f"{word}{number()}@example.net")

    def _vary_all(self, row: models.Model, names: list[str]) -> None:
        """The fields of a row at once; one by one where they hang together or the database refuses."""
        values = {} if isinstance(row, TIED) else {name: self._another(row, name) for name in names}
        if values and NOTHING not in values.values():
            try:
                self._set_all(row, values)
            except IntegrityError:
                values = {}
            else:
                self.changed |= {(type(row), name) for name in names}
                return
        for name in names:
            self._vary(row, name)

    def _vary(self, row: models.Model, name: str) -> None:
        for _ in range(TRIES):
            value = self._another(row, name)
            if value is NOTHING:
                break
            try:
                self._set(row, name, value)
            except IntegrityError:
                continue
            self.changed.add((type(row), name))
            return
        if not is_single(row, row._meta.get_field(name)):
            raise NoWayToVary(f"{type(row).__name__}.{name}: say in `value_for` what else it may be")

    def _another(self, row: models.Model, name: str) -> Any:
        """A value that the field does not have and that does not make the row the viewer's own; NOTHING if none."""
        field = row._meta.get_field(name)
        own = (getattr(row, field.attname), self.sight.own or "", self.sight.actor.user_id or "")
        tried = (value_for(row, field, self.chance) for _ in range(TRIES))
        return next((value for value in tried if value not in own), NOTHING)

    def _set(self, row: models.Model, name: str, value: Any) -> None:
        self._set_all(row, {name: value, **beside(row, name, value)})

    def _set_all(self, row: models.Model, values: dict[str, Any]) -> None:
        by_column = {row._meta.get_field(name).attname: value for name, value in values.items()}
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**by_column)
        for name, value in by_column.items():
            setattr(row, name, value)
