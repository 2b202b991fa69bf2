"""Shapes: what is refused before anybody reads it, and how fast."""

from __future__ import annotations

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.api import shapes

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('ab:{}[]"\\', max_size=4), inner, max_size=4),
    max_leaves=20,
)


def depth_of(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


class TestJsonProblem:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{}",
            b"[" * 32 + b"]" * 32,
            json.dumps({str(n): n for n in range(1000)}).encode(),
            json.dumps({"text": "[{:" * 2000}).encode(),
            json.dumps({"text": '\\"[' * 2000}).encode(),
            rb'{"text": "\\u0000 \\\\ud800"}',
            rb'{"text": "\ud83d\ude00 \u0001"}',
            '{"text": "Україна"}'.encode(),
        ],
    )
    def test_lets_through_what_is_fine(self, body):
        assert shapes.json_problem(body) is None

    @pytest.mark.parametrize(
        "body",
        [
            b"[" * 33 + b"]" * 33,
            b'{"a":' * 1000 + b"1" + b"}" * 1000,
            b"[" * 100_000,
            json.dumps({str(n): n for n in range(1001)}).encode(),
            b'{"text": "\x00"}',
            rb'{"text": "\u0000"}',
            rb'{"text": "\\\u0000"}',
            rb'{"\u0000": 1}',
            rb'{"text": "\ud800"}',
            rb'{"text": "\uDC00"}',
            rb'{"text": "\ud83d\ud83d\ude00"}',
            rb'{"text": "\ud83d \ude00"}',
            rb'{"text": "\ud83d\n"}',
            b'{"text": "\xed\xa0\x80"}',
            b'{"text": "\xff"}',
            "{}".encode("utf-16"),
        ],
    )
    def test_refuses_what_is_not(self, body):
        assert shapes.json_problem(body) is not None

    @given(JSON)
    def test_agrees_with_a_parser(self, value):
        body = json.dumps(value, ensure_ascii=True).encode()

        assert (shapes.json_problem(body) is None) == (depth_of(value) <= shapes.MAX_DEPTH)

    @pytest.mark.parametrize(
        "body",
        [
            b'"' + b'\\"' * 500_000,
            b"[]" * 500_000,
            b'{"a":' * 200_000,
            b'"a"' * 333_000,
            b"\\" * 1_000_000,
            b"\\u0001" * 170_000,
            b'"' * 1_000_000,
            b"[" + b'"\\' * 500_000,
        ],
    )
    def test_needs_no_more_than_a_moment_for_a_hostile_megabyte(self, body):
        started = time.process_time()

        shapes.json_problem(body)

        assert time.process_time() - started < 1


class TestQueryStringProblem:
    @pytest.mark.parametrize("query", ["", "a=1&b=%D0%B0", "a=%25", "a=%", "a=100%+sure", "a=" + "x" * 9000])
    def test_lets_through_what_is_fine(self, query):
        assert shapes.query_string_problem(query) is None

    @pytest.mark.parametrize("query", ["a=%00", "%00=1", "a=\x00", "a=%ED%A0%80", "a=%FF", "a=\ud800", "a=\u0454"])
    def test_refuses_what_is_not(self, query):
        assert shapes.query_string_problem(query) is not None


class TestHeadersProblem:
    def test_looks_into_a_basic_authorisation(self):
        def header(plain: bytes) -> dict[str, object]:
            return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(plain).decode()}

        assert shapes.headers_problem(header(b"name:password")) is None
        assert shapes.headers_problem(header(b"na\x00me:password")) is not None
        assert shapes.headers_problem(header(b"\xed\xa0\x80:password")) is not None
        assert shapes.headers_problem({"HTTP_AUTHORIZATION": "Basic ї"}) is not None
        assert shapes.headers_problem({"HTTP_AUTHORIZATION": "basic"}) is None

    def test_refuses_nul_in_any_header(self):
        assert shapes.headers_problem({"HTTP_X_ANY": "a\x00"}) is not None
        assert shapes.headers_problem({"HTTP_X_ANY": "a", "wsgi.input": "\x00"}) is None


class TestContentProblem:
    @pytest.mark.parametrize(
        "kind", ["application/json", 'text/csv; charset="UTF-8"', "application/json;charset=utf8", ""]
    )
    def test_lets_through_utf_8(self, kind):
        assert shapes.content_problem(content_type=kind, content_encoding="identity") is None

    @pytest.mark.parametrize(
        "kind", ["application/json; charset=utf-16", "text/plain;charset=bz2_codec", "a/b; Charset = x"]
    )
    def test_refuses_other_charsets(self, kind):
        assert shapes.content_problem(content_type=kind, content_encoding="") is not None

    def test_refuses_compressed_bodies(self):
        assert shapes.content_problem(content_type="application/json", content_encoding="gzip") is not None
