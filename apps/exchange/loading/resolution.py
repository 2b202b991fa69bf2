"""Rows against one another and against the database: references, names shared, what may stand once; then their ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from apps.compliance.rules.statements import Stated, statement_problems
from apps.exchange.loading import known
from apps.exchange.loading.known import Known, KnownArea
from apps.exchange.loading.targets import IDENTIFIERS, INTERESTS, KIND_OF_PARTY, OWNER_PARTIES, TARGETS, owner_party_key
from apps.exchange.rows import Row, Rows
from apps.exchange.tables import PARTIES, TABLES
from apps.exchange.tables.columns import Column
from apps.exchange.tables.identifiers import canonical
from apps.exchange.tables.problems import Problems
from kernel.clock import utc_today
from kernel.ids import uuid7

OWNER_COLUMNS = {"owner": "owner_key", "from_date": "from", "to_date": "to"}
"""Fields of a statement of ownership and the columns that they come from."""
ORGANISATIONS = "organisations"
AREAS = "areas"


@dataclass
class Resolution:
    """Rows with everything that they refer to. `bare` are keys of organisations that need a firm or fund of no row."""

    sender: str
    tables: Mapping[str, Rows]
    problems: Problems
    known: dict[str, dict[str, Known]] = field(default_factory=dict)
    areas: dict[str, KnownArea] = field(default_factory=dict)
    parties: dict[str, tuple[str, Row]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    bare: dict[str, set[str]] = field(default_factory=lambda: {table: set() for table in KIND_OF_PARTY})
    ids: dict[str, dict[str, UUID]] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        """All rows of a table, the bad ones included."""
        return self.tables[table].all if table in self.tables else []

    def usable(self, table: str) -> Iterator[Row]:
        """The rows of a table with nothing wrong."""
        return (row for row in self.rows(table) if not row.is_bad)

    def refuse(self, table: str, row: Row, column: str, code: str, message: str) -> None:
        """Note a problem of a row, which is thereby bad."""
        row.is_bad = True
        self.problems.add(table=table, row=row.number, column=column, code=code, message=message)


def rows_resolve(*, sender: str, tables: Mapping[str, Rows], problems: Problems) -> Resolution:
    """Hold every row against the others and the database, and give each usable one the id of its object, old or new.

    A row that refers to a bad row is bad as well, without a problem of its own.
    """
    found = Resolution(sender, tables, problems)
    _look_up(found)
    _check_areas(found)
    _check_parties(found)
    for table in TABLES:
        _check_references(found, table)
    _assign(found)
    _check_leads(found)
    _check_once(found)
    _check_owners(found)
    return found


def _look_up(found: Resolution) -> None:
    """Ask for every key that stands in a row or is referred to."""
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for table, rows in found.tables.items():
        asked[table].update(rows.by_key)
        for column in rows.table.columns:
            if column.references is not None:
                asked[column.references].update(key for row in rows.all for key in _keys(row, column))
    asked[ORGANISATIONS].update(*(asked[table] for table in PARTIES))
    asked[IDENTIFIERS] = {row.key for table in PARTIES for row in found.rows(table) if "identifier" in row.values}
    asked[OWNER_PARTIES] = set(_owner_party_keys(found))
    found.known = {
        name: known.known_objects(sender=found.sender, target=target, keys=asked[name])
        for name, target in TARGETS.items()
    }
    organisations = {entry.object_id: key for key, entry in found.known[ORGANISATIONS].items()}
    kinds = known.kinds_of(organisations=organisations)
    found.kinds = {key: kinds[pk] for pk, key in organisations.items()}
    for table in KIND_OF_PARTY:
        lacking = {pk: key for pk, key in organisations.items() if key not in found.known[table]}
        found.known[table] |= known.known_by_organisation(target=TARGETS[table], organisations=lacking)
    found.areas = known.known_areas() if asked[AREAS] else {}


def _check_areas(found: Resolution) -> None:
    """An area of another origin stays as it is, and no area lies below itself."""
    parents = {code: area.parent for code, area in found.areas.items()}
    for row in found.usable(AREAS):
        area = found.areas.get(row.key)
        if area is not None and not (area.is_imported and row.key in found.known[AREAS]):
            stated = (row.values.get("parent"), row.values["label_en"], row.values.get("label_uk", ""))
            if stated != (area.parent, area.label_en, area.label_uk):
                found.refuse(AREAS, row, "code", "taken", f"the area {row.key} exists with another parent or label")
                continue
        parents[row.key] = row.values.get("parent")
    for row in found.usable(AREAS):
        above, step = {row.key}, parents.get(row.key)
        while step is not None and step not in above:
            above.add(step)
            step = parents.get(step)
        if step is not None:
            found.refuse(AREAS, row, "parent", "circle", f"the parents of {row.key} run in a circle")


def _check_parties(found: Resolution) -> None:
    """Startups, funds and organisations share one name space; a number belongs to one of them."""
    for table in PARTIES:
        for row in found.rows(table):
            if not row.key:
                continue
            kind = KIND_OF_PARTY.get(table) or row.values.get("kind")
            earlier = found.parties.get(row.key)
            if earlier is None:
                found.parties[row.key] = (table, row)
            elif earlier[0] != table:
                message = f"{earlier[0]} row {earlier[1].number} has the same key: organisations share one name space"
                found.refuse(table, row, "key", "duplicate_key", message)
            if kind is not None and found.kinds.get(row.key, kind) != kind:
                message = f"the key stands for an organisation of kind {found.kinds[row.key]}, not {kind}"
                found.refuse(table, row, "key", "immutable", message)
    _check_identifiers(found)


def _check_identifiers(found: Resolution) -> None:
    rows = [(table, row) for table in PARTIES for row in found.usable(table) if "identifier" in row.values]
    stated = {
        row.key: (
            row.values["identifier_scheme"],
            canonical(scheme=row.values["identifier_scheme"], number=row.values["identifier"]),
        )
        for _, row in rows
    }
    holders = known.holders_of(identifiers=set(stated.values()))
    here: dict[tuple[str, str], tuple[str, int]] = {}
    for table, row in rows:
        number = stated[row.key]
        place = here.setdefault(number, (table, row.number))
        own = found.known[ORGANISATIONS].get(row.key)
        holder, identifier = holders.get(number, (None, None))
        if place != (table, row.number):
            message = f"{place[0]} row {place[1]} has the same identifier"
            found.refuse(table, row, "identifier", "duplicate_key", message)
        elif holder is not None and (own is None or holder != own.object_id):
            found.refuse(table, row, "identifier", "taken", "another organisation has this identifier")
        elif identifier is not None:
            found.known[IDENTIFIERS].setdefault(row.key, Known(identifier, None))


def _check_references(found: Resolution, table: str) -> None:
    columns = [column for column in TABLES[table].columns if column.references is not None]
    if not columns or table not in found.tables:
        return
    for row in found.rows(table):
        for column in columns:
            for key in _keys(row, column):
                if not _exists(found, str(column.references), key):
                    message = f"no row of {column.references} has the key {key[:80]!r}"
                    found.refuse(table, row, column.name, "unknown_reference", message)
    spreads = True
    while spreads:
        spreads = False
        for row in found.usable(table):
            if any(_hangs(found, str(column.references), key) for column in columns for key in _keys(row, column)):
                row.is_bad = True
                spreads = any(column.references == table for column in columns)
    for column in columns:
        target = str(column.references)
        if target in KIND_OF_PARTY:
            keys = {key for row in found.usable(table) for key in _keys(row, column)}
            own = found.tables[target].by_key if target in found.tables else {}
            found.bare[target] |= keys - own.keys() - found.known[target].keys()


def _exists(found: Resolution, target: str, key: str) -> bool:
    """Whether the key stands for something, in this import or before it."""
    if target == AREAS:
        return key in found.areas or _row(found, AREAS, key) is not None
    if target == ORGANISATIONS:
        return key in found.parties or key in found.known[ORGANISATIONS]
    if key in found.known[target] or _row(found, target, key) is not None:
        return True
    return target in KIND_OF_PARTY and _kind(found, key) == KIND_OF_PARTY[target]


def _hangs(found: Resolution, target: str, key: str) -> bool:
    """Whether the key stands for nothing but a bad row."""
    if target == AREAS and key in found.areas:
        return False
    if key in found.known.get(target, {}):
        return False
    row = _row(found, target, key)
    if row is None and key in found.parties and (target == ORGANISATIONS or target in KIND_OF_PARTY):
        row = found.parties[key][1]
    return row is not None and row.is_bad


def _row(found: Resolution, table: str, key: str) -> Row | None:
    return found.tables[table].by_key.get(key) if table in found.tables else None


def _kind(found: Resolution, key: str) -> str | None:
    """The kind of the organisation that a key stands for."""
    if key in found.parties:
        table, row = found.parties[key]
        return KIND_OF_PARTY.get(table) or row.values.get("kind")
    return found.kinds.get(key)


def _assign(found: Resolution) -> None:
    """Give the id of its object to every key that is known or new."""
    for name in TARGETS:
        keys = {key: entry.object_id for key, entry in found.known[name].items()}
        if name == AREAS:
            keys |= {code: area.object_id for code, area in found.areas.items()}
        for key in _new_keys(found, name):
            if key not in keys:
                keys[key] = uuid7()
        found.ids[name] = keys


def _new_keys(found: Resolution, name: str) -> Iterator[str]:
    if name == ORGANISATIONS:
        tables: Iterable[str] = PARTIES
    elif name == IDENTIFIERS:
        yield from (row.key for table in PARTIES for row in found.usable(table) if "identifier" in row.values)
        return
    elif name == OWNER_PARTIES:
        yield from _owner_party_keys(found)
        return
    else:
        tables = (name,)
        yield from sorted(found.bare.get(name, ()))
    for table in tables:
        yield from (row.key for row in found.usable(table))


def _owner_party_keys(found: Resolution) -> Iterator[str]:
    return (owner_party_key(row.values) for row in found.usable("owners") if "owner_key" not in row.values)


def _check_leads(found: Resolution) -> None:
    """A raise's lead capability is its own firm's."""
    rows = list(found.usable("raises"))
    if not rows:
        return
    capabilities, firms = found.ids["capabilities"], found.ids["startups"]
    leads = {row.values["lead_capability_key"] for row in rows}
    before = known.firms_of(capabilities=[capabilities[key] for key in leads])
    for row in rows:
        key = row.values["lead_capability_key"]
        here = _row(found, "capabilities", key)
        is_here = here is not None and not here.is_bad
        firm = firms[here.values["startup_key"]] if here is not None and is_here else before.get(capabilities[key])
        if firm != firms[row.values["startup_key"]]:
            message = f"the capability {key[:80]} is not one of {row.values['startup_key'][:80]}"
            found.refuse("raises", row, "lead_capability_key", "other_owner", message)


def _check_once(found: Resolution) -> None:
    """A year of a firm and an attestor's word on an event stand once, whoever brought them."""
    firms, events, parties = (found.ids[name] for name in ("startups", "development_events", ORGANISATIONS))
    rows = list(found.usable("financials"))
    years = known.financial_years(firms={firms[row.values["startup_key"]] for row in rows})
    for row in rows:
        stated = years.get((firms[row.values["startup_key"]], row.values["year"]))
        if stated is not None and stated != found.ids["financials"][row.key]:
            found.refuse("financials", row, "year", "taken", "the firm has stated this year itself")
    rows = list(found.usable("attestations"))
    words = known.attested(events={events[row.values["event_key"]] for row in rows})
    for row in rows:
        word = words.get((events[row.values["event_key"]], parties[row.values["attestor_key"]]))
        if word is not None and word != found.ids["attestations"][row.key]:
            found.refuse("attestations", row, "attestor_key", "taken", "the attestor has given its word already")


