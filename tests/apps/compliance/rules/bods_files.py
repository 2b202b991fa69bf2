"""BODS 0.4 arrays for tests."""

from __future__ import annotations

from typing import Any

SUBJECT = "firm-record"


def statement(number: int, kind: str, record: str, details: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "statementId": f"{number:032d}",
        "declarationSubject": SUBJECT,
        "statementDate": "2024-01-01",
        "publicationDetails": {"publicationDate": "2024-01-01", "bodsVersion": "0.4", "publisher": {"name": "Us"}},
        "recordId": record,
        "recordType": kind,
        "recordStatus": "new",
        "recordDetails": {"isComponent": False, **details},
        **more,
    }


def entity(number: int, record: str, name: str, **more: Any) -> dict[str, Any]:
    return statement(number, "entity", record, {"entityType": {"type": "registeredEntity"}, "name": name, **more})


def person(number: int, record: str, name: str, **more: Any) -> dict[str, Any]:
    names = [{"type": "legal", "fullName": name}]
    return statement(number, "person", record, {"personType": "knownPerson", "names": names, **more})


def relationship(number: int, owned: Any, owner: Any, *interests: dict[str, Any], **more: Any) -> dict[str, Any]:
    details = {"subject": owned, "interestedParty": owner, "interests": list(interests)}
    return statement(number, "relationship", f"r{number}", details, **more)


def interest(share: Any = None, kind: str = "shareholding", **more: Any) -> dict[str, Any]:
    shared = {} if share is None else {"share": share if isinstance(share, dict) else {"exact": share}}
    return {"type": kind, "directOrIndirect": "direct", **shared, **more}


def declaration(name: str = "Firm", share: Any = 60) -> list[dict[str, Any]]:
    """A person has a share of a holding, which has all of the firm."""
    return [
        entity(1, SUBJECT, name, identifiers=[{"scheme": "UA-EDR", "id": "32855961"}]),
        entity(2, "holding", "Holding OÜ", jurisdiction={"name": "Estonia", "code": "EE"}, foundingDate="2019-02-03"),
        person(3, "olena", "Olena Test", birthDate="1980-05", nationalities=[{"name": "Ukraine", "code": "UA"}]),
        relationship(4, SUBJECT, "holding", interest(100)),
        relationship(5, "holding", "olena", interest(share, startDate="2020-01-01")),
    ]
