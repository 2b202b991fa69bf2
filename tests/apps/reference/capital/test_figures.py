"""Figures with what they rest on."""

import datetime as dt
from decimal import Decimal

from apps.reference.capital import figures
from apps.reference.capital.figures import Figure, FigureBasis, Input, basis_of, decimal_of, input_of
from apps.reference.tables import SourcedFigure


class TestFigure:
    def test_can_go_into_another(self) -> None:
        figure = Figure("offer", Decimal(900), figures.BP, FigureBasis.STATED, dt.date(2026, 1, 2))

        assert figure.as_input() == Input("offer", Decimal(900), "bp_per_year", FigureBasis.STATED)


class TestDecimalOf:
    def test_leaves_out_the_noise_of_binary(self) -> None:
        assert decimal_of(1.2 * 0.0433) == Decimal("0.05196")


class TestInputOf:
    def test_says_what_is_assumed(self) -> None:
        found = input_of(name="beta", figure=SourcedFigure(1.2, "assumption", None), unit="factor")

        assert found == Input("beta", Decimal("1.2"), "factor", FigureBasis.ASSUMPTION)


class TestBasisOf:
    def test_is_published_where_it_is_not_assumed(self) -> None:
        assert (basis_of(None), basis_of("assumption")) == (FigureBasis.REFERENCE, FigureBasis.ASSUMPTION)
