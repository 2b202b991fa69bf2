"""Reading BODS 0.4."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.compliance.rules.bods import BodsRead, bods_read, camel, snake
from apps.compliance.states import EntityType, InterestType, UnknownReason
from tests.apps.compliance.rules.bods_files import SUBJECT, declaration, interest, person, relationship


def read(*changes: tuple[int, dict[str, Any]], rows: list[dict[str, Any]] | None = None) -> BodsRead:
    rows = declaration() if rows is None else rows
    for row, change in changes:
        rows[row] = {**rows[row], **change}
    return bods_read(statements=rows)


def problems(found: BodsRead) -> list[tuple[int, str, str]]:
    return [(item.row, item.pointer, item.code) for item in found.problems]


def one_interest(item: dict[str, Any], **more: Any) -> BodsRead:
    rows = declaration()
    rows[4] = relationship(5, "holding", "olena", item, **more)
    return bods_read(statements=rows)


class TestSnake:
    @pytest.mark.parametrize("code", [*InterestType.values, *EntityType.values, *UnknownReason.values])
    def test_comes_back_from_camel(self, code: str) -> None:
        assert snake(camel(code)) == code


class TestBodsRead:
    def test_reads_parties_and_interests(self) -> None:
        found = read()

        assert found.problems == []
        assert [(item.key, item.kind, item.legal_name) for item in found.parties] == [
            (SUBJECT, "entity", "Firm"), ("holding", "entity", "Holding OÜ"), ("olena", "person", "Olena Test"),
        ]  # fmt: skip
        assert (found.parties[1].country, found.parties[1].registered_on) == ("EE", dt.date(2019, 2, 3))
        assert (found.parties[2].birth_date, list(found.parties[2].nationalities)) == ("1980-05", ["UA"])
        last = found.interests[1]
        assert (last.owner, last.owned, last.share_min, last.from_date) == (
            "olena", "holding", Decimal("0.6"), dt.date(2020, 1, 1)
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("change", "pointer", "code"),
        [
            ({"statementId": ["b"]}, "/statementId", "required"),
            ({"recordType": ["entity"]}, "/recordType", "unknown_record_type"),
            (
                {"publicationDetails": {"bodsVersion": ["0.4"]}},
                "/publicationDetails/bodsVersion",
                "unsupported_version",
            ),
        ],
    )
    def test_refuses_a_list_for_a_text(self, change: dict[str, Any], pointer: str, code: str) -> None:
        assert (1, pointer, code) in problems(read((1, change)))

    @pytest.mark.parametrize(
        ("share", "expected"),
        [
            ({"exact": 25}, ("0.25", "0.25", False, False)),
            ({"minimum": 25, "maximum": 50}, ("0.25", "0.5", False, False)),
            ({"exclusiveMinimum": 25, "maximum": 50}, ("0.25", "0.5", True, False)),
            ({"exclusiveMinimum": 50, "exclusiveMaximum": 75}, ("0.5", "0.75", True, True)),
            ({"minimum": 33.33333333}, ("0.333333", None, False, False)),
            ({"maximum": 33.33333333}, (None, "0.333334", False, False)),
        ],
    )
    def test_reads_intervals(self, share: dict[str, Any], expected: tuple[Any, ...]) -> None:
        stated = one_interest(interest(share)).interests[1]

        low, high, *exclusive = expected
        assert (stated.share_min, stated.share_max) == (low and Decimal(low), high and Decimal(high))
        assert [stated.share_min_exclusive, stated.share_max_exclusive] == exclusive

    def test_an_owner_without_a_record_is_unknown_for_a_reason(self) -> None:
        rows = [*declaration(), relationship(6, SUBJECT, {"reason": "noBeneficialOwners"})]

        found = bods_read(statements=rows)

        assert (found.parties[-1].kind, found.parties[-1].unknown_reason) == ("unknown", "no_beneficial_owners")
        assert found.interests[-1].interest == "unknown_interest"

    def test_a_person_who_is_not_known_is_unknown(self) -> None:
        details = {
            "personType": "anonymousPerson",
            "unspecifiedPersonDetails": {"reason": "subjectExemptFromDisclosure"},
        }

        found = read((2, {"recordDetails": details}))

        assert (found.parties[2].kind, found.parties[2].unknown_reason) == ("unknown", "subject_exempt_from_disclosure")

    def test_the_newest_statement_of_a_record_counts(self) -> None:
        rows = [*declaration(), person(6, "olena", "Olena Newer")]
        rows[-1]["statementDate"] = "2025-01-01"

        assert [item.legal_name for item in bods_read(statements=rows).parties if item.key == "olena"] == [
            "Olena Newer"
        ]

    def test_a_closed_relationship_ended(self) -> None:
        found = one_interest(interest(60), recordStatus="closed", statementDate="2025-02-03")

        assert found.interests[1].to_date == dt.date(2025, 2, 3)

    def test_leaves_out_what_is_known(self) -> None:
        found = bods_read(statements=declaration(), known=frozenset({f"{5:032d}"}))

        assert len(found.interests) == 1

    @pytest.mark.parametrize(
        ("row", "change", "problem"),
        [
            (1, {"statementId": "short"}, (1, "/statementId", "too_short")),
            (1, {"statementId": f"{3:032d}"}, (2, "/statementId", "repeated")),
            (2, {"recordId": ""}, (2, "/recordId", "required")),
            (2, {"recordType": "thing"}, (2, "/recordType", "unknown_record_type")),
            (2, {"recordDetails": []}, (2, "/recordDetails", "required")),
            (
                2,
                {"publicationDetails": {"bodsVersion": "0.2"}},
                (2, "/publicationDetails/bodsVersion", "unsupported_version"),
            ),
            (0, {"declarationSubject": "other"}, (0, "/declarationSubject", "several_subjects")),
            (2, {"recordDetails": {"personType": "ghost"}}, (2, "/recordDetails/personType", "unknown_person_type")),
            (
                1,
                {"recordDetails": {"entityType": {"type": "club"}}},
                (1, "/recordDetails/entityType/type", "unknown_entity_type"),
            ),
        ],
    )
    def test_names_row_and_reason(self, row: int, change: dict[str, Any], problem: tuple[int, str, str]) -> None:
        assert problem in problems(read((row, change)))

    @pytest.mark.parametrize(
        ("item", "pointer", "code"),
        [
            (interest(kind="magic"), "/type", "unknown_interest"),
            (interest(101), "/share/exact", "out_of_range"),
            (interest({"minimum": "many"}), "/share/minimum", "out_of_range"),
            (interest(10, startDate="2020-13-01"), "/startDate", "invalid"),
            ({**interest(10), "directOrIndirect": "sideways"}, "/directOrIndirect", "invalid"),
            (interest(10, details="x" * 501), "/details", "invalid"),
        ],
    )
    def test_names_the_place_in_an_interest(self, item: dict[str, Any], pointer: str, code: str) -> None:
        found = one_interest(item)

        assert problems(found) == [(4, f"/recordDetails/interests/0{pointer}", code)]
        assert len(found.interests) == 1

    @pytest.mark.parametrize(
        ("owned", "owner", "field"),
        [
            ("nobody", "olena", "subject"),
            ("olena", "holding", "subject"),
            (SUBJECT, "nobody", "interestedParty"),
            (SUBJECT, 7, "interestedParty"),
        ],
    )
    def test_refuses_a_record_that_is_not_there(self, owned: Any, owner: Any, field: str) -> None:
        rows = [*declaration(), relationship(6, owned, owner, interest(1))]

        assert problems(bods_read(statements=rows)) == [(5, f"/recordDetails/{field}", "unknown_record")]

    @pytest.mark.parametrize(
        ("statements", "code"),
        [({}, "not_an_array"), ([], "not_an_array"), ([7], "not_an_object"), ([{}] * 1001, "too_many")],
    )
    def test_refuses_what_is_no_array_of_statements(self, statements: Any, code: str) -> None:
        assert problems(bods_read(statements=statements))[0][2] == code
