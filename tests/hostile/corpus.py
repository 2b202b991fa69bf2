"""The whole corpus: the inputs, and with them hostile files and arrays that say who owns whom, badly."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Iterator
from typing import Any

from tests.hostile.addresses import path_parts, queries
from tests.hostile.bodies import raw_bodies
from tests.hostile.fields import extras, field_values
from tests.hostile.headers import header_sets, verbs
from tests.hostile.inputs import BODS, FOREIGN, FOREIGN_NOUNS, RAW, Input


def file_bodies() -> Iterator[Input]:
    """Bytes where a part of a file belongs, and forms with a file."""
    octets = "application/octet-stream"
    for name, content in {
        "none": b"",
        "one": b"\x00",
        "8 MB and one": bytes(8 * 1024 * 1024 + 1),
        "that look like JSON": b'{"offset":0}',
        "that look like a program": b"MZ\x90\x00",
    }.items():
        yield Input(RAW, f"octets {name}", content, octets)
    boundary = "multipart/form-data; boundary=x"
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="list"\r\n\r\n%s\r\n--x--\r\n'
    for name, content in {
        "empty": b"",
        "XML bomb": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><export>&b;</export>',
        "entity from outside": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><export>&e;</export>',
        "cut off": b'{"id":"a","schema":"Person","properties":{"name":["',
        "gzip of nothing": b"\x1f\x8b\x08",
        "gzip cut off": gzip.compress(b'{"id":"a"}' * 999)[:40],
        "deep": b'{"id":' + b"[" * 100_000,
        "NUL": b"\x00" * 4096,
        "surrogate": b'{"id":"a","schema":"Person","properties":{"name":["\\ud800"]}}',
        "control characters": b'{"id":"a","schema":"Person","properties":{"name":["\\u0001\\u0000"]}}',
    }.items():
        yield Input(RAW, f"list file {name}", part % content, boundary)


def bods() -> Iterator[Input]:
    """Arrays that say who owns whom, badly."""
    person = {"statementId": "a" * 36, "recordId": "p", "recordType": "person", "recordStatus": "new"}
    entity = {"statementId": "b" * 36, "recordId": "e", "recordType": "entity", "recordStatus": "new"}
    known = {"personType": "knownPerson", "names": [{"fullName": "Olena Test"}]}
    registered = {"entityType": {"type": "registeredEntity"}, "name": "Aster"}

    def link(owner: Any, owned: Any, **share: Any) -> dict[str, Any]:
        interest = {"type": "shareholding", "share": share or {"exact": 10}}
        details = {"subject": owned, "interestedParty": owner, "interests": [interest]}
        return {
            "statementId": uuid.uuid5(uuid.NAMESPACE_OID, f"{owner} {owned} {share}").hex,
            "declarationSubject": "e",
            "recordId": f"{owner}-{owned}"[:60],
            "recordType": "relationship",
            "recordStatus": "new",
            "recordDetails": details,
        }

    def named(*names: Any) -> list[dict[str, Any]]:
        return [{**person, "declarationSubject": "e", "recordDetails": {**known, "names": list(names)}}, *firms]

    people = [{**person, "declarationSubject": "e", "recordDetails": known}]
    firms = [{**entity, "declarationSubject": "e", "recordDetails": registered}]
    both = [*people, *firms]
    arrays: dict[str, Any] = {
        "nothing": [],
        "empty objects": [{}] * 3,
        "5,000 statements": both + [link("p", "e")] * 5000,
        "a cycle": [*firms, link("e", "e")],
        "a longer cycle": [*both, link("e", "f"), link("f", "e"), link("p", "e")],
        "a ring of 300": [
            *({**firms[0], "statementId": f"{n:040}", "recordId": f"e{n or ''}"} for n in range(300)),
            *(link(f"e{n or ''}", f"e{(n + 1) % 300 or ''}") for n in range(300)),
        ],
        "deep details": [{**firms[0], "recordDetails": json.loads('{"a":' * 25 + "1" + "}" * 25)}],
        "details of text": [{**firms[0], "recordDetails": "x"}],
        "types of numbers": [{**firms[0], "recordType": 7, "recordId": [1], "declarationSubject": {"a": 1}}],
        "the same id twice": [*firms, *firms],
        "an id of 100,000 letters": [{**firms[0], "recordId": "e" * 100_000}],
        "subject of a list": [*both, link(["p"], ["e"])],
        "interests of text": [*both, {**link("p", "e"), "recordDetails": {"interests": "all"}}],
        "interests of nothing": [*both, {**link("p", "e"), "recordDetails": {"interests": [None, 1, "x"]}}],
        "names with control characters": named({"fullName": "A\x01\x1b[31m\u202eB"}),
        "names with NUL": named({"fullName": "A\x00B"}),
        "names of numbers": named(1, None, {"fullName": 7}),
        "a name of 100,000 letters": named({"fullName": "A" * 100_000}),
        "versions of a list": [{**firms[0], "publicationDetails": {"bodsVersion": ["0.4"]}}],
        "a source that is a script": [*both, {**link("p", "e"), "source": {"url": "javascript:alert(1)"}}],
        "types of lists": [{**firms[0], "recordType": ["entity"]}],
        "ids of lists": [{**firms[0], "statementId": ["b"], "recordId": {}}],
        "dates of no kind": [{**people[0], "recordDetails": {"birthDate": "9999-99-99"}, "statementDate": 5}],
        "date of year 10000": [*both, {**link("p", "e"), "statementDate": "10000-01-01"}],
    }
    shares = {"NaN": float("nan"), "Infinity": float("inf"), "NaN as text": "NaN", "sNaN": "sNaN", "minus": -1}
    shares |= {"above the whole": 101, "huge": 10**99, "1e400 as text": "1e400", "a list": [50], "true": True}
    for name, share in shares.items():
        arrays[f"a share {name}"] = [*both, link("p", "e", exact=share)]
        arrays[f"a least share {name}"] = [*both, link("p", "e", minimum=share, maximum=share)]
    for name, array in arrays.items():
        yield Input(BODS, name, array)


def corpus() -> list[Input]:
    """All of it, in a fixed order; what needs the world (others' ids) is added by the runner."""
    found = [
        *raw_bodies(),
        *file_bodies(),
        *bods(),
        *field_values(),
        *queries(),
        *path_parts(),
        *header_sets(),
        *verbs(),
        *extras(),
        *(Input(FOREIGN, noun, noun) for noun in FOREIGN_NOUNS),
    ]
    names = [str(item) for item in found]
    assert len(names) == len(set(names))
    return found
