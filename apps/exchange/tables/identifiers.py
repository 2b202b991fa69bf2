"""Numbers of public registers, each held against its own check digits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from apps.exchange.tables.cells import choice
from apps.exchange.tables.columns import RowProblem, Values
from apps.exchange.tables.problems import CellInvalid
from apps.organisations.rules import MAX_IDENTIFIER, identifier_clean
from apps.organisations.states import Scheme

ALIASES: Mapping[str, Scheme] = {
    "edrpou": Scheme.EDRPOU,
    "ua-edrpou": Scheme.EDRPOU,
    "rntrc": Scheme.RNTRC,
    "eu vat": Scheme.EU_VAT,
    "vat": Scheme.EU_VAT,
}
"""Other names that senders use for the schemes."""


def scheme(cell: str) -> str:
    """The register that a number belongs to."""
    return str(ALIASES.get(cell.casefold()) or _scheme(cell))


def number(cell: str) -> str:
    """A number of a register, as it was written."""
    if len(cell) > MAX_IDENTIFIER:
        raise CellInvalid("too_long", f"{len(cell)} characters, at most {MAX_IDENTIFIER} are kept")
    return cell


def canonical(*, scheme: str, number: str) -> str:
    """The number in its register's own spelling, checked. Raises CellInvalid `bad_checksum`."""
    try:
        found = identifier_clean(scheme=scheme, value=number)
    except (ValueError, IndexError, KeyError):
        found = None
    if found is None:
        raise CellInvalid("bad_checksum", f"{number!r} is not a valid number of {scheme}")
    return found


def identifier_check(values: Values) -> Iterable[RowProblem]:
    """Scheme and number are stated together, and the number's check digits are right."""
    register, stated = values.get("identifier_scheme"), values.get("identifier")
    if register is None and stated is None:
        return
    if register is None or stated is None:
        absent = "identifier_scheme" if register is None else "identifier"
        yield absent, "missing", "an identifier needs its scheme and its number"
        return
    try:
        canonical(scheme=register, number=stated)
    except CellInvalid as problem:
        yield "identifier", problem.code, problem.message


_scheme = choice(Scheme.values)
