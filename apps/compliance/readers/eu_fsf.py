"""The EU's consolidated list of financial sanctions: the XML export (format 1.1) of its Financial Sanctions Files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from apps.compliance.readers.countries import countries_of
from apps.compliance.readers.dates import dates_of, day_of, span_of
from apps.compliance.readers.entries import (
    MAX_PROGRAMME,
    MAX_REMARKS,
    MAX_URL,
    MAX_VALUE,
    Entry,
    Quality,
    Reading,
    Unreadable,
    identifiers_of,
    names_of,
    source_id_of,
    texts,
    tidy,
)
from apps.compliance.readers.streams import LIMITS, Limits
from apps.compliance.readers.xml_records import Node, records

KINDS = {"person": "person", "P": "person", "enterprise": "entity", "E": "entity"}
VESSEL_IDS = frozenset({"imo", "imonumber"})


def entries(stream: BinaryIO, *, reading: Reading, limits: Limits = LIMITS) -> Iterator[Entry]:
    """The entries of `export`, one per `sanctionEntity`. Raises Unreadable."""
    for number, node, head in records(stream, root="export", names=("sanctionEntity",), limits=limits):
        if number == 1:
            reading.publish(day_of(head.get("generationDate")[:10]), place="element 1")
        yield _entry(node, reading, f"element {number}")


def _entry(node: Node, reading: Reading, place: str) -> Entry:
    subject = next(node.all("subjectType"), None)
    code = "" if subject is None else subject.get("code") or subject.get("classificationCode")
    if code not in KINDS:
        raise Unreadable("wrong_format", "the kind of subject is neither person nor enterprise", place=place)
    births = [date for birth in node.all("birthdate") for date in _birth_dates(birth)]
    papers = list(node.all("identification"))
    is_vessel = any(paper.get("identificationTypeCode").casefold() in VESSEL_IDS for paper in papers)
    regulations = list(node.all("regulation"))
    given = [("eu-reference", node.get("euReferenceNumber")), ("un-reference", node.get("unitedNationId"))]
    numbers = [(paper.get("identificationTypeCode"), paper.get("number")) for paper in papers]
    places = [child for name in ("citizenship", "address", "birthdate") for child in node.all(name)]
    return Entry(
        source_id=source_id_of(node.get("euReferenceNumber") or node.get("logicalId"), place=place),
        kind="vessel" if is_vessel else "person" if KINDS[code] == "person" else "entity",
        names=names_of(_names(node), place=place),
        birth_dates=reading.past(births, what="the birth date", place=place),
        birth_places=texts((_birth_place(birth) for birth in node.all("birthdate")), MAX_VALUE, place=place),
        countries=countries_of(child.get("countryIso2Code") for child in places if child.name != "birthdate"),
        identifiers=identifiers_of(given + numbers, place=place),
        programmes=texts((regulation.get("programme") for regulation in regulations), MAX_PROGRAMME, place=place),
        listed_on=_listed(node, regulations, reading, place),
        remarks=tidy(" · ".join(remark.text for remark in node.all("remark")), MAX_REMARKS),
        url=tidy(next((regulation.value("publicationUrl") for regulation in regulations), ""), MAX_URL),
    )


def _names(node: Node) -> Iterator[tuple[str, Quality]]:
    is_first = True
    for alias in node.all("nameAlias"):
        whole = alias.get("wholeName") or " ".join(
            part for name in ("firstName", "middleName", "lastName") if (part := alias.get(name))
        )
        is_weak = alias.get("strong").casefold() == "false"
        yield whole, "weak" if is_weak else "primary" if is_first else "alias"
        is_first = is_first and (is_weak or not whole)


def _birth_dates(birth: Node) -> tuple[str, ...]:
    if birth.get("yearRangeFrom") and birth.get("yearRangeTo"):
        return span_of(birth.get("yearRangeFrom"), birth.get("yearRangeTo"))
    return dates_of(birth.get("birthdate")) or dates_of(birth.get("year"))


def _birth_place(birth: Node) -> str:
    return ", ".join(part for name in ("place", "city", "region", "countryDescription") if (part := birth.get(name)))


def _listed(node: Node, regulations: list[Node], reading: Reading, place: str) -> str | None:
    """The day of designation, else the first publication named."""
    designated = day_of(node.get("designationDate"))
    days = [designated] if designated else [
        day for regulation in regulations if (day := day_of(regulation.get("publicationDate")))
    ]  # fmt: skip
    found = reading.past((day.isoformat() for day in days), what="the listing date", place=place)
    return min(found, default=None)
