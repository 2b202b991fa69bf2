"""The State Register of Sanctions of Ukraine's National Security and Defence Council, as JSON.

The register answers over an interface with a key: `/v2/subjects?subjectType=individual` and `…=legal` each give an
array of subjects with `sid`, `name`, `translit`, `aliases`, `citizenships`, `bd`, `dd`, `status` and `identifiers`
(`id`, `code`). Read is one array of both, each subject with its `subjectType` beside. The shape is known from public
code that reads the register, not from a description by its publisher: confidence C.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from apps.compliance.readers.countries import countries_of
from apps.compliance.readers.dates import dates_of
from apps.compliance.readers.entries import (
    MAX_PROGRAMME,
    MAX_REMARKS,
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
from apps.compliance.readers.json_records import Object, objects_of_array, text_of, texts_of
from apps.compliance.readers.streams import LIMITS, Limits

PEOPLE, LEGAL = "individual", "legal"
ENDED = frozenset({"excluded", "expired"})
"""Subjects that the register keeps, though no sanction is in force against them."""
VARIANTS = re.compile(r"([^(]+)\(([^()]+)\)")


def entries(stream: BinaryIO, *, reading: Reading, limits: Limits = LIMITS) -> Iterator[Entry]:
    """The subjects with a sanction in force. Raises Unreadable."""
    for place, item in objects_of_array(stream, limits=limits):
        if text_of(item.get("status"), what="status", place=place).casefold() not in ENDED:
            yield _entry(item, reading, place)


def _entry(item: Object, reading: Reading, place: str) -> Entry:
    kind = text_of(item.get("subjectType"), what="subjectType", place=place)
    if kind not in (PEOPLE, LEGAL):
        raise Unreadable("wrong_format", f"subjectType is neither {PEOPLE} nor {LEGAL}", place=place)
    days = [date for day in texts_of(item.get("bd"), what="bd", place=place) for date in dates_of(day)]
    dates = reading.past(days, what="the birth date" if kind == PEOPLE else "the registration date", place=place)
    actions = [action for action in _objects(item, "actions", place) if isinstance(action.get("decree"), dict)]
    decrees = [action["decree"] for action in actions]
    listed = [date for decree in decrees for date in dates_of(text_of(decree.get("date"), what="date", place=place))]
    days_listed = [day for day in reading.past(listed, what="the decree's date", place=place) if len(day) == 10]
    attributes = (
        f"{text_of(part.get('key'), what='key', place=place)}: {text_of(part.get('value'), what='value', place=place)}"
        for part in _objects(item, "attributes", place)
    )
    return Entry(
        source_id=source_id_of(text_of(item.get("sid"), what="sid", place=place), place=place),
        kind="person" if kind == PEOPLE else "entity",
        names=names_of(_names(item, place), place=place),
        birth_dates=dates if kind == PEOPLE else (),
        registration_dates=() if kind == PEOPLE else dates,
        countries=countries_of(texts_of(item.get("citizenships"), what="citizenships", place=place)),
        identifiers=identifiers_of(
            (
                (text_of(part.get("id"), what="id", place=place), text_of(part.get("code"), what="code", place=place))
                for part in _objects(item, "identifiers", place)
            ),
            place=place,
        ),
        programmes=texts(
            (text_of(decree.get("number"), what="number", place=place) for decree in decrees),
            MAX_PROGRAMME,
            place=place,
        ),
        listed_on=min(days_listed, default=None),
        remarks=tidy(" · ".join(attributes), MAX_REMARKS),
    )


def _names(item: Object, place: str) -> Iterator[tuple[str, Quality]]:
    name = text_of(item.get("name"), what="name", place=place)
    qualities: list[Quality] = ["primary", "alias"]
    for quality, text in zip(
        qualities, (name, text_of(item.get("translit"), what="translit", place=place)), strict=True
    ):
        parts = list(_variants(text))
        yield from ((part, quality if index == 0 else "alias") for index, part in enumerate(parts))
    for alias in texts_of(item.get("aliases"), what="aliases", place=place):
        yield from ((part, "alias") for part in _variants(alias))


def _variants(text: str) -> Iterator[str]:
    """`Ukrainian (Russian, English)` as its three names; anything else as it is."""
    whole = VARIANTS.fullmatch(text.strip())
    if whole is None:
        yield text
        return
    yield whole[1]
    yield from whole[2].split(",")


def _objects(item: Object, name: str, place: str) -> list[dict[str, Any]]:
    found = item.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
        raise Unreadable("wrong_type", f"{name} is no list of objects", place=place)
    return found
