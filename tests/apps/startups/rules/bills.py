"""Bills of materials for the tests of the rules about them."""

from decimal import Decimal

from hypothesis import strategies as st

from apps.startups.rules.origin import ComponentLine

EU_EEA = frozenset({"DE", "PL", "NO"})
EU_EEA_UA = EU_EEA | {"UA"}
RATES = {"EUR": Decimal(1), "UAH": Decimal("0.0229"), "USD": Decimal("0.97")}


def line(cost: str, origin: str | None, *, single: bool | None = None) -> ComponentLine:
    """One piece for so many euros."""
    return ComponentLine(Decimal(cost), Decimal(1), "EUR", origin, single_source=single)


PLANTED = (
    line("310.00", "CN"),
    line("150.00", "UA"),
    line("400.00", "DE"),
    line("140.00", "PL"),
)
"""31 % from outside EU+EEA+UA, 46 % from outside EU+EEA."""

bills = st.lists(
    st.builds(
        ComponentLine,
        unit_cost=st.decimals(min_value=0, max_value=500, places=2),
        quantity=st.decimals(min_value="0.25", max_value=20, places=2),
        currency=st.sampled_from(["EUR", "UAH", "USD"]),
        origin=st.sampled_from(["DE", "UA", "CN", "TW", None]),
        single_source=st.sampled_from([True, False, None]),
    ),
    max_size=12,
)
