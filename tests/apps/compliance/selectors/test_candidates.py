"""Finding and scoring the list entries that a subject may be."""

from __future__ import annotations

from typing import Any

import pytest

from apps.compliance.names import Kind
from apps.compliance.selectors.candidates import Compared, candidates, compare, keys_of, side_of
from apps.compliance.states import EntryKind
from tests.factories.compliance import entry_made, entry_removed, list_version_made

pytestmark = pytest.mark.django_db

LISTED, ALIKE = "Вікентій Бурзолович Залютвор", "Vikentiy Zalyutvor"


def compared(name: str, kind: Kind = Kind.PERSON, **given: Any) -> Compared:
    values = {"countries": [], "dates": [], "identifiers": [], **given}
    query = side_of(kind=kind, names=[name], **values)
    return compare(query=query, keys=keys_of(kind=kind, names=[name], identifiers=values["identifiers"]))


class TestKeysOf:
    def test_are_those_of_all_names_and_numbers(self) -> None:
        both = keys_of(kind="person", names=[LISTED, "Ostap Hryva"], identifiers=[("passport", "AB 1")])

        parts = [
            keys_of(kind="person", names=[LISTED]),
            keys_of(kind="person", names=["Ostap Hryva"]),
            keys_of(kind="person", names=[], identifiers=[("passport", "ab1")]),
        ]
        assert both == sorted({key for part in parts for key in part})

    def test_of_nothing_are_none(self) -> None:
        assert keys_of(kind="entity", names=[]) == []


class TestCompare:
    def test_finds_another_spelling_and_says_why(self) -> None:
        entry = entry_made(list_version_made(), "Somebody Else", LISTED)

        found = compared(ALIKE)

        assert [(item.id, item.digest) for item, _score in found.matches] == [(entry.pk, entry.digest.hex())]
        assert found.candidates == [(entry.pk, round(found.matches[0][1].value, 4))]

    def test_puts_the_best_first(self) -> None:
        version = list_version_made()
        namesake = entry_made(version, "Віталій Залютвор")
        entry = entry_made(version, LISTED)

        found = compared(ALIKE)

        assert found.candidates[0][0] == entry.pk
        assert namesake.pk not in {item.id for item, _score in found.matches}

    def test_counts_strangers_and_keeps_who_comes_near(self) -> None:
        version = list_version_made()
        entry = entry_made(version, LISTED)
        entry_made(version, "Вікентій Золотаренко", LISTED.replace("Залютвор", "Зілютверко"))
        keys = keys_of(kind="person", names=[LISTED, "Вікентій Золотаренко"])
        query = side_of(kind="person", names=["Вікентій Залютвор"], countries=[], dates=[], identifiers=[])

        found = compare(query=query, keys=keys)

        assert found.count == 2
        assert [identifier for identifier, _value in found.candidates] == [entry.pk]

    def test_finds_the_same_number_under_another_name(self) -> None:
        entry = entry_made(list_version_made(), "Orest Balaban", identifiers=[["passport", "AB123456"]])

        found = compared("Zenon Kravchuk", identifiers=[("passport", "ab 123456")])

        assert [item.id for item, _score in found.matches] == [entry.pk]

    def test_takes_the_best_of_several_dates(self) -> None:
        entry_made(list_version_made(), LISTED, birth_dates=["1961-04-02", "1970"])

        near, far = compared(ALIKE, dates=["1970-05-05"]), compared(ALIKE, dates=["1999-01-09"])

        assert near.matches[0][1].value > 0.5
        assert far.matches == []


class TestCandidates:
    def test_are_in_force_and_of_the_kind(self) -> None:
        version = list_version_made()
        entry_removed(entry_made(version, LISTED, source_id="gone"), version)
        entry_made(list_version_made("un", status="received", loaded_at=None), LISTED)
        entry_made(version, "Zalyutvor Vikentiy", kind=EntryKind.VESSEL)

        assert candidates(kind="person", keys=keys_of(kind="person", names=[ALIKE])) == []

    def test_without_keys_ask_nothing(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            assert candidates(kind="person", keys=[]) == []

    def test_take_two_queries_however_many(self, django_assert_num_queries: Any) -> None:
        version = list_version_made()
        for number in range(7):
            entry_made(version, LISTED, source_id=str(number))
        keys = keys_of(kind="person", names=[ALIKE])

        with django_assert_num_queries(2):
            assert len(candidates(kind="person", keys=keys)) == 7
