"""Reading and writing ownership as statements of the Beneficial Ownership Data Standard, version 0.4."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from apps.compliance.rules.declared import InterestStated, PartyStated
from apps.compliance.states import Directness, EntityType, InterestType, PartyKind, UnknownReason

VERSION = "0.4"
MOST_STATEMENTS = 1_000
LONGEST_TEXT, LONGEST_NAME, LONGEST_ID = 500, 200, 64
SHORTEST_ID = 32
MILLIONTH = Decimal("0.000001")
NAMELESS = frozenset({"unknown_entity", "anonymous_entity", "unknown_person", "anonymous_person"})


def snake(code: str) -> str:
    """A code of the standard as the product writes it: `votingRights` → `voting_rights`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", code).lower()


def camel(code: str) -> str:
    """A code of the product as the standard writes it: `voting_rights` → `votingRights`."""
    first, *rest = code.split("_")
    return first + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True, slots=True)
class BodsProblem:
    """What is wrong with a statement: its row (from 0), the place inside it as a JSON pointer, and the reason."""

    row: int
    pointer: str
    code: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class BodsRead:
    """What a file says: parties and interests, the row each comes from, and everything that is wrong.

    `subject` is the record that the declaration is about, with its row, name and numbers.
    """

    parties: list[PartyStated] = field(default_factory=list)
    party_rows: list[int] = field(default_factory=list)
    interests: list[InterestStated] = field(default_factory=list)
    interest_rows: list[tuple[int, str]] = field(default_factory=list)
    problems: list[BodsProblem] = field(default_factory=list)
    subject: str = ""

    def refuse(self, row: int, pointer: str, code: str, text: str, **values: object) -> None:
        """Note a problem."""
        self.problems.append(BodsProblem(row, pointer, code, text, values))


@dataclass(frozen=True, slots=True)
class _Record:
    """The newest statement of a record."""

    row: int
    statement: Mapping[str, Any]
    details: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.statement["recordId"])


def bods_read(*, statements: Any, known: frozenset[str] = frozenset()) -> BodsRead:
    """Read a BODS array. Of several statements of one record the newest counts.

    Relationships whose statementId is `known` are left out: they stand already. Nothing is taken from a statement with
    a problem.
    """
    found = BodsRead()
    if not isinstance(statements, list) or not statements:
        found.refuse(0, "", "not_an_array", "An array of statements.")
        return found
    if len(statements) > MOST_STATEMENTS:
        found.refuse(MOST_STATEMENTS, "", "too_many", "At most {most} statements.", most=MOST_STATEMENTS)
        return found
    records = _records(found, statements)
    subjects = {str(record.statement["declarationSubject"]) for record in records.values()}
    if len(subjects) > 1:
        found.refuse(0, "/declarationSubject", "several_subjects", "All statements are of one declaration subject.")
    found.subject = next(iter(sorted(subjects)), "")
    kinds = {record.id: str(record.statement["recordType"]) for record in records.values()}
    for record in records.values():
        if kinds[record.id] == "entity":
            _entity(found, record)
        elif kinds[record.id] == "person":
            _person(found, record)
    for record in records.values():
        if kinds[record.id] == "relationship" and record.statement["statementId"] not in known:
            _relationship(found, record, kinds)
    return found


def _records(found: BodsRead, statements: Sequence[Any]) -> dict[str, _Record]:
    records: dict[str, _Record] = {}
    seen: set[str] = set()
    for row, statement in enumerate(statements):
        if not isinstance(statement, dict):
            found.refuse(row, "", "not_an_object", "A statement is an object.")
            continue
        before = len(found.problems)
        for name in ("statementId", "declarationSubject", "recordId"):
            value = statement.get(name)
            if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
                found.refuse(row, f"/{name}", "required", "A text of 1 to {most} characters.", most=LONGEST_ID)
        identifier = statement.get("statementId")
        if isinstance(identifier, str) and len(identifier) < SHORTEST_ID:
            found.refuse(row, "/statementId", "too_short", "At least {least} characters.", least=SHORTEST_ID)
        if isinstance(identifier, str) and identifier in seen:
            found.refuse(row, "/statementId", "repeated", "Each statement once.")
        if statement.get("recordType") not in ("entity", "person", "relationship"):
            found.refuse(row, "/recordType", "unknown_record_type", "entity, person or relationship.")
        if not isinstance(statement.get("recordDetails"), dict):
            found.refuse(row, "/recordDetails", "required", "An object.")
        version = _at(statement, "publicationDetails", "bodsVersion")
        if version is not None and version != VERSION:
            found.refuse(
                row, "/publicationDetails/bodsVersion", "unsupported_version", "Version {known}.", known=VERSION
            )
        if len(found.problems) > before:
            continue
        seen.add(str(identifier))
        record = _Record(row, statement, statement["recordDetails"])
        earlier = records.get(record.id)
        if earlier is None or _date_of(record.statement) >= _date_of(earlier.statement):
            records[record.id] = record
    return records


