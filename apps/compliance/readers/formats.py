"""Which reader reads which format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, Protocol

from apps.compliance.readers import eu_fsf, ftm, ofac_sdn, ua_nsdc, uk_sanctions, un_sc
from apps.compliance.readers.entries import Entry, Reading, Unreadable
from apps.compliance.readers.streams import LIMITS, Limits


class Reader(Protocol):
    """Gives the entries of a file one after the other."""

    def __call__(self, stream: BinaryIO, *, reading: Reading, limits: Limits = ...) -> Iterator[Entry]: ...


READERS: Mapping[str, Reader] = {
    "eu-fsf": eu_fsf.entries,
    "un-sc": un_sc.entries,
    "ofac-sdn": ofac_sdn.entries,
    "uk-sanctions": uk_sanctions.entries,
    "ua-nsdc": ua_nsdc.entries,
    "ftm": ftm.entries,
}


def list_read(stream: BinaryIO, *, format_code: str, reading: Reading, limits: Limits = LIMITS) -> Iterator[Entry]:
    """The entries of a list of that format; `reading` counts them. Raises Unreadable, also when there are none."""
    for entry in READERS[format_code](stream, reading=reading, limits=limits):
        reading.entries += 1
        yield entry
    if not reading.entries:
        raise Unreadable("empty", "the file has no entries")
