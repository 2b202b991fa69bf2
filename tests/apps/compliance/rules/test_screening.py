"""Decisions of screening."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from apps.compliance.rules.screening import (
    Gap,
    ListState,
    SubjectState,
    canonical_json,
    gaps_of,
    kept,
    list_state,
    names_stated,
    outcome,
)
from apps.compliance.states import Clearance, HitStatus, OwnerKind, SubjectRole

PARTY = UUID(int=7)
SUBJECT = SubjectState(
    role=SubjectRole.OWNER,
    party_id=PARTY,
    kind=OwnerKind.PERSON,
    names=("Vikentiy Zalyutvor", "Вікентій Залютвор"),
    countries=("CY", "UA"),
    date="1961-04",
    identifiers=(("passport", "AB 1"), ("tax", "2")),
)


def listed(code: str, state: ListState) -> dict[str, Any]:
    return {"code": code, "state": state.value}


class TestSubjectState:
    def test_is_named_by_role_and_party(self) -> None:
        assert SUBJECT.key == f"owner:{PARTY}"

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": OwnerKind.ENTITY},
            {"names": ("Vikentiy Zalyutvor",)},
            {"countries": ("CY",)},
            {"date": "1961"},
            {"identifiers": (("passport", "AB 1"), ("tax", "3"))},
        ],
    )
    def test_has_another_digest_for_everything_compared(self, change: dict[str, Any]) -> None:
        assert replace(SUBJECT, **change).digest != SUBJECT.digest

    def test_has_the_same_digest_in_any_order(self) -> None:
        turned = replace(
            SUBJECT,
            names=SUBJECT.names[::-1],
            countries=SUBJECT.countries[::-1],
            identifiers=SUBJECT.identifiers[::-1],
        )

        assert turned.digest == SUBJECT.digest


class TestCanonicalJson:
    def test_gives_equal_bytes_for_equal_content(self) -> None:
        assert canonical_json(content={"б": [1, 2], "a": None}) == '{"a":null,"б":[1,2]}'.encode()


class TestNamesStated:
    def test_leaves_out_blanks_and_repetitions(self) -> None:
        assert names_stated(names=[" Ihor  Mazur", "", "  ", "Ihor Mazur", "Ігор Мазур"]) == (
            "Ihor Mazur",
            "Ігор Мазур",
        )


class TestListState:
    def test_turns_overdue_the_day_after_the_expected_age(self) -> None:
        assert list_state(age=7, expected_days=7) == ListState.IN_FORCE
        assert list_state(age=8, expected_days=7) == ListState.OVERDUE

    def test_without_a_version_is_missing(self) -> None:
        assert list_state(age=None, expected_days=7) == ListState.MISSING


class TestGapsOf:
    def test_none_when_every_list_is_in_force_and_everybody_named(self) -> None:
        assert gaps_of(lists=[listed("eu", ListState.IN_FORCE)], nameless=[]) == []

    def test_tells_each_source_that_is_missing_or_overdue(self) -> None:
        lists = [
            listed("un", ListState.MISSING),
            listed("eu", ListState.OVERDUE),
            listed("uk", ListState.IN_FORCE),
        ]

        assert gaps_of(lists=lists, nameless=[]) == ["list_missing:un", "list_overdue:eu"]

    @pytest.mark.parametrize("lists", [[], [listed("eu", ListState.MISSING)]])
    def test_tells_that_there_is_no_list_at_all(self, lists: list[dict[str, Any]]) -> None:
        assert Gap.NO_LIST in gaps_of(lists=lists, nameless=[])

    def test_tells_whose_name_nobody_states(self) -> None:
        lists = [listed("eu", ListState.IN_FORCE)]

        found = gaps_of(lists=lists, nameless={SubjectRole.MEMBER, SubjectRole.OWNER})

        assert found == ["member_nameless", "owner_nameless"]


class TestOutcome:
    @pytest.mark.parametrize(
        ("hits", "gaps", "expected"),
        [
            ([], [], Clearance.CLEAR),
            ([HitStatus.FALSE_POSITIVE, HitStatus.SUPERSEDED], [], Clearance.CLEAR),
            ([HitStatus.FALSE_POSITIVE, HitStatus.PENDING], [], Clearance.REVIEW),
            ([HitStatus.PENDING, HitStatus.TRUE_MATCH], [], Clearance.HIT),
            ([], ["list_overdue:eu", "list_missing:un"], Clearance.CLEAR),
            ([], ["no_list"], Clearance.UNKNOWN),
            ([], ["member_nameless", "no_list"], Clearance.UNKNOWN),
            ([], ["member_nameless"], Clearance.REVIEW),
            ([], ["owner_nameless"], Clearance.REVIEW),
            ([HitStatus.FALSE_POSITIVE], ["organisation_nameless"], Clearance.REVIEW),
            ([HitStatus.TRUE_MATCH], ["no_list"], Clearance.HIT),
        ],
    )
    def test_follows_from_hits_and_gaps(self, hits: list[str], gaps: list[str], expected: Clearance) -> None:
        assert outcome(hits=hits, gaps=gaps) == expected


class TestKept:
    @pytest.mark.parametrize("found", [Clearance.CLEAR, Clearance.REVIEW, Clearance.HIT])
    @pytest.mark.parametrize("newest", list(Clearance))
    def test_what_was_compared_replaces_everything(self, newest: Clearance, found: Clearance) -> None:
        assert kept(newest=newest, is_import=True, found=found) == found
        assert kept(newest=newest, is_import=False, found=found) == found

    def test_nothing_compared_takes_back_that_somebody_was_clear(self) -> None:
        assert kept(newest=Clearance.CLEAR, is_import=False, found=Clearance.UNKNOWN) == Clearance.UNKNOWN

    def test_nothing_compared_leaves_an_imported_word(self) -> None:
        assert kept(newest=Clearance.CLEAR, is_import=True, found=Clearance.UNKNOWN) == Clearance.CLEAR

    @pytest.mark.parametrize("newest", [Clearance.REVIEW, Clearance.HIT])
    def test_nothing_compared_leaves_what_was_found(self, newest: Clearance) -> None:
        assert kept(newest=newest, is_import=False, found=Clearance.UNKNOWN) == newest