def _check_owners(found: Resolution) -> None:
    """Who owns what can be true: not more than the whole, no dates ahead, no majorities in a circle."""
    rows = {row.number: row for row in found.usable("owners")}
    if not rows:
        return
    organisations, own = found.ids[ORGANISATIONS], found.ids[OWNER_PARTIES]
    proposed = []
    for row in rows.values():
        values, key = row.values, row.values.get("owner_key")
        proposed.append(
            Stated(
                owned=organisations[values["owned_key"]],
                owner=organisations[key] if key is not None else own[owner_party_key(values)],
                interest=INTERESTS.get(values.get("interest", ""), ""),
                share_min=values.get("share_min"),
                share_max=values.get("share_max"),
                from_date=values.get("from"),
                to_date=values.get("to"),
                row=row.number,
            )
        )
    here = {entry.object_id for entry in found.known["owners"].values()}
    present = known.ownership_of(parties={item.owned for item in proposed}, but=here)
    for problem in statement_problems(proposed=proposed, present=present, today=utc_today()):
        row, column = rows[problem.row], OWNER_COLUMNS.get(problem.field, problem.field)
        found.refuse("owners", row, column, problem.code, problem.text.format_map(problem.values))


def _keys(row: Row, column: Column) -> Iterator[str]:
    """The keys that a cell refers to: one, several, or the codes of a weighted list."""
    value = row.values.get(column.name)
    if isinstance(value, str):
        yield value
    elif value is not None:
        yield from (item if isinstance(item, str) else item[0] for item in value)
