"""OFAC's specially designated nationals and its consolidated non-SDN list: the standard XML, not the advanced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from apps.compliance.readers.countries import countries_of
from apps.compliance.readers.dates import dates_of, day_month_first
from apps.compliance.readers.entries import (
    MAX_PROGRAMME,
    MAX_REMARKS,
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
from apps.compliance.readers.streams import LIMITS, Limits
from apps.compliance.readers.xml_records import Node, records

KINDS: dict[str, Kind] = {"individual": "person", "entity": "entity", "vessel": "vessel", "aircraft": "vessel"}
ESTABLISHED = "organization established date"
NO_NUMBERS = frozenset({"gender", ESTABLISHED, "organization type", "vessel year of build"})
"""Features that the format puts among the identity documents."""


def entries(stream: BinaryIO, *, reading: Reading, limits: Limits = LIMITS) -> Iterator[Entry]:
    """The entries of `sdnList`, one per `sdnEntry`. Raises Unreadable, also when fewer entries come than announced."""
    found, announced = 0, None
    for _, node, _ in records(stream, root="sdnList", names=("sdnEntry", "publshInformation"), limits=limits):
        if node.name == "publshInformation":
            reading.publish(day_month_first(node.value("Publish_Date")), place="publshInformation")
            count = node.value("Record_Count")
            announced = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else None
            continue
        found += 1
        yield _entry(node, reading, f"element {found}")
    if announced is not None and announced != found:
        raise Unreadable("truncated", f"{announced} entries are announced, {found} are there", place=f"element {found}")


def _entry(node: Node, reading: Reading, place: str) -> Entry:
    kind = KINDS.get(node.value("sdnType").casefold())
    if kind is None:
        raise Unreadable("wrong_format", "sdnType is none of Individual, Entity, Vessel, Aircraft", place=place)
    papers = [(paper.value("idType"), paper.value("idNumber")) for paper in node.all("idList", "id")]
    births = [
        date for birth in node.all("dateOfBirthList", "dateOfBirthItem", "dateOfBirth") for date in dates_of(birth.text)
    ]
    founded = [date for name, value in papers if name.casefold() == ESTABLISHED for date in dates_of(value)]
    nations = [
        value.text
        for path in (("nationalityList", "nationality"), ("citizenshipList", "citizenship"), ("addressList", "address"))
        for value in node.all(*path, "country")
    ]
    flag = node.value("vesselInfo", "vesselFlag")
    sign = ("call-sign", node.value("vesselInfo", "callSign"))
    numbers = [pair for pair in papers if pair[0].casefold() not in NO_NUMBERS and not pair[0].endswith(":")]
    births_at = (item.text for item in node.all("placeOfBirthList", "placeOfBirthItem", "placeOfBirth"))
    return Entry(
        source_id=source_id_of(node.value("uid"), place=place),
        kind=kind,
        names=names_of(_names(node), place=place),
        birth_dates=reading.past(births, what="the birth date", place=place),
        birth_places=texts(births_at, MAX_VALUE, place=place),
        registration_dates=reading.past(founded, what="the date of establishment", place=place),
        countries=countries_of([*nations, flag]),
        identifiers=identifiers_of([*numbers, sign], place=place),
        programmes=texts((item.text for item in node.all("programList", "program")), MAX_PROGRAMME, place=place),
        remarks=tidy(node.value("remarks"), MAX_REMARKS),
    )


def _names(node: Node) -> Iterator[tuple[str, Quality]]:
    yield _whole(node), "primary"
    for alias in node.all("akaList", "aka"):
        yield _whole(alias), "weak" if alias.value("category").casefold() == "weak" else "alias"


def _whole(node: Node) -> str:
    return f"{node.value('firstName')} {node.value('lastName')}"
