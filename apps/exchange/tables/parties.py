"""Tables of areas and of who there is: organisations, owners, startups, funds."""

from __future__ import annotations

import re
from collections.abc import Iterable

from apps.compliance.states import OwnerKind
from apps.exchange.tables.cells import choice, code, country, date, fraction, integer, region, text
from apps.exchange.tables.columns import Column, RowProblem, Table, Values, at_most, in_order, key_column, reference
from apps.exchange.tables.identifiers import identifier_check, number, scheme
from apps.exchange.tables.lists import several
from apps.exchange.tables.problems import CellInvalid
from apps.permissions import Kind
from apps.startups.states import Naming

AREA_CODE = re.compile(r"[A-Z0-9_]+(\.[A-Z0-9_]+)*", re.ASCII)
LONGEST_NAME = 200


def area_code(cell: str) -> str:
    """A code of the taxonomy: `UMS.UAS`."""
    if len(cell) > 60 or not AREA_CODE.fullmatch(cell):
        raise CellInvalid("not_a_code", f"{cell[:60]!r} is not a code such as UMS.UAS")
    return cell


def _area_check(values: Values) -> Iterable[RowProblem]:
    if values.get("parent") is not None and values.get("parent") == values.get("code"):
        yield "parent", "refers_to_itself", "an area is not its own parent"


def _owner_check(values: Values) -> Iterable[RowProblem]:
    yield from at_most(values, "share_min", "share_max")
    yield from in_order(values, "from", "to")
    if values.get("owner_key") is not None and values.get("owner_key") == values.get("owned_key"):
        yield "owner_key", "refers_to_itself", "an organisation does not own itself"


def _startup_check(values: Values) -> Iterable[RowProblem]:
    yield from identifier_check(values)
    where, home = values.get("region"), values.get("country")
    if where is not None and home is not None and not where.startswith(f"{home}-"):
        yield "region", "bad_region", f"{where} is not a region of {home}"


AREAS = Table(
    "areas",
    (
        Column("code", area_code, required=True),
        Column("parent", area_code, required=True, may_be_empty=True, references="areas"),
        Column("label_en", text(longest=120), required=True),
        Column("label_uk", text(longest=120)),
    ),
    identity=("code",),
    check=_area_check,
)

ORGANISATIONS = Table(
    "organisations",
    (
        key_column(),
        Column("kind", choice([kind.value for kind in Kind]), required=True),
        Column("legal_name", text(longest=LONGEST_NAME), required=True),
        Column("legal_name_uk", text(longest=LONGEST_NAME)),
        Column("country", country, required=True),
        Column("identifier_scheme", scheme),
        Column("identifier", number),
    ),
    check=identifier_check,
)

OWNERS = Table(
    "owners",
    (
        reference("owned_key", "organisations", required=True),
        Column("owner_name", text(longest=LONGEST_NAME), required=True),
        reference("owner_key", "organisations"),
        Column("owner_kind", choice(OwnerKind.values), required=True),
        Column("country", country),
        Column("share_min", fraction()),
        Column("share_max", fraction()),
        Column("interest", text(longest=40)),
        Column("from", date),
        Column("to", date),
    ),
    identity=("owned_key", "owner_name", "interest", "from"),
    repeats=True,
    check=_owner_check,
)

STARTUPS = Table(
    "startups",
    (
        key_column(),
        Column("legal_name", text(longest=LONGEST_NAME), required=True),
        Column("legal_name_uk", text(longest=LONGEST_NAME)),
        Column("country", country, required=True),
        Column("region", region),
        Column("founded_on", date),
        Column("staff", integer(least=0, most=10_000_000)),
        Column("identifier_scheme", scheme),
        Column("identifier", number),
        Column("summary", text(longest=2_000)),
        Column("summary_uk", text(longest=2_000)),
        Column("naming", choice(Naming.values)),
    ),
    check=_startup_check,
)

FUNDS = Table(
    "funds",
    (
        key_column(),
        Column("legal_name", text(longest=LONGEST_NAME), required=True),
        Column("country", country, required=True),
        Column("fund_type", code(longest=40)),
        Column("investor_countries", several(country)),
        Column("life_ends_on", date),
        Column("strategy", text(longest=2_000)),
        Column("strategy_uk", text(longest=2_000)),
    ),
)
