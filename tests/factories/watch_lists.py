"""Watch-lists and files of every format for tests."""

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from apps import compliance
from apps.compliance.models import ListVersion, WatchList
from apps.compliance.readers.entries import Entry, Reading
from apps.compliance.readers.formats import list_read
from apps.compliance.services.watch_lists import Receipt, list_version_receive
from kernel.access import Actor
from kernel.chunks import job_drive

SAMPLES = Path(compliance.__file__).parent / "data" / "lists"
FILES: Mapping[str, str] = {
    "eu-fsf": "eu.xml",
    "un-sc": "un.xml",
    "ofac-sdn": "us-sdn.xml",
    "uk-sanctions": "uk.csv",
    "ua-nsdc": "ua.json",
    "ftm": "opensanctions.json",
}
TODAY = dt.date(2026, 11, 1)


def sample(format_code: str) -> bytes:
    """The synthetic file of a format."""
    return (SAMPLES / FILES[format_code]).read_bytes()


def read(content: bytes, format_code: str, **limits: Any) -> tuple[list[Entry], Reading]:
    """The entries of a file, and what it says of itself."""
    reading = Reading(TODAY)
    return list(list_read(io.BytesIO(content), format_code=format_code, reading=reading, **limits)), reading


def person(source_id: str, *names: str, **properties: Sequence[str]) -> dict[str, Any]:
    """A person as FollowTheMoney has one."""
    known = {"name": list(names), **{key: list(values) for key, values in properties.items()}}
    return {"id": source_id, "schema": "Person", "target": True, "properties": known}


def as_lines(*items: Mapping[str, Any]) -> bytes:
    """JSON Lines."""
    return "".join(f"{json.dumps(item, ensure_ascii=False)}\n" for item in items).encode()


def list_make(code: str = "test-list", **values: Any) -> WatchList:
    """A watch-list that is read from FollowTheMoney."""
    given = {
        "title": "A list",
        "publisher": "A publisher",
        "source_url": "https://lists.example/",
        "format": "ftm",
        "expected_days": 7,
        "source_date": dt.date(2026, 1, 1),
        **values,
    }
    return WatchList.objects.get_or_create(code=code, defaults=given)[0]


def receive(watch_list: WatchList, content: bytes, **options: Any) -> Receipt:
    """A file received, and not yet read."""
    return list_version_receive(actor=Actor.system(), watch_list=watch_list, file=io.BytesIO(content), **options)


def load(watch_list: WatchList, content: bytes, **options: Any) -> ListVersion:
    """A file received and worked on until its job has ended."""
    version = receive(watch_list, content, **options).version
    job_drive(job_id=version.job_id)
    version.refresh_from_db()
    return version
