"""Cursors: what is sealed comes back as it was, to the same list only."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.api.cursors import cursor_open, cursor_seal
from kernel.api.problems import CursorInvalid

VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.uuids()
    | st.decimals(allow_nan=False)
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.datetimes(timezones=st.just(dt.UTC))
)


class TestCursor:
    @given(st.lists(VALUES, max_size=4))
    def test_gives_back_what_was_sealed(self, place):
        cursor = cursor_seal(place={"row": place}, binding="list")

        assert cursor.isascii()
        if len(cursor) <= 4096:
            assert cursor_open(cursor=cursor, binding="list") == {"row": place}

    def test_is_good_for_its_own_list_only(self):
        cursor = cursor_seal(place=[1], binding="list")

        with pytest.raises(CursorInvalid):
            cursor_open(cursor=cursor, binding="other list")

    def test_shows_nothing_of_its_place(self):
        cursor = cursor_seal(place=["hidden-value", Decimal("17.25")], binding="list")

        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

        assert b"hidden" not in plain
        assert b"17.25" not in plain

    def test_cannot_hold_objects(self):
        with pytest.raises(TypeError, match="cannot hold object"):
            cursor_seal(place=[object()], binding="list")