def _date_of(statement: Mapping[str, Any]) -> str:
    value = statement.get("statementDate")
    return value if isinstance(value, str) else ""


def _entity(found: BodsRead, record: _Record) -> None:
    details = record.details
    kind = snake(_text(found, record, _at(details, "entityType", "type"), "/recordDetails/entityType/type", 40))
    if kind not in EntityType.values:
        found.refuse(record.row, "/recordDetails/entityType/type", "unknown_entity_type", "Not a type of entity.")
        return
    name = _text(found, record, details.get("name"), "/recordDetails/name", LONGEST_NAME)
    if not name and kind in NAMELESS:
        _nobody(found, record, details.get("unspecifiedEntityDetails"))
        return
    code = _text(found, record, _at(details, "jurisdiction", "code"), "/recordDetails/jurisdiction/code", 6)
    founded = _day(found, record, details.get("foundingDate"), "/recordDetails/foundingDate")
    found.parties.append(
        PartyStated(
            key=record.id,
            kind=PartyKind.ENTITY.value,
            legal_name=name,
            native_name=_other_name(found, record, details.get("alternateNames"), "/recordDetails/alternateNames"),
            entity_type=kind,
            country=code[:2],
            registered_on=founded,
            identifiers=_identifiers(found, record),
        )
    )
    found.party_rows.append(record.row)


def _person(found: BodsRead, record: _Record) -> None:
    details = record.details
    kind = snake(_text(found, record, details.get("personType"), "/recordDetails/personType", 40))
    if kind in NAMELESS:
        _nobody(found, record, details.get("unspecifiedPersonDetails"))
        return
    if kind != "known_person":
        found.refuse(record.row, "/recordDetails/personType", "unknown_person_type", "Not a type of person.")
        return
    names = [item for item in _list(found, record, details.get("names"), "/recordDetails/names") if "fullName" in item]
    legal = sorted(names, key=lambda item: item.get("type") != "legal")
    texts = [_text(found, record, item["fullName"], "/recordDetails/names", LONGEST_NAME) for item in legal]
    nations = _list(found, record, details.get("nationalities"), "/recordDetails/nationalities")
    found.parties.append(
        PartyStated(
            key=record.id,
            kind=PartyKind.PERSON.value,
            legal_name=texts[0] if texts else "",
            native_name=texts[1] if len(texts) > 1 else "",
            nationalities=[str(item.get("code", "")) for item in nations],
            birth_date=_text(found, record, details.get("birthDate"), "/recordDetails/birthDate", 10),
            identifiers=_identifiers(found, record),
        )
    )
    found.party_rows.append(record.row)


def _nobody(found: BodsRead, record: _Record, why: Any, key: str = "") -> None:
    reason = snake(str(why.get("reason", "unknown"))) if isinstance(why, dict) else UnknownReason.UNKNOWN.value
    found.parties.append(PartyStated(key=key or record.id, kind=PartyKind.UNKNOWN.value, unknown_reason=reason))
    found.party_rows.append(record.row)


def _relationship(found: BodsRead, record: _Record, kinds: Mapping[str, str]) -> None:
    details = record.details
    owned, owner = details.get("subject"), details.get("interestedParty")
    if not isinstance(owned, str) or kinds.get(owned) != "entity":
        found.refuse(record.row, "/recordDetails/subject", "unknown_record", "The recordId of an entity of this file.")
        return
    if isinstance(owner, dict):
        _nobody(found, record, owner, key=f"{record.id}/interestedParty")
        owner = f"{record.id}/interestedParty"
    elif not isinstance(owner, str) or kinds.get(owner) not in {"entity", "person"}:
        text = "The recordId of a person or an entity of this file, or a reason."
        found.refuse(record.row, "/recordDetails/interestedParty", "unknown_record", text)
        return
    interests = _list(found, record, details.get("interests"), "/recordDetails/interests")
    for index, item in enumerate(interests or [{"type": "unknownInterest", "directOrIndirect": "unknown"}]):
        at = f"/recordDetails/interests/{index}"
        stated = _interest(found, record, item, at, owner, owned)
        if stated is not None:
            found.interests.append(stated)
            found.interest_rows.append((record.row, at))


