"""The corpus: named things that a caller may send and should not, each with the kind of place it goes to."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
RAW, FIELD, QUERY, PATH, HEADER, VERB, EXTRA, FOREIGN = (
    "raw body",
    "field",
    "query",
    "path",
    "header",
    "method",
    "mass assignment",
    "foreign id",
)


@dataclass(frozen=True)
class Input:
    """One hostile thing. `value` is what its kind says: a body, a field's value, a query, a path part, headers…"""

    kind: str
    name: str
    value: Any
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    parameter: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


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


def field_values() -> Iterator[Input]:
    """Values that stand in a body's field one after the other, whatever its type."""
    values: dict[str, Any] = {
        "null": None,
        "true": True,
        "false": False,
        "zero": 0,
        "minus one": -1,
        "2^31": 2**31,
        "2^63": 2**63,
        "2^64": 2**64,
        "-2^63-1": -(2**63) - 1,
        "a hundred digits": 10**99,
        "fraction": 0.1,
        "huge float": 1e308,
        "tiny float": 5e-324,
        "negative zero": -0.0,
        "empty text": "",
        "space": " ",
        "text": "text",
        "text of 100,000 letters": "a" * 100_000,
        "NaN as text": "NaN",
        "Infinity as text": "Infinity",
        "sNaN as text": "sNaN",
        "1e400 as text": "1e400",
        "1e-400 as text": "1e-400",
        "-0 as text": "-0",
        "number with underscores": "1_000",
        "number with blanks": " 1 ",
        "Arabic digits": "\u0661\u0662",
        "full-width digits": "\uff11\uff12",
        "hexadecimal": "0x10",
        "decimal with comma": "1,5",
        "empty list": [],
        "list of nulls": [None],
        "list of lists": [[[]]],
        "101 items": [1] * 101,
        "600 items": ["a"] * 600,
        "list of mixed": [1, "a", None, {}, []],
        "empty object": {},
        "object": {"a": 1},
        "object for a list": {"0": "a"},
        "money without amount": {"currency": "EUR"},
        "money with a number": {"amount": 1.5, "currency": "EUR"},
        "money in nothing": {"amount": "1", "currency": ""},
        "money in XXX": {"amount": "1", "currency": "XXX"},
        "money NaN": {"amount": "NaN", "currency": "EUR"},
        "money endless": {"amount": "9" * 60, "currency": "EUR"},
        "money negative": {"amount": "-1", "currency": "EUR"},
        "money 1e99": {"amount": "1e99", "currency": "EUR"},
        "money with 40 places": {"amount": "0." + "1" * 40, "currency": "EUR"},
        "date of year 0": "0000-01-01",
        "date of year 1": "0001-01-01",
        "date of year 9999": "9999-12-31",
        "date of year 10000": "10000-01-01",
        "30 February": "2026-02-30",
        "week date": "2026-W01-1",
        "ordinal date": "2026-001",
        "moment before time": "0001-01-01T00:00:00+14:00",
        "moment after time": "9999-12-31T23:59:59-14:00",
        "offset of 15 hours": "2026-01-01T00:00:00+15:00",
        "offset of 24 hours": "2026-01-01T00:00:00+24:00",
        "offset of 99 hours": "2026-01-01T00:00:00+99:99",
        "no offset": "2026-01-01T00:00:00",
        "second 60": "2026-12-31T23:59:60Z",
        "hour 24": "2026-12-31T24:00:00Z",
        "milliseconds since 1970": 1767225600000,
        "uuid": str(uuid.UUID(int=7)),
        "uuid without dashes": uuid.UUID(int=7).hex,
        "uuid in braces": "{" + str(uuid.UUID(int=7)) + "}",
        "uuid as urn": f"urn:uuid:{uuid.UUID(int=7)}",
        "uuid as number": 7,
        "uuid beyond 128 bits": 2**130,
        "nil uuid": str(uuid.UUID(int=0)),
        "negative number for a uuid": -5,
        "SQL": "'; DROP TABLE startups_firm; --",
        "SQL or": "' OR 1=1 --",
        "script": "<script>alert(1)</script>",
        "template": "{{7*7}}${7*7}<%= 7*7 %>",
        "format": "%s%n%x {0.__class__}",
        "command": "$(sleep 1)`id`|id",
        "path": "../../etc/passwd",
        "link": "http://169.254.169.254/latest/meta-data/",
        "log lines": "a\r\nSet-Cookie: x=1",
        "right to left": "\u202egnp.exe",
        "combining letters": "a" + "\u0301" * 500,
        "no character": "\ufffe\uffff",
        "private use": "\ue000\U0010ffff",
        "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "control characters": "\x01\x07\x1b[31m\x7f\x85",
        "long regex": "(a+)+$" + "a" * 60 + "!",
        "only line ends": "\n\r\n",
        "zero width": "\u200b\ufeff",
        "e-mail with line end": "a@example.org\nBcc: b@example.org",
        "e-mail of 400 letters": "a" * 390 + "@example.org",
        "two e-mails": "a@example.org,b@example.org",
        "e-mail with a name": "A <a@example.org>",
        "network of everything": "0.0.0.0/0",
        "network with host bits": "10.0.0.1/8",
        "network /99": "10.0.0.0/99",
        "IPv6 with a zone": "fe80::1%eth0",
        "network list": ["::/0", "10.0.0.0/8", "x"],
        "role nobody has": ["superuser"],
        "role twice": ["owner", "owner"],
        "country in small letters": "ua",
        "countries": ["UA"] * 300,
        "language": "xx",
        "deep list": json.loads("[" * 25 + "]" * 25),
        "deep object": json.loads('{"a":' * 25 + "1" + "}" * 25),
    }
    for name, value in values.items():
        yield Input(FIELD, name, value)


def queries() -> Iterator[Input]:
    """Query strings; `{any}` stands for each parameter of the operation in turn."""
    cursor_like = base64.urlsafe_b64encode(b"x" * 64).decode().rstrip("=")
    strings: dict[str, str] = {
        "page size 0": "page_size=0",
        "page size -1": "page_size=-1",
        "page size 201": "page_size=201",
        "page size 2^63": f"page_size={2**63}",
        "page size of 5,000 digits": "page_size=" + "9" * 5000,
        "page size 1.5": "page_size=1.5",
        "page size 1e2": "page_size=1e2",
        "page size in Arabic": "page_size=%D9%A1",
        "page size squared": "page_size=%C2%B2",
        "page size empty": "page_size=",
        "page size twice": "page_size=1&page_size=2",
        "with count maybe": "with_count=maybe",
        "with count twice": "with_count=true&with_count=false",
        "cursor empty": "cursor=",
        "cursor forged": f"cursor={cursor_like}",
        "cursor of one letter": "cursor=a",
        "cursor of 5,000 letters": "cursor=" + "a" * 5000,
        "cursor not base64": "cursor=%21%21%21",
        "cursor in Cyrillic": "cursor=%D1%97",
        "cursor of Django REST": "cursor=cD0yMDI2LTAxLTAx",
        "cursor as JSON": "cursor=eyJyb3ciOlsxXX0",
        "cursor twice": f"cursor={cursor_like}&cursor={cursor_like}",
        "unknown parameter": "nosuch=1",
        "unknown parameter twice": "nosuch=1&nosuch=2",
        "parameter of 10,000 letters": "a" * 10_000 + "=1",
        "1,500 parameters": "&".join(f"p{n}=1" for n in range(1500)),
        "parameter without a name": "=1",
        "only ampersands": "&&&&",
        "NUL": "page_size=%00",
        "NUL in a name": "a%00b=1",
        "bad UTF-8": "page_size=%ff%fe",
        "surrogate": "page_size=%ed%a0%80",
        "half an escape": "page_size=%",
        "overlong": "page_size=%c0%af",
        "look-up regex": "title__regex=(a%2B)%2B%24",
        "look-up iregex": "legal_name__iregex=a",
        "look-up year": f"created_at__year={2**31}",
        "look-up year 2^63": f"occurred_at__year={2**63}",
        "look-up through": "organisation__memberships__user__password__startswith=a",
        "look-up id in": "id__in=1,2",
        "look-up pk": "pk=1",
        "look-up isnull": "dark_since__isnull=true",
        "double underscore": "__class__=1",
        "only underscores": "__=1",
        "ordering nothing": "ordering=",
        "ordering a hidden column": "ordering=created_at",
        "ordering through": "ordering=organisation__legal_name",
        "ordering random": "ordering=%3F",
        "ordering twice the minus": "ordering=--id",
        "ordering twice": "ordering=id,-id",
        "ordering of 1,000 names": "ordering=" + ",".join(["id"] * 1000),
        "ordering by SQL": "ordering=id;select",
        "fields nothing": "fields=",
        "fields unknown": "fields=password",
        "fields star": "fields=*",
        "fields of 2,000 names": "fields=" + ",".join(["id"] * 2000),
        "fields through": "fields=organisation.memberships",
        "fields dunder": "fields=__class__",
        "expand unknown": "expand=user",
        "expand deep": "expand=a.b.c.d.e",
        "as everything": "as=T5",
        "as a number": "as=99",
        "as twice": "as=T0&as=T1",
        "format": "format=api",
        "callback": "callback=alert",
        "method override": "_method=DELETE",
        "debug": "debug=1",
        "array brackets": "status[]=open",
        "object brackets": "status[$ne]=x",
        "semicolons": "a=1;b=2",
        "plus and blanks": "+=+",
    }
    for name, text in strings.items():
        yield Input(QUERY, name, text)
    for name, value in {
        "NUL": "%00",
        "empty": "",
        "text": "text",
        "minus one": "-1",
        "2^31": str(2**31),
        "2^63": str(2**63),
        "5,000 digits": "9" * 5000,
        "1e400": "1e400",
        "NaN": "NaN",
        "Infinity": "Infinity",
        "year 0": "0000-00-00",
        "year 10000": "10000-01-01",
        "year 9999": "9999-12-31",
        "offset of 15 hours": "2026-01-01T00:00:00%2B15:00",
        "offset of 99 hours": "2026-01-01T00:00:00%2B99:00",
        "end of time": "9999-12-31T23:59:59-14:00",
        "begin of time": "0001-01-01T00:00:00%2B14:00",
        "no offset": "2026-01-01T00:00:00",
        "Arabic digits": "%D9%A1",
        "regex": "(a%2B)%2B%24",
        "percent": "%25%5F",
        "backslash": "%5C",
        "quote": "%27%22",
        "uuid without dashes": uuid.UUID(int=7).hex,
        "uuid in braces": "%7B" + str(uuid.UUID(int=7)) + "%7D",
        "uuid 36 letters of no uuid": "z" * 36,
        "uuid 36 dashes": "-" * 36,
        "201 letters": "a" * 201,
        "100,000 letters": "a" * 100_000,
        "surrogate": "%ed%a0%80",
        "dots": "....",
        "area of dots": "UMS....",
        "JSON": "%7B%22a%22:1%7D",
        "comma list": "a,b,c",
        "true and false": "tRuE",
        "zero-width": "%E2%80%8B",
    }.items():
        yield Input(QUERY, f"each parameter {name}", value, parameter="{any}")
    yield Input(QUERY, "each parameter 101 times", "1", parameter="{101}")
    yield Input(QUERY, "each parameter 101 times empty", "", parameter="{101}")
    yield Input(QUERY, "each parameter twice", "true", parameter="{2}")


def path_parts() -> Iterator[Input]:
    """What stands in the path where an id belongs."""
    some = str(uuid.UUID(int=7))
    parts = {
        "NUL": "%00",
        "NUL after an id": f"{some}%00",
        "up": "..",
        "up escaped": "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "up twice escaped": "%252e%252e%252f",
        "dot": ".",
        "slash": "%2f",
        "backslash": "..%5c..%5c",
        "5,000 letters": "a" * 5000,
        "60,000 letters": "a" * 60_000,
        "other digits": "%D9%A1%D9%A2",
        "full-width": "%EF%BC%91",
        "bad UTF-8": "%ff%fe",
        "surrogate": "%ed%a0%80",
        "minus one": "-1",
        "zero": "0",
        "2^63": str(2**63),
        "2^130": str(2**130),
        "uuid in capitals": some.upper(),
        "uuid without dashes": uuid.UUID(int=7).hex,
        "uuid in braces": "%7B" + some + "%7D",
        "uuid as urn": f"urn:uuid:{some}",
        "uuid with a blank": f"{some}%20",
        "uuid with a line end": f"{some}%0a",
        "uuid one short": some[:-1],
        "uuid one long": f"{some}0",
        "uuid with dashes elsewhere": "0000000-000000-000-0000-00000000000007",
        "uuid nil": str(uuid.UUID(int=0)),
        "uuid all ones": str(uuid.UUID(int=2**128 - 1)),
        "36 letters": "g" * 36,
        "36 dashes": "-" * 36,
        "two ids": f"{some},{some}",
        "a match of nothing": f"{some}~{some}",
        "a match of 36 dashes": "-" * 36 + "~" + "-" * 36,
        "SQL": "1%27%20OR%201=1--",
        "star": "*",
        "me": "me",
        "null": "null",
        "undefined": "undefined",
        "object": "[object%20Object]",
        "template": "%7B%7B7*7%7D%7D",
        "semicolon": f"{some};a=b",
        "question": "%3F",
        "hash": "%23",
        "format suffix": f"{some}.json",
        "an action": "publish",
        "blank": "%20",
        "right to left": "%E2%80%AE",
        "emoji": "%F0%9F%98%80",
        "NaN": "NaN",
        "1e400": "1e400",
        "true": "true",
    }
    for name, part in parts.items():
        yield Input(PATH, name, part)


def header_sets() -> Iterator[Input]:
    """Headers beside an otherwise good request."""
    token = "tdm_" + "0" * 12 + "_" + "A" * 43
    sets: dict[str, dict[str, str]] = {
        "bearer forged": {"Authorization": f"Bearer {token}"},
        "bearer empty": {"Authorization": "Bearer"},
        "bearer of 100,000 letters": {"Authorization": "Bearer " + "a" * 100_000},
        "bearer with NUL": {"Authorization": "Bearer a\x00b"},
        "bearer in Latin-1": {"Authorization": "Bearer \xe9\xff"},
        "bearer in Cyrillic": {"Authorization": "Bearer їжак"},
        "bearer with a line end": {"Authorization": f"Bearer {token}\n"},
        "bearer twice": {"Authorization": f"Bearer {token}, Bearer {token}"},
        "bearer in small letters": {"Authorization": f"bearer {token.upper()}"},
        "JWT without signature": {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."},
        "basic": {"Authorization": "Basic " + base64.b64encode(b"a:b").decode()},
        "basic with NUL": {"Authorization": "Basic " + base64.b64encode(b"a\x00:b").decode()},
        "basic not base64": {"Authorization": "Basic !!!"},
        "basic in Latin-1": {"Authorization": "Basic " + base64.b64encode(b"\xff:b").decode()},
        "basic empty": {"Authorization": "Basic"},
        "digest": {"Authorization": 'Digest username="a"'},
        "token": {"Authorization": "Token abc"},
        "authorisation empty": {"Authorization": ""},
        "authorisation of blanks": {"Authorization": "   "},
        "session token forged": {"X-Session-Token": "a" * 32},
        "session token empty": {"X-Session-Token": ""},
        "session token of 100,000 letters": {"X-Session-Token": "a" * 100_000},
        "session token with NUL": {"X-Session-Token": "a\x00"},
        "session token in Latin-1": {"X-Session-Token": "\xe9"},
        "session token as path": {"X-Session-Token": "../../etc/passwd"},
        "organisation forged": {"X-Organisation": str(uuid.UUID(int=7))},
        "organisation no id": {"X-Organisation": "me"},
        "organisation empty": {"X-Organisation": ""},
        "organisation with NUL": {"X-Organisation": "\x00"},
        "organisation of 100,000 letters": {"X-Organisation": "a" * 100_000},
        "organisation other digits": {"X-Organisation": "\u0661" * 32},
        "organisation two": {"X-Organisation": f"{uuid.UUID(int=7)},{uuid.UUID(int=8)}"},
        "If-Match star": {"If-Match": "*"},
        "If-Match wrong": {"If-Match": '"abc"'},
        "If-Match weak": {"If-Match": 'W/"abc"'},
        "If-Match no quotes": {"If-Match": "abc"},
        "If-Match one quote": {"If-Match": '"'},
        "If-Match of 100,000 letters": {"If-Match": '"' + "a" * 100_000 + '"'},
        "If-Match of 5,000 tags": {"If-Match": ",".join(['"a"'] * 5000)},
        "If-Match in Latin-1": {"If-Match": '"\xe9"'},
        "If-Match in Cyrillic": {"If-Match": '"ї"'},
        "If-Match empty": {"If-Match": ""},
        "If-None-Match odd": {"If-None-Match": 'W/"'},
        "If-None-Match star": {"If-None-Match": "*"},
        "If-None-Match of 5,000 tags": {"If-None-Match": ",".join(['"a"'] * 5000)},
        "If-Modified-Since odd": {"If-Modified-Since": "yesterday"},
        "If-Unmodified-Since year 99999": {"If-Unmodified-Since": "Mon, 01 Jan 99999 00:00:00 GMT"},
        "Idempotency-Key empty": {"Idempotency-Key": ""},
        "Idempotency-Key of 256 letters": {"Idempotency-Key": "a" * 256},
        "Idempotency-Key of 100,000 letters": {"Idempotency-Key": "a" * 100_000},
        "Idempotency-Key with a blank": {"Idempotency-Key": "a b"},
        "Idempotency-Key in Cyrillic": {"Idempotency-Key": "ключ"},
        "Idempotency-Key with NUL": {"Idempotency-Key": "a\x00"},
        "Idempotency-Key SQL": {"Idempotency-Key": "'--"},
        "Accept HTML": {"Accept": "text/html"},
        "Accept nothing known": {"Accept": "image/png"},
        "Accept odd": {"Accept": ";;;,,,"},
        "Accept q": {"Accept": "*/*;q=NaN"},
        "Accept of 50,000 letters": {"Accept": "a/b," * 12_500},
        "Accept in Latin-1": {"Accept": "\xe9/\xe9"},
        "Accept an indented JSON": {"Accept": "application/json; indent=999999999"},
        "Accept an indent of text": {"Accept": "application/json; indent=x"},
        "Accept a version": {"Accept": "application/json; version=999"},
        "Accept-Language odd": {"Accept-Language": "xx-YY;q=abc"},
        "Accept-Language of 50,000 letters": {"Accept-Language": "en," * 16_000},
        "Accept-Language with NUL": {"Accept-Language": "en\x00"},
        "Accept-Language path": {"Accept-Language": "../../etc/passwd"},
        "Accept-Language long tag": {"Accept-Language": "en-" + "a" * 5000},
        "Accept-Encoding odd": {"Accept-Encoding": "gzip;q=x, *;q=0"},
        "Accept-Charset odd": {"Accept-Charset": "utf-99"},
        "X-Forwarded-For empty": {"X-Forwarded-For": ""},
        "X-Forwarded-For short": {"X-Forwarded-For": "x"},
        "X-Forwarded-For of 50,000 letters": {"X-Forwarded-For": "1.1.1.1," * 6000},
        "X-Forwarded-For SQL": {"X-Forwarded-For": "' OR 1=1"},
        "X-Forwarded-For zone": {"X-Forwarded-For": "fe80::1%eth0"},
        "X-Forwarded-Host": {"X-Forwarded-Host": "evil.example"},
        "X-Forwarded-Proto": {"X-Forwarded-Proto": "gopher"},
        "X-HTTP-Method-Override": {"X-HTTP-Method-Override": "DELETE"},
        "X-Original-URL": {"X-Original-URL": "/api/v1/api-keys"},
        "X-Request-ID odd": {"X-Request-ID": "a\r\nSet-Cookie: x=1"},
        "X-Request-ID long": {"X-Request-ID": "a" * 100_000},
        "X-Request-ID in Cyrillic": {"X-Request-ID": "їїїїїїїїї"},
        "Host forged": {"Host": "evil.example"},
        "Host empty": {"Host": ""},
        "Host odd": {"Host": "a b:\u00e9"},
        "Host port": {"Host": "localhost:99999999"},
        "Origin forged": {"Origin": "https://evil.example"},
        "Origin null": {"Origin": "null"},
        "Origin odd": {"Origin": "://"},
        "Origin with brackets": {"Origin": "http://[::1"},
        "Referer odd": {"Referer": "http://[oops"},
        "Range": {"Range": "bytes=0-1"},
        "Range of 5,000": {"Range": "bytes=" + ",".join("0-1" for _ in range(5000))},
        "Range odd": {"Range": "bytes=-"},
        "Expect": {"Expect": "200-maybe"},
        "Upgrade": {"Connection": "Upgrade", "Upgrade": "websocket"},
        "Cookie session forged": {"Cookie": "sessionid=" + "a" * 32},
        "Cookie of 50,000 letters": {"Cookie": "a=" + "b" * 50_000},
        "Cookie odd": {"Cookie": ";;==;\x01"},
        "Cookie language": {"Cookie": "django_language=../../x"},
        "X-CSRFToken odd": {"X-CSRFToken": "\xe9" * 70},
        "Content-Type in a read": {"Content-Type": "application/json; charset=utf-16"},
        "Content-Disposition": {"Content-Disposition": "attachment; filename=../../x"},
        "Content-MD5": {"Content-MD5": "!!"},
        "TE": {"TE": "trailers, chunked"},
        "100 headers": {f"X-Header-{n}": "a" for n in range(100)},
    }
    for name, headers in sets.items():
        yield Input(HEADER, name, None, headers=tuple(headers.items()))


def verbs() -> Iterator[Input]:
    """Methods that the address may not have."""
    for verb in (
        "HEAD",
        "OPTIONS",
        "TRACE",
        "PUT",
        "DELETE",
        "PATCH",
        "POST",
        "GET",
        "PROPFIND",
        "LINK",
        "get",
        "A" * 300,
    ):
        yield Input(VERB, verb[:20], verb)


def extras() -> Iterator[Input]:
    """Fields that nobody may set, added to a good body."""
    some = str(uuid.UUID(int=7))
    fields: dict[str, dict[str, Any]] = {
        "id": {"id": some},
        "pk": {"pk": some},
        "organisation": {"organisation": some},
        "organisation_id": {"organisation_id": some},
        "firm": {"firm": some, "firm_id": some},
        "fund": {"fund": some, "fund_id": some},
        "role": {"role": "owner"},
        "roles": {"roles": ["owner", "compliance"]},
        "memberships": {"memberships": [{"roles": ["owner"]}]},
        "standing": {"standing": "verified"},
        "basis": {"basis": "case"},
        "status": {"status": "published"},
        "status open": {"status": "open"},
        "version": {"version": 99},
        "is_staff": {"is_staff": True, "is_superuser": True},
        "is_active": {"is_active": True},
        "tier": {"tier": "E5"},
        "viewer_tier": {"viewer_tier": 5, "is_revealed": True},
        "permissions": {"permissions": ["organisations.break_glass.approve"], "scopes": ["*"]},
        "kind": {"kind": "operator"},
        "created_at": {"created_at": "2020-01-01T00:00:00Z"},
        "created_by": {"created_by": some, "created_by_id": some},
        "expires_at": {"expires_at": "2999-01-01T00:00:00Z"},
        "revoked_at": {"revoked_at": None},
        "dark_since": {"dark_since": None, "merged_into": some},
        "teaser_id": {"teaser_id": some},
        "secret_hash": {"secret_hash": "0" * 64, "prefix": "0" * 12, "token_hash": "0" * 64},
        "actor": {"actor": some, "user": some, "user_id": some},
        "approved_by": {"approved_by": some, "approved_at": "2026-01-01T00:00:00Z", "until": "2999-01-01T00:00:00Z"},
        "verified": {"verified": True},
        "_state": {"_state": {}, "__class__": "x", "__dict__": {}},
    }
    for name, added in fields.items():
        yield Input(EXTRA, name, added)


def corpus() -> list[Input]:
    """All of it, in a fixed order; what needs the world (others' ids) is added by the runner."""
    found = [
        *raw_bodies(),
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


FOREIGN_NOUNS = ("organisation", "firm", "fund", "capability", "raise", "mandate", "lever", "person", "key", "grant")
