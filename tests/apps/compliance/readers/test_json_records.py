"""JSON read object by object."""

import io
import json

import pytest

from apps.compliance.readers.entries import Unreadable
from apps.compliance.readers.json_records import objects_by_line, objects_of_array, text_of, texts_of


class Drops(io.BytesIO):
    """Gives a byte at a time."""

    def read(self, size=-1):
        return super().read(1)


ITEMS = [{"a": "]},{["}, {"b": [1, {"c": 'ї\\"'}]}, {}]


class TestObjectsOfArray:
    @pytest.mark.parametrize("indent", [None, 2])
    @pytest.mark.parametrize("stream", [io.BytesIO, Drops])
    def test_gives_each_with_its_place(self, indent, stream):
        text = f" \n{json.dumps(ITEMS, indent=indent, ensure_ascii=False)}\n "

        given = list(objects_of_array(stream(text.encode())))

        assert given == [(f"element {number}", item) for number, item in enumerate(ITEMS, 1)]

    def test_an_empty_array_has_none(self):
        assert list(objects_of_array(io.BytesIO(b" [ ] "))) == []

    def test_many_on_one_line(self):
        text = json.dumps([{"n": number} for number in range(100_000)]).encode()

        assert sum(1 for _ in objects_of_array(io.BytesIO(text))) == 100_000


class TestObjectsByLine:
    def test_passes_over_empty_lines(self):
        assert list(objects_by_line(io.BytesIO(b'{"a":1}\n\n  \n{}'))) == [("line 1", {"a": 1}), ("line 4", {})]


class TestTexts:
    def test_takes_texts_and_whole_numbers(self):
        assert [text_of(value, what="x", place="y") for value in (None, "a", 5)] == ["", "a", "5"]
        assert [texts_of(value, what="x", place="y") for value in (None, "a", ["a", 5])] == [[], ["a"], ["a", "5"]]

    @pytest.mark.parametrize("value", [True, 1.5, {}, []])
    def test_takes_nothing_else(self, value):
        with pytest.raises(Unreadable, match="y: x is no text"):
            text_of(value, what="x", place="y")