def _interest(
    found: BodsRead, record: _Record, item: Mapping[str, Any], at: str, owner: str, owned: str
) -> InterestStated | None:
    before = len(found.problems)
    kind = snake(_text(found, record, item.get("type", "unknownInterest"), f"{at}/type", 60))
    if kind not in InterestType.values:
        found.refuse(record.row, f"{at}/type", "unknown_interest", "Not a type of interest.")
    directness = item.get("directOrIndirect", Directness.UNKNOWN.value)
    if directness not in Directness.values:
        found.refuse(record.row, f"{at}/directOrIndirect", "invalid", "direct, indirect or unknown.")
    bounds = _share(found, record, item.get("share"), f"{at}/share")
    ended = _day(found, record, item.get("endDate"), f"{at}/endDate")
    if record.statement.get("recordStatus") == "closed" and ended is None:
        ended = _day(found, record, _date_of(record.statement)[:10] or None, "/statementDate")
    source = record.statement.get("source")
    source = source if isinstance(source, dict) else {}
    retrieved = source.get("retrievedAt")
    stated = InterestStated(
        owner=owner,
        owned=owned,
        interest=kind,
        directness=str(directness),
        **bounds,
        from_date=_day(found, record, item.get("startDate"), f"{at}/startDate"),
        to_date=ended,
        details=_text(found, record, item.get("details"), f"{at}/details", LONGEST_TEXT),
        source=_text(found, record, source.get("description"), "/source/description", LONGEST_TEXT),
        source_url=_text(found, record, source.get("url"), "/source/url", LONGEST_TEXT),
        retrieved_on=_day(
            found, record, retrieved[:10] if isinstance(retrieved, str) else retrieved, "/source/retrievedAt"
        ),
    )
    return None if len(found.problems) > before else stated


def _share(found: BodsRead, record: _Record, share: Any, at: str) -> dict[str, Any]:
    """The bounds of a share given in per cent; what is finer than a millionth is rounded outward."""
    if share is None:
        return {}
    if not isinstance(share, dict):
        found.refuse(record.row, at, "invalid", "An object.")
        return {}
    values = {}
    for name in ("exact", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        value = share.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not 0 <= value <= 100:
            found.refuse(record.row, f"{at}/{name}", "out_of_range", "A number between 0 and 100.")
            return {}
        values[name] = Decimal(str(value)) / 100
    low = values.get("exact", values.get("minimum", values.get("exclusiveMinimum")))
    high = values.get("exact", values.get("maximum", values.get("exclusiveMaximum")))
    return {
        "share_min": None if low is None else low.quantize(MILLIONTH, ROUND_FLOOR),
        "share_max": None if high is None else high.quantize(MILLIONTH, ROUND_CEILING),
        "share_min_exclusive": "exclusiveMinimum" in values and not {"exact", "minimum"} & values.keys(),
        "share_max_exclusive": "exclusiveMaximum" in values and not {"exact", "maximum"} & values.keys(),
    }


def _identifiers(found: BodsRead, record: _Record) -> list[dict[str, str]]:
    at = "/recordDetails/identifiers"
    rows = []
    for item in _list(found, record, record.details.get("identifiers"), at):
        scheme = _text(found, record, item.get("scheme") or item.get("schemeName"), at, 40)
        value = _text(found, record, item.get("id"), at, 60)
        if scheme and value:
            rows.append({"scheme": scheme, "value": value})
    return rows


def _other_name(found: BodsRead, record: _Record, names: Any, at: str) -> str:
    return _text(found, record, names[0], at, LONGEST_NAME) if isinstance(names, list) and names else ""


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _list(found: BodsRead, record: _Record, value: Any, at: str) -> list[Mapping[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > 50 or not all(isinstance(item, dict) for item in value):
        found.refuse(record.row, at, "invalid", "An array of at most {most} objects.", most=50)
        return []
    return value


def _text(found: BodsRead, record: _Record, value: Any, at: str, longest: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        found.refuse(record.row, at, "invalid", "A text of at most {most} characters.", most=longest)
        return ""
    return value


def _day(found: BodsRead, record: _Record, value: Any, at: str) -> dt.date | None:
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        found.refuse(record.row, at, "invalid", "A date as YYYY-MM-DD.")
        return None
