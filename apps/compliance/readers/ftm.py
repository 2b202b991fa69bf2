"""FollowTheMoney entities as JSON Lines, as OpenSanctions publishes them (`entities.ftm.json`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from apps.compliance.readers.countries import countries_of
from apps.compliance.readers.dates import dates_of, day_of
from apps.compliance.readers.entries import (
    MAX_PROGRAMME,
    MAX_REMARKS,
    MAX_URL,
    MAX_VALUE,
    Entry,
    Kind,
    Quality,
    Reading,
    Unreadable,
    identifiers_of,
    names_of,
    source_id_of,
    texts,
    tidy,
)
from apps.compliance.readers.json_records import Object, objects_by_line
from apps.compliance.readers.streams import LIMITS, Limits

KINDS: Mapping[str, Kind] = {
    "Person": "person",
    "Company": "entity",
    "Organization": "entity",
    "LegalEntity": "entity",
    "PublicBody": "entity",
    "Vessel": "vessel",
    "Airplane": "vessel",
}
"""The schemata that can be on a list; addresses, sanctions and relations between entities are passed over."""
TARGET_TOPICS = ("sanction", "debarment", "crime", "wanted", "export.control", "role.pep", "poi")
NAMES: tuple[tuple[str, Quality], ...] = (
    ("name", "primary"),
    ("alias", "alias"),
    ("previousName", "alias"),
    ("weakAlias", "weak"),
)
COUNTRIES = ("nationality", "citizenship", "country", "jurisdiction", "mainCountry", "flag")
NUMBERS = {
    "innCode": "inn",
    "ogrnCode": "ogrn",
    "okpoCode": "okpo",
    "leiCode": "lei",
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "callSign": "call-sign",
    "passportNumber": "passport",
    "idNumber": "id-number",
    "socialSecurityNumber": "social-security",
    "taxNumber": "tax",
    "vatCode": "vat",
    "registrationNumber": "registration",
    "swiftBic": "bic",
    "dunsCode": "duns",
}
OTHERS = ("birthDate", "incorporationDate", "birthPlace", "topics", "programId", "program", "notes", "sourceUrl")
READ = frozenset([key for key, _ in NAMES]) | frozenset(COUNTRIES) | frozenset(NUMBERS) | frozenset(OTHERS)
NOTHING: list[str] = []


def entries(stream: BinaryIO, *, reading: Reading, limits: Limits = LIMITS) -> Iterator[Entry]:
    """The targets of the data set: what says so, or has a topic of risk. Raises Unreadable."""
    for place, item in objects_by_line(stream, limits=limits):
        schema, properties = item.get("schema"), item.get("properties")
        if not isinstance(schema, str) or not isinstance(properties, dict) or not isinstance(item.get("id"), str):
            raise Unreadable("wrong_format", "not an entity with id, schema and properties", place=place)
        kind = KINDS.get(schema)
        if kind is not None and _is_target(item, properties, place):
            _note_date(item, reading, place)
            yield _entry(item, kind, properties, reading, place)


def _is_target(item: Object, properties: Object, place: str) -> bool:
    if item.get("target") is True:
        return True
    topics = _values(properties, "topics", place)
    return any(topic.startswith(TARGET_TOPICS) for topic in topics)


def _note_date(item: Object, reading: Reading, place: str) -> None:
    """The newest day on which an entity was seen is the day of the file."""
    seen = item.get("last_seen")
    day = day_of(seen[:10]) if isinstance(seen, str) else None
    if day is not None and (reading.published_on is None or day > reading.published_on):
        reading.publish(day, place=place)


def _entry(item: Object, kind: Kind, properties: Object, reading: Reading, place: str) -> Entry:
    known = {key: _values(properties, key, place) for key in properties if key in READ}

    def all_of(*keys: str) -> list[str]:
        return [text for key in keys if key in known for text in known[key]]

    urls = all_of("sourceUrl")
    return Entry(
        source_id=source_id_of(item["id"], place=place),
        kind=kind,
        names=names_of(((text, quality) for key, quality in NAMES for text in known.get(key, NOTHING)), place=place),
        birth_dates=reading.past(_dates(known, "birthDate"), what="the birth date", place=place),
        birth_places=texts(all_of("birthPlace"), MAX_VALUE, place=place),
        registration_dates=reading.past(
            _dates(known, "incorporationDate"), what="the date of incorporation", place=place
        ),
        countries=countries_of(all_of(*COUNTRIES)),
        identifiers=identifiers_of(
            ((NUMBERS[key], text) for key in known if key in NUMBERS for text in known[key]), place=place
        ),
        programmes=texts(all_of("topics", "programId", "program"), MAX_PROGRAMME, place=place),
        remarks=tidy(" · ".join(all_of("notes")), MAX_REMARKS),
        url=tidy(urls[0], MAX_URL) if urls else "",
    )


def _dates(known: Mapping[str, list[str]], key: str) -> list[str]:
    return [date for text in known.get(key, NOTHING) for date in dates_of(text)]


def _values(properties: Mapping[str, Any], key: str, place: str) -> list[str]:
    found = properties.get(key)
    if found is None:
        return NOTHING
    if isinstance(found, list):
        for value in found:
            if not isinstance(value, str):
                break
        else:
            return found
    raise Unreadable("wrong_type", f"{key} is no list of texts", place=place)
