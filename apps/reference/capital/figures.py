"""A figure with everything that it rests on: inputs, unit, basis, source, date; or why it is not known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.reference.tables import SourcedFigure

BP = "bp_per_year"
FRACTION = "fraction_per_year"
SHARE = "share"
YEARS = "years"
EUR = "EUR"
EUR_A_YEAR = "EUR_per_year"
DIGITS = 10
"""Decimal places that a table's figure is told with: more are noise of its binary form."""


class FigureBasis(StrEnum):
    """Said by the caller, published by others, assumed by the table, or computed from the inputs named."""

    STATED = "stated"
    REFERENCE = "reference"
    ASSUMPTION = "assumption"
    COMPUTED = "computed"


BASES = tuple(item.value for item in FigureBasis)


@dataclass(frozen=True, slots=True)
class Input:
    """What went into a figure; None is "not known"."""

    name: str
    value: Decimal | None
    unit: str
    basis: FigureBasis


@dataclass(frozen=True, slots=True)
class Figure:
    """A value in `unit` as of a day. None is "not known", and `missing` says for want of what.

    `formula` says how a computed one follows from the inputs, by their names.
    """

    name: str
    value: Decimal | None
    unit: str
    basis: FigureBasis
    as_of: dt.date
    source: str | None = None
    formula: str | None = None
    inputs: tuple[Input, ...] = ()
    missing: tuple[str, ...] = ()

    def as_input(self) -> Input:
        """The figure as what goes into another."""
        return Input(self.name, self.value, self.unit, self.basis)


def decimal_of(value: float) -> Decimal:
    """A figure of the tables as a decimal, without the noise of its binary form."""
    return Decimal(repr(round(value, DIGITS)))


def input_of(*, name: str, figure: SourcedFigure, unit: str) -> Input:
    """A figure of the tables as an input."""
    return Input(name, decimal_of(figure.value), unit, basis_of(figure.basis))


def basis_of(basis: str | None) -> FigureBasis:
    """A table says of a figure that it is an assumption, or where it is published."""
    return FigureBasis.ASSUMPTION if basis == FigureBasis.ASSUMPTION else FigureBasis.REFERENCE
