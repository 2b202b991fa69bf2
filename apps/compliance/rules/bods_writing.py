"""Ownership as statements of the Beneficial Ownership Data Standard, version 0.4."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from apps.compliance.rules.bods import VERSION, camel
from apps.compliance.rules.declared import InterestStated, PartyStated
from apps.compliance.states import EntityType, PartyKind

Statement = dict[str, Any]


def bods_write(
    *,
    subject: str,
    publisher: str,
    parties: Sequence[PartyStated],
    interests: Sequence[tuple[str, str, str, dt.date, InterestStated]],
    countries: Mapping[str, str],
    today: dt.date,
) -> list[Statement]:
    """The statements of a declaration: parties first, then relationships.

    `interests` come with statementId, recordId, recordStatus and the day on which they were stated; `countries` are
    names by code. A declared unknown owner of whom nothing more is said stands as the reason in its relationship.
    """
    owned = {item.owned for *_, item in interests}
    unnamed = {
        item.key: item.unknown_reason for item in parties if item.kind == PartyKind.UNKNOWN and item.key not in owned
    }
    frame = {
        "declarationSubject": subject,
        "publicationDetails": {
            "publicationDate": today.isoformat(),
            "bodsVersion": VERSION,
            "publisher": {"name": publisher},
        },
    }
    written = [
        {
            "statementId": str(uuid5(NAMESPACE_URL, repr(item))),
            **frame,
            "statementDate": today.isoformat(),
            "recordId": item.key,
            "recordType": "person" if item.kind == PartyKind.PERSON else "entity",
            "recordStatus": "new",
            "recordDetails": _party(item, countries),
        }
        for item in parties
        if item.key not in unnamed
    ]
    for statement_id, record_id, status, stated_on, item in interests:
        source = {"type": ["selfDeclaration"], "description": item.source, "url": item.source_url}
        if item.retrieved_on is not None:
            source["retrievedAt"] = item.retrieved_on.isoformat()
        reason = unnamed.get(item.owner)
        written.append(
            {
                "statementId": statement_id,
                **frame,
                "statementDate": stated_on.isoformat(),
                "source": {name: value for name, value in source.items() if value},
                "recordId": record_id,
                "recordType": "relationship",
                "recordStatus": status,
                "recordDetails": {
                    "isComponent": False,
                    "subject": item.owned,
                    "interestedParty": item.owner if reason is None else {"reason": camel(reason or "unknown")},
                    "interests": [_interest(item)],
                },
            }
        )
    return written


def _party(item: PartyStated, countries: Mapping[str, str]) -> Statement:
    details: Statement = {"isComponent": False}
    if item.identifiers:
        details["identifiers"] = [{"id": each["value"], "scheme": each["scheme"]} for each in item.identifiers]
    if item.kind == PartyKind.PERSON:
        names = [{"type": "legal", "fullName": item.legal_name}]
        if item.native_name:
            names.append({"type": "alternative", "fullName": item.native_name})
        details |= {"personType": "knownPerson", "names": names}
        if item.nationalities:
            details["nationalities"] = [_country(code, countries) for code in item.nationalities]
        if item.birth_date:
            details["birthDate"] = item.birth_date
        return details
    if item.kind == PartyKind.UNKNOWN:
        reason = {"reason": camel(item.unknown_reason or "unknown")}
        return {**details, "entityType": {"type": "unknownEntity"}, "unspecifiedEntityDetails": reason}
    details |= {
        "entityType": {"type": camel(item.entity_type or EntityType.REGISTERED_ENTITY)},
        "name": item.legal_name,
    }
    if item.native_name:
        details["alternateNames"] = [item.native_name]
    if item.country:
        details["jurisdiction"] = _country(item.country, countries)
    if item.registered_on is not None:
        details["foundingDate"] = item.registered_on.isoformat()
    return details


def _country(code: str, countries: Mapping[str, str]) -> dict[str, str]:
    return {"name": countries.get(code, code), "code": code}


def _interest(item: InterestStated) -> Statement:
    interest: Statement = {"type": camel(item.interest), "directOrIndirect": item.directness}
    if item.details:
        interest["details"] = item.details
    share: dict[str, int | float] = {}
    if item.share_min is not None:
        share["exclusiveMinimum" if item.share_min_exclusive else "minimum"] = _percent(item.share_min)
    if item.share_max is not None:
        share["exclusiveMaximum" if item.share_max_exclusive else "maximum"] = _percent(item.share_max)
    if item.share_min is not None and item.share_min == item.share_max:
        share = {"exact": _percent(item.share_min), **share}
    if share:
        interest["share"] = share
    if item.from_date is not None:
        interest["startDate"] = item.from_date.isoformat()
    if item.to_date is not None:
        interest["endDate"] = item.to_date.isoformat()
    return interest


def _percent(share: Decimal) -> int | float:
    percent = share * 100
    return int(percent) if percent == percent.to_integral_value() else float(percent)
