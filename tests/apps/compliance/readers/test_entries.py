"""What all lists have in common."""

import datetime as dt
from dataclasses import replace

import pytest

from apps.compliance.readers.entries import Entry, Name, Reading, Unreadable, names_of, source_id_of, tidy

ENTRY = Entry("1", "person", (Name("Ostap", "primary"),), birth_dates=("1971",), identifiers=(("passport", "1"),))


class TestEntry:
    def test_the_digest_stands_for_everything_but_the_id(self):
        assert replace(ENTRY, source_id="2").digest() == ENTRY.digest()
        assert len(ENTRY.digest()) == 16

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "entity"},
            {"names": (Name("Ostap", "alias"),)},
            {"names": ()},
            {"birth_dates": ("1971-01",)},
            {"birth_places": ("x",)},
            {"registration_dates": ("1971",)},
            {"countries": ("RU",)},
            {"identifiers": (("id", "1"),)},
            {"programmes": ("x",)},
            {"listed_on": "2020-01-01"},
            {"remarks": "x"},
            {"url": "x"},
        ],
    )
    def test_the_digest_changes_with(self, change):
        assert replace(ENTRY, **change).digest() != ENTRY.digest()


class TestNames:
    def test_the_primary_first_and_each_once_under_its_best_quality(self):
        found = names_of(
            [("B", "weak"), ("A", "alias"), (" A ", "primary"), ("…", "alias"), (None, "alias")], place="x"
        )

        assert found == (Name("A", "primary"), Name("B", "weak"))

    @pytest.mark.parametrize(
        ("text", "script"), [("«Ока»", "cyrillic"), ("Oka", "latin"), ("غازي", "other"), ("1", "other")]
    )
    def test_the_script(self, text, script):
        assert Name(text, "alias").script == script


class TestTidy:
    @pytest.mark.parametrize(
        ("text", "kept"),
        [("  a \n b\t", "a b"), ("a\u200bb", "a b"), ("a\u00a0b", "a b"), ("abcdef", "abcd"), (None, "")],
    )
    def test_is_one_line(self, text, kept):
        assert tidy(text, 4) == kept

    @pytest.mark.parametrize("value", ["", None, " ", "x" * 201])
    def test_an_id_is_needed(self, value):
        with pytest.raises(Unreadable):
            source_id_of(value, place="x")


class TestReading:
    def test_refuses_dates_in_the_future(self):
        reading = Reading(dt.date(2026, 1, 1))

        assert reading.past(["2026", "2026", "1999-01-01"], what="it", place="x") == ("2026", "1999-01-01")
        for date in ("2027", "2026-02", "2026-01-03"):
            with pytest.raises(Unreadable, match="in the future"):
                reading.past([date], what="it", place="x")
        with pytest.raises(Unreadable):
            reading.publish(dt.date(2026, 1, 3), place="x")
