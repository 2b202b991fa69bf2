"""What is missing of a start."""

from apps.startups.rules.starts import START_FIELDS, start_missing


class TestStartMissing:
    def test_names_everything_of_nothing_in_its_order(self) -> None:
        assert start_missing(stated={}) == list(START_FIELDS)
        assert len(START_FIELDS) == 8

    def test_takes_a_staff_of_zero_and_no_empty_text(self) -> None:
        stated = {**dict.fromkeys(START_FIELDS, "x"), "staff": 0, "stage": "", "instruments": []}

        assert start_missing(stated=stated) == ["instruments", "stage"]
