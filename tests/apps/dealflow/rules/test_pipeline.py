"""Tags and orders."""

from uuid import uuid4

from apps.dealflow.rules.pipeline import is_order_of, tags_of


class TestTags:
    def test_are_kept_as_written_and_once_whatever_their_case(self):
        assert tags_of(given=["  Board   ready", "board ready", "Q3", "", "   "]) == ["Board ready", "Q3"]

    def test_none_are_none(self):
        assert tags_of(given=[]) == []


class TestOrder:
    def test_names_each_once(self):
        first, second = uuid4(), uuid4()

        assert is_order_of(wanted=[second, first], present=[first, second])

    def test_lacking_doubled_and_foreign_ones_make_none(self):
        first, second = uuid4(), uuid4()

        assert not is_order_of(wanted=[first], present=[first, second])
        assert not is_order_of(wanted=[first, first, second], present=[first, second])
        assert not is_order_of(wanted=[first, uuid4()], present=[first, second])
