"""Writing BODS 0.4."""

import datetime as dt
from decimal import Decimal

from apps.compliance.rules.bods import bods_read
from apps.compliance.rules.bods_writing import bods_write
from apps.compliance.rules.declared import InterestStated, PartyStated

DAY = dt.date(2026, 6, 1)
PARTIES = [
    PartyStated("firm", "entity", "Firm", country="UA", identifiers=[{"scheme": "UA-EDR", "value": "1"}]),
    PartyStated("olena", "person", "Olena", "Олена", nationalities=["UA"], birth_date="1980"),
    PartyStated("nobody", "unknown", unknown_reason="unknown"),
]
INTERESTS = [
    InterestStated("olena", "firm", share_min=Decimal("0.25"), share_max=Decimal("0.5"), share_min_exclusive=True),
    InterestStated("nobody", "firm", interest="voting_rights", directness="unknown", from_date=DAY),
]


def written():
    rows = [(f"{number:036d}", f"r{number}", "new", DAY, item) for number, item in enumerate(INTERESTS)]
    return bods_write(
        subject="firm", publisher="Firm", parties=PARTIES, interests=rows, countries={"UA": "Ukraine"}, today=DAY
    )


class TestBodsWrite:
    def test_has_what_the_standard_requires_of_each_statement(self) -> None:
        for item in written():
            assert {"statementId", "declarationSubject", "recordId", "recordType", "recordDetails"} <= item.keys()
            assert 32 <= len(item["statementId"]) <= 64
            assert item["publicationDetails"]["bodsVersion"] == "0.4"
            assert item["recordDetails"]["isComponent"] is False

    def test_statement_ids_are_unique(self) -> None:
        assert len({item["statementId"] for item in written()}) == len(written())

    def test_a_declared_unknown_stands_as_a_reason(self) -> None:
        assert [item["recordType"] for item in written()] == ["entity", "person", "relationship", "relationship"]
        assert written()[3]["recordDetails"]["interestedParty"] == {"reason": "unknown"}

    def test_writes_shares_in_per_cent(self) -> None:
        assert written()[2]["recordDetails"]["interests"] == [
            {"type": "shareholding", "directOrIndirect": "direct", "share": {"exclusiveMinimum": 25, "maximum": 50}}
        ]

    def test_countries_have_names(self) -> None:
        assert written()[0]["recordDetails"]["jurisdiction"] == {"name": "Ukraine", "code": "UA"}

    def test_is_read_as_the_same(self) -> None:
        found = bods_read(statements=written())

        assert found.problems == []
        assert found.interests[0] == INTERESTS[0]
        assert (found.parties[1].legal_name, found.parties[1].native_name) == ("Olena", "Олена")
