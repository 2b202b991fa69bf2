"""Whole bodies that a caller may send and should not."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.hostile.inputs import JSON, RAW, Input


def raw_bodies() -> Iterator[Input]:
    """Whole bodies that are no JSON object of a sensible shape, or not sent as one."""
    nested = 1000
    texts: dict[str, bytes] = {
        "arrays nested 1,000 deep": b"[" * nested + b"]" * nested,
        "objects nested 1,000 deep": b'{"a":' * nested + b"1" + b"}" * nested,
        "arrays nested 100,000 deep": b"[" * 100_000,
        "objects never closed": b'{"a":' * 5000,
        "33 deep": b'{"a":' * 33 + b"1" + b"}" * 33,
        "number of 10,000 digits": b'{"a":' + b"9" * 10_000 + b"}",
        "exponent of a million": b'{"a":1e1000000}',
        "negative exponent of a million": b'{"a":-1e-1000000}',
        "infinite number as field": b'{"amount":1e400,"year":1e400,"trl":1e400}',
        "NaN": b'{"a":NaN}',
        "Infinity": b'{"a":Infinity}',
        "-Infinity": b'{"a":-Infinity}',
        "a bare NaN": b"NaN",
        "the same name twice": b'{"title":"a","title":"b"}',
        "the same name twice, deep": b'{"a":{"b":1,"b":2}}',
        "name escaped and plain": b'{"title":"a","\\u0074itle":"b"}',
        "NUL in a value": b'{"title":"a\\u0000b"}',
        "NUL in a name": b'{"a\\u0000b":1}',
        "a raw NUL byte": b'{"title":"a\x00b"}',
        "high surrogate alone": b'{"title":"\\ud800"}',
        "low surrogate alone": b'{"title":"\\udc00"}',
        "surrogates the wrong way round": b'{"title":"\\udc00\\ud800"}',
        "surrogate in a name": b'{"\\ud83d":1}',
        "surrogate in UTF-8 bytes": b'{"title":"\xed\xa0\x80"}',
        "UTF-16": '{"title":"a"}'.encode("utf-16"),
        "UTF-16 without a mark": '{"title":"a"}'.encode("utf-16-le"),
        "UTF-32": '{"title":"a"}'.encode("utf-32"),
        "byte order mark": b'\xef\xbb\xbf{"title":"a"}',
        "invalid UTF-8": b'{"title":"\xff\xfe"}',
        "overlong UTF-8": b'{"title":"\xc0\xaf"}',
        "beyond Unicode": b'{"title":"\xf4\x90\x80\x80"}',
        "Latin-1": '{"title":"é"}'.encode("latin-1"),
        "1.1 MB": b'{"title":"' + b"a" * 1_150_000 + b'"}',
        "1,001 names": json.dumps({f"k{n}": n for n in range(1001)}).encode(),
        "1,001 names in a list": json.dumps([{"a": n} for n in range(1001)]).encode(),
        "100,000 numbers": json.dumps(list(range(100_000))).encode(),
        "empty": b"",
        "only spaces": b"    ",
        "an array": b"[]",
        "an array of objects": b"[{},{}]",
        "a text": b'"text"',
        "a number": b"1",
        "true": b"true",
        "null": b"null",
        "an empty object": b"{}",
        "no JSON at all": b"hello",
        "cut off": b'{"title": "a',
        "trailing comma": b'{"title":"a",}',
        "single quotes": b"{'title':'a'}",
        "comment": b'{"title":"a"/*x*/}',
        "two documents": b"{}{}",
        "leading zero": b'{"a":01}',
        "hexadecimal": b'{"a":0x10}',
        "control character in a text": b'{"title":"a\x01\x1fb"}',
        "tab and newline in a text": b'{"title":"a\tb\nc"}',
        "prototype": b'{"__proto__":{"is_staff":true},"constructor":{"prototype":{}}}',
        "empty name": b'{"":1}',
        "name of 100,000 letters": b'{"' + b"a" * 100_000 + b'":1}',
        "YAML": b"title: a\n",
        "XML with an entity": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        "pickle": b"cos\nsystem\n(S'true'\ntR.",
    }
    for name, body in texts.items():
        yield Input(RAW, name, body)
    types = {
        "text/plain": "text/plain",
        "text/html": "text/html",
        "application/xml": "application/xml",
        "form": "application/x-www-form-urlencoded",
        "multipart without a boundary": "multipart/form-data",
        "multipart with an odd boundary": "multipart/form-data; boundary=\u00e9",
        "multipart with an endless boundary": "multipart/form-data; boundary=" + "b" * 5000,
        "no type": "",
        "JSON in UTF-16": "application/json; charset=utf-16",
        "JSON in UTF-7": "application/json; charset=utf-7",
        "JSON in an unknown charset": "application/json; charset=x-none",
        "JSON in quotes": 'application/json; charset="utf-8',
        "JSON patch": "application/json-patch+json",
        "problem": "application/problem+json",
        "no slash": "json",
        "only a semicolon": ";;;",
        "type of 10,000 letters": "application/" + "x" * 10_000,
        "octets": "application/octet-stream",
    }
    for name, content_type in types.items():
        yield Input(RAW, f"content type {name}", b'{"title":"a"}', content_type)
    for encoding in ("gzip", "br", "deflate", "gzip, gzip", "identity, gzip", "x"):
        yield Input(RAW, f"content encoding {encoding}", b"\x1f\x8b", JSON, (("Content-Encoding", encoding),))
    yield Input(RAW, "chunked", b'{"title":"a"}', JSON, (("Transfer-Encoding", "chunked"),))
    for name, length in {
        "negative": "-1",
        "text": "abc",
        "huge": "9" * 40,
        "too long": "99999",
        "zero": "0",
        "plus": "+5",
        "other digits": "\u0661",
        "empty": "",
    }.items():
        yield Input(RAW, f"content length {name}", b'{"title":"a"}', JSON, (("Content-Length", length),))
    form = "application/x-www-form-urlencoded"
    yield Input(RAW, "form with NUL", b"title=%00", form)
    yield Input(RAW, "form with bad UTF-8", b"title=%ff", form)
    yield Input(RAW, "form of 20,000 fields", b"&".join(b"a=1" for _ in range(20_000)), form)
    boundary = "multipart/form-data; boundary=x"
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\ndata\r\n--x--\r\n'
    for name, file_name in {
        "path": b"../../etc/passwd",
        "NUL": b"a\x00.csv",
        "empty": b"",
        "long": b"a" * 3000,
        "odd bytes": b"\xff\xfe.csv",
        "line end": b"a\nb.csv",
    }.items():
        yield Input(RAW, f"multipart file name {name}", part % file_name, boundary)
    yield Input(RAW, "multipart cut off", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nda', boundary)
    yield Input(RAW, "multipart without a name", b"--x\r\n\r\ndata\r\n--x--\r\n", boundary)
    base64_part = (
        b'--x\r\nContent-Disposition: form-data; name="file"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!\r\n--x--'
    )
    yield Input(RAW, "multipart with bad base64", base64_part, boundary)
    yield Input(
        RAW,
        "multipart of 2,000 parts",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 2000,
        boundary,
    )
