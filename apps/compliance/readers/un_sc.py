"""The United Nations Security Council's consolidated list, as XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from apps.compliance.readers.countries import countries_of
from apps.compliance.readers.dates import dates_of, day_of, span_of
from apps.compliance.readers.entries import (
    MAX_PROGRAMME,
    MAX_REMARKS,
    MAX_VALUE,
    Entry,
    Quality,
    Reading,
    identifiers_of,
    names_of,
    source_id_of,
    texts,
    tidy,
)
from apps.compliance.readers.streams import LIMITS, Limits
from apps.compliance.readers.xml_records import Node, records

NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
WEAK = frozenset({"low"})


def entries(stream: BinaryIO, *, reading: Reading, limits: Limits = LIMITS) -> Iterator[Entry]:
    """The entries of `CONSOLIDATED_LIST`: its individuals and its entities. Raises Unreadable."""
    names = ("INDIVIDUAL", "ENTITY")
    for number, node, head in records(stream, root="CONSOLIDATED_LIST", names=names, limits=limits):
        if number == 1:
            reading.publish(day_of(head.get("dateGenerated")[:10]), place="element 1")
        yield _entry(node, reading, f"element {number}")


def _entry(node: Node, reading: Reading, place: str) -> Entry:
    is_person, part = node.name == "INDIVIDUAL", node.name
    births = [date for birth in node.all("INDIVIDUAL_DATE_OF_BIRTH") for date in _birth_dates(birth)]
    papers = [(paper.value("TYPE_OF_DOCUMENT"), paper.value("NUMBER")) for paper in node.all("INDIVIDUAL_DOCUMENT")]
    homes = [address.value("COUNTRY") for address in node.all(f"{part}_ADDRESS")]
    nations = [value.text for value in node.all("NATIONALITY", "VALUE")]
    listed = reading.past(dates_of(node.value("LISTED_ON")[:10]), what="the listing date", place=place)
    places = (
        ", ".join(found for name in ("CITY", "STATE_PROVINCE", "COUNTRY") if (found := birth.value(name)))
        for birth in node.all("INDIVIDUAL_PLACE_OF_BIRTH")
    )
    return Entry(
        source_id=source_id_of(node.value("DATAID") or node.value("REFERENCE_NUMBER"), place=place),
        kind="person" if is_person else "entity",
        names=names_of(_names(node), place=place),
        birth_dates=reading.past(births, what="the birth date", place=place),
        birth_places=texts(places, MAX_VALUE, place=place),
        countries=countries_of(nations + homes),
        identifiers=identifiers_of([("un-reference", node.value("REFERENCE_NUMBER")), *papers], place=place),
        programmes=texts((kind.text for kind in node.all("UN_LIST_TYPE")), MAX_PROGRAMME, place=place),
        listed_on=listed[0] if listed and len(listed[0]) == 10 else None,
        remarks=tidy(node.value("COMMENTS1"), MAX_REMARKS),
    )


def _names(node: Node) -> Iterator[tuple[str, Quality]]:
    yield " ".join(part for name in NAME_PARTS if (part := node.value(name))), "primary"
    yield node.value("NAME_ORIGINAL_SCRIPT"), "alias"
    for alias in node.all(f"{node.name}_ALIAS"):
        yield alias.value("ALIAS_NAME"), "weak" if alias.value("QUALITY").casefold() in WEAK else "alias"


def _birth_dates(birth: Node) -> tuple[str, ...]:
    if birth.value("FROM_YEAR") and birth.value("TO_YEAR"):
        return span_of(birth.value("FROM_YEAR"), birth.value("TO_YEAR"))
    return dates_of(birth.value("DATE")) or dates_of(birth.value("YEAR"))
