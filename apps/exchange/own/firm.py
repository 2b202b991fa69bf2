"""A firm's own row and its figures by year."""

from __future__ import annotations

from typing import Any

from apps.exchange.own.attempts import attempt, bounded, differing
from apps.exchange.own.scope import Scope
from apps.exchange.rows import Row
from apps.exchange.tables.identifiers import canonical
from apps.organisations.models import Identifier
from apps.startups import services as startups
from apps.startups.models import Financials
from apps.startups.services.firms import FINANCIALS_FIELDS, FIRM_FIELDS

STARTUPS, FINANCIALS = "startups", "financials"
BLANK = {"region": "", "summary": "", "summary_uk": ""}
WHO = ("legal_name", "legal_name_uk", "country")
FIGURES = FINANCIALS_FIELDS - {"document"}
REVALUED = "figures above E0 are evidenced: state them with their document, or write E0 to state them without"


def firm_load(scope: Scope) -> None:
    """Bring the firm's own fields to what its row says; who it is follows from its verification."""
    rows = scope.usable(STARTUPS)
    for row in rows[1:]:
        scope.refuse(STARTUPS, row, "key", "duplicate_key", f"row {rows[0].number} is the firm's already")
    for row in rows[:1]:
        _refuse_identity(scope, row)
        stated = scope.stated(STARTUPS, row, FIRM_FIELDS)
        stated |= {name: "" for name in BLANK if name in stated and stated[name] is None}
        if stated.get("naming", "") is None:
            del stated["naming"]
        changes = differing(stated, scope.firm)
        if row.is_bad:
            continue
        if not changes:
            scope.count(STARTUPS, unchanged=1)
        elif attempt(scope, STARTUPS, row, lambda changes=changes: _update(scope, changes), {}):  # type: ignore[misc]
            scope.count(STARTUPS, updated=1)


def _update(scope: Scope, changes: dict[str, Any]) -> bool:
    startups.firm_update(actor=scope.actor, firm=scope.firm, **changes)
    return True


def _refuse_identity(scope: Scope, row: Row) -> None:
    organisation = scope.firm.organisation
    message = "who the firm is follows from its verification, not from an import"
    for name, value in scope.stated(STARTUPS, row, WHO).items():
        if (value or "") != getattr(organisation, name):
            scope.refuse(STARTUPS, row, name, "immutable", message)
    if "identifier" in row.values:
        scheme = row.values["identifier_scheme"]
        number = canonical(scheme=scheme, number=row.values["identifier"])
        if not Identifier.objects.filter(organisation=organisation, scheme=scheme, value=number).exists():
            scope.refuse(STARTUPS, row, "identifier", "immutable", message)


def financials_load(scope: Scope) -> None:
    """State each year whose row differs; what the file has no column for stays as it is."""
    present = {item.year: item for item in Financials.objects.filter(firm=scope.firm, withdrawn_at=None)}
    for row in bounded(scope, FINANCIALS):
        before = present.get(row.values["year"])
        stated = scope.stated(FINANCIALS, row, FIGURES)
        if stated.get("currency", "") is None:
            stated["currency"] = ""
        changes = stated if before is None else differing(stated, before)
        tier = row.values.get("tier")
        standing = "" if before is None else before.tier
        if scope.is_given(tier, present=standing) or (changes and scope.is_given(tier)):
            scope.refuse(FINANCIALS, row, "tier", "needs_document", REVALUED)
        elif not changes and before is not None:
            scope.count(FINANCIALS, unchanged=1)
        else:
            kept = {} if before is None else {name: getattr(before, name) for name in FIGURES}
            whole = {**kept, **stated}
            year = row.values["year"]
            done = attempt(
                scope,
                FINANCIALS,
                row,
                lambda year=year, whole=whole: startups.financials_state(  # type: ignore[misc]
                    actor=scope.actor, firm=scope.firm, year=year, **whole
                ),
                {},
            )
            if done is not None:
                scope.count(FINANCIALS, **{"inserted" if before is None else "updated": 1})
