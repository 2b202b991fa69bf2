"""The Range header, against a plain reading of RFC 9110."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.documents.ranges import Part, RangeUnsatisfiable, range_part

SIZES = st.integers(0, 2**40)
HUGE = "9" * 5000


class TestOnePart:
    @pytest.mark.parametrize(
        ("header", "start", "stop"),
        [
            ("bytes=0-0", 0, 1),
            ("bytes=0-499", 0, 500),
            ("bytes=500-999", 500, 1000),
            ("bytes=500-", 500, 1000),
            ("bytes=-1", 999, 1000),
            ("bytes=-500", 500, 1000),
            ("bytes=-5000", 0, 1000),
            ("bytes=999-5000", 999, 1000),
            (f"bytes=3-{HUGE}", 3, 1000),
            (f"bytes=-{HUGE}", 0, 1000),
            ("bytes=0000000000000000000000007-8", 7, 9),
            ("Bytes=1-2", 1, 3),
            ("bytes= 1-2 ", 1, 3),
            ("bytes=,1-2,", 1, 3),
        ],
    )
    def test_is_given(self, header: str, start: int, stop: int) -> None:
        part = range_part(header, size=1000)

        assert (part.start, part.stop, part.is_whole) == (start, stop, False)
        assert part.content_range == f"bytes {start}-{stop - 1}/1000"

    @given(size=st.integers(1, 2**40), data=st.data())
    def test_is_what_was_asked_for_and_is_there(self, size: int, data: st.DataObject) -> None:
        first = data.draw(st.integers(0, size - 1))
        last = data.draw(st.integers(first, 2**41))

        part = range_part(f"bytes={first}-{last}", size=size)

        assert (part.start, part.stop) == (first, min(last, size - 1) + 1)

    @given(size=st.integers(1, 2**40), length=st.integers(1, 2**41))
    def test_from_the_end_is_as_long_as_it_can_be(self, size: int, length: int) -> None:
        part = range_part(f"bytes=-{length}", size=size)

        assert (part.stop, part.stop - part.start) == (size, min(length, size))


class TestWhole:
    @pytest.mark.parametrize(
        "header",
        [
            *(None, "", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=a-b", "bytes=1", "bytes=2-1", "bytes=1-2-3"),
            *("items=0-1", "bytes=+1-2", "bytes=1.0-2", "bytes=0x1-2", "bytes=١-٢", "=0-1", "0-1", "bytes=1 - 2"),
            *("bytes=0-1,5-6", "bytes=0-1, -1", "bytes=0-1,nonsense", "bytes=9000-,0-1"),
        ],
    )
    def test_is_given_for_no_range_that_is_honoured(self, header: str | None) -> None:
        part = range_part(header, size=1000)

        assert (part.start, part.stop, part.is_whole) == (0, 1000, True)

    @pytest.mark.parametrize(
        ("if_range", "etag", "is_whole"),
        [
            ('"a"', '"a"', False),
            ('"b"', '"a"', True),
            ('W/"a"', 'W/"a"', True),
            ('"a"', None, True),
            ("Wed, 21 Oct 2026 07:28:00 GMT", '"a"', True),
            (None, None, False),
        ],
    )
    def test_is_given_when_the_content_is_another_by_now(
        self, if_range: str | None, etag: str | None, is_whole: bool
    ) -> None:
        assert range_part("bytes=0-1", size=9, if_range=if_range, etag=etag).is_whole is is_whole

    def test_is_given_for_the_end_of_nothing(self) -> None:
        assert range_part("bytes=-5", size=0).is_whole


class TestUnsatisfiable:
    @pytest.mark.parametrize(
        ("header", "size"), [("bytes=1000-", 1000), ("bytes=1000-1001", 1000), ("bytes=-0", 1000), ("bytes=0-", 0)]
    )
    def test_tells_the_size(self, header: str, size: int) -> None:
        with pytest.raises(RangeUnsatisfiable) as raised:
            range_part(header, size=size)

        assert raised.value.content_range == f"bytes */{size}"

    @given(size=SIZES, beyond=st.integers(0, 2**40))
    def test_is_what_begins_behind_the_end(self, size: int, beyond: int) -> None:
        with pytest.raises(RangeUnsatisfiable):
            range_part(f"bytes={size + beyond}-", size=size)


class TestAnyHeader:
    @given(header=st.text(alphabet="bytes=-, 0123456789", max_size=30) | st.text(max_size=30), size=SIZES)
    @example(header=f"bytes={HUGE}-{HUGE}", size=5)
    @example(header="bytes=" + "," * 5000, size=5)
    def test_gives_a_part_that_is_there_or_a_refusal(self, header: str, size: int) -> None:
        try:
            part = range_part(header, size=size)
        except RangeUnsatisfiable:
            return

        assert isinstance(part, Part)
        assert 0 <= part.start <= part.stop <= size
        assert part.is_whole or part.start < part.stop
