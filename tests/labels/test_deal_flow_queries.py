"""The labelled queries of the deal flow search: complete, answerable from what a verified fund reads, fairly halved."""

import csv
import shutil
from collections import Counter
from pathlib import Path

import apps.exchange.sample
from tests.labels.deal_flow_queries import (
    FILE,
    HALVES,
    KINDS,
    LabelledQuery,
    drawn_halves,
    labelled_queries,
    write_halves,
)

DATA = Path(apps.exchange.sample.__file__).parent / "data"


class TestLabelledQueries:
    def test_are_enough_of_every_kind(self) -> None:
        counts = Counter(query.kind for query in _all())

        assert sum(counts.values()) >= 100
        assert all(counts[kind] >= 15 for kind in KINDS)

    def test_hold_every_kind_in_both_halves_alike(self) -> None:
        counts = Counter((query.kind, query.half) for query in _all())

        assert all(counts[kind, half] >= 7 for kind in KINDS for half in HALVES)
        assert all(abs(counts[kind, "development"] - counts[kind, "held_out"]) <= 1 for kind in KINDS)

    def test_are_all_in_exactly_one_half(self) -> None:
        with FILE.open(encoding="utf-8", newline="") as lines:
            ids = [row["id"] for row in csv.DictReader(lines, delimiter="\t")]

        assert sorted(ids) == sorted(query.id for query in _all())
        assert len(ids) == len(set(ids))

    def test_name_firms_that_offer_a_capability(self) -> None:
        firms = {row["key"] for row in _table("startups")}
        offering = {row["startup_key"] for row in _table("capabilities")}

        assert all(query.right and query.right <= firms & offering for query in _all())

    def test_have_one_right_firm_as_a_rule(self) -> None:
        sizes = [len(query.right) for query in _all()]

        assert max(sizes) <= 5
        assert sizes.count(1) >= 0.8 * len(sizes)

    def test_are_not_repeated(self) -> None:
        texts = [" ".join(query.text.casefold().split()) for query in _all()]

        assert len(texts) == len(set(texts))

    def test_are_as_short_as_people_type(self) -> None:
        assert all(1 <= len(query.text.split()) <= 5 for query in _all())

    def test_never_ask_for_a_name_that_a_verified_fund_may_not_read(self) -> None:
        hidden = {
            _own_word(row[column])
            for row in _table("startups")
            if row["naming"] != "all_verified"
            for column in ("legal_name", "legal_name_uk")
        }

        assert hidden
        assert not [query.text for query in _all() if hidden & set(query.text.casefold().split())]


class TestDrawnHalves:
    def test_do_not_depend_on_the_order_of_the_rows(self) -> None:
        kinds = {query.id: query.kind for query in _all()}
        turned = dict(reversed(kinds.items()))

        assert drawn_halves(kinds=kinds) == drawn_halves(kinds=turned)

    def test_give_an_odd_one_to_development(self) -> None:
        halves = drawn_halves(kinds={"a": "english", "b": "english", "c": "english"})

        assert Counter(halves.values()) == {"development": 2, "held_out": 1}


class TestWriteHalves:
    def test_writes_the_file_as_it_stands(self, tmp_path: Path) -> None:
        copy = tmp_path / FILE.name
        shutil.copy(FILE, copy)

        write_halves(file=copy)

        assert copy.read_bytes() == FILE.read_bytes()


def _all() -> list[LabelledQuery]:
    return [query for half in HALVES for query in labelled_queries(half)]


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _own_word(legal_name: str) -> str:
    """The invented word of a name, without the legal form and the line of business."""
    return legal_name.removeprefix("ТОВ «").split()[0].casefold()
