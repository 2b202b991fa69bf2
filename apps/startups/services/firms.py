"""Firms and their financials."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.compliance.services.evidence import evidence_missing, evidence_of
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours, own_require
from apps.permissions import Kind
from apps.reference.stated import currency_problems
from apps.startups import events
from apps.startups.models import Financials, Firm
from apps.startups.rules.tiers import figures_tier
from apps.startups.services.search import search_refresh
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.errors import Conflict, FieldProblem, Invalid, NotFound
from kernel.events import publish
from kernel.versions import version_save

FIRM_FIELDS = frozenset({"region", "founded_on", "staff", "summary", "summary_uk", "naming"})
FINANCIALS_FIELDS = frozenset(
    {
        "currency",
        "revenue",
        "order_book",
        "order_book_customers",
        "customers",
        "largest_customer_share",
        "gross_margin",
        "debt",
        "cash_months",
        "headcount",
        "audited",
        "document",
    }
)
SHARES = ("customers", "order_book_customers")
MOST_CLASSES = 20
CLASS_LENGTH = 40
REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


class NotAFirm(Conflict):
    """Only an organisation of kind firm stands in the registry of firms."""


class FirmNotAcceptable(Invalid):
    """The firm's data are not acceptable."""


class FinancialsNotAcceptable(Invalid):
    """The figures are not acceptable."""


@transaction.atomic
def firm_register(*, actor: Actor, organisation: Organisation) -> Firm:
    """The registry entry of a firm's organisation; the present one if there is one. Raises NotYours and NotAFirm."""
    own_require(actor=actor, organisation_id=organisation.pk)
    if organisation.kind != Kind.FIRM:
        raise NotAFirm
    firm, is_new = Firm.objects.get_or_create(organisation=organisation)
    if is_new:
        publish(events.FIRM_REGISTERED, actor=actor, subject=firm, organisation_id=organisation.pk)
    return firm


def firm_own(*, actor: Actor) -> Firm:
    """The registry entry of the actor's own organisation, entered now if need be. Raises NotYours and NotAFirm."""
    own = Firm.objects.select_related("organisation").filter(Q(organisation_id=actor.organisation_id)).first()
    if own is not None:
        return own
    organisation = Organisation.objects.filter(Q(pk=actor.organisation_id)).first()
    if organisation is None:
        raise NotYours
    return firm_register(actor=actor, organisation=organisation)


@transaction.atomic
def firm_update(*, actor: Actor, firm: Firm, **changes: Any) -> Firm:
    """Change `region`, `founded_on`, `staff`, `summary`, `summary_uk`, `naming`.

    Raises NotYours, FirmNotAcceptable and ChangedMeanwhile.
    """
    own_require(actor=actor, organisation_id=firm.organisation_id)
    only(changes, FIRM_FIELDS)
    problems = []
    region = changes.get("region") or ""
    if region and not (REGION.fullmatch(region) and region[:2] == firm.organisation.country):
        problems.append(FieldProblem("/region", "invalid", "A region of the firm's own country (ISO 3166-2)."))
    founded_on = changes.get("founded_on")
    if founded_on is not None and founded_on > utc_today():
        problems.append(FieldProblem("/founded_on", "in_the_future", "Not in the future."))
    if problems:
        raise FirmNotAcceptable(errors=problems)
    changed = version_save(instance=firm, changes=changes)
    if changed:
        publish(
            events.FIRM_UPDATED,
            actor=actor,
            subject=firm,
            organisation_id=firm.organisation_id,
            data={"fields": changed},
        )
        search_refresh(firm_ids=[firm.pk])
    return firm


@transaction.atomic
def financials_state(*, actor: Actor, firm: Firm, year: int, **values: Any) -> Financials:
    """State a year's figures; stating the same year again replaces them.

    Amounts (`revenue`, `order_book`, `debt`) are in `currency`; shares are fractions. `document` is the id of a clean
    document of the firm that evidences the year: its tier follows from it. Raises NotYours and FinancialsNotAcceptable.
    """
    own_require(actor=actor, organisation_id=firm.organisation_id)
    only(values, FINANCIALS_FIELDS)
    problems = _figures_problems(year, values)
    document_id = values.pop("document", None)
    if document_id is not None and not evidence_of(actor=actor, ids=[document_id]).exists():
        problems.append(evidence_missing(pointer="/document"))
    if problems:
        raise FinancialsNotAcceptable(errors=problems)
    blank = {field.name: field.get_default() for field in Financials._meta.fields if field.name in FINANCIALS_FIELDS}
    evidenced = {"document_id": document_id, "tier": figures_tier(given="", has_document=document_id is not None)}
    del blank["document"]
    stated, _ = Financials.objects.update_or_create(
        firm=firm, year=year, defaults={**blank, **values, **evidenced, "withdrawn_at": None}
    )
    publish(
        events.FINANCIALS_STATED, actor=actor, subject=stated, organisation_id=firm.organisation_id, data={"year": year}
    )
    return stated


@transaction.atomic
def financials_withdraw(*, actor: Actor, firm: Firm, year: int, now: dt.datetime | None = None) -> Financials:
    """Take a year's figures back: nobody sees them any more, until the year is stated again.

    Raises NotYours, and NotFound for a year that is not stated.
    """
    own_require(actor=actor, organisation_id=firm.organisation_id)
    found = Financials.objects.select_for_update().filter(firm=firm, year=year, withdrawn_at=None).first()
    if found is None:
        raise NotFound
    found.withdrawn_at = now or utc_now()
    found.save(update_fields=["withdrawn_at"])
    publish(
        events.FINANCIALS_WITHDRAWN,
        actor=actor,
        subject=found,
        organisation_id=firm.organisation_id,
        data={"year": year},
    )
    return found


def only(values: dict[str, Any], names: frozenset[str]) -> None:
    """Raises TypeError when `values` names anything else: what is not offered for writing is not written."""
    stray = sorted(set(values) - names)
    if stray:
        raise TypeError(f"not to be written here: {', '.join(stray)}")


def _figures_problems(year: int, values: dict[str, Any]) -> list[FieldProblem]:
    problems = []
    today = utc_today()
    if not 1900 <= year <= today.year:
        problems.append(FieldProblem("/year", "out_of_range", "A year that has begun."))
    if any(values.get(name) is not None for name in ("revenue", "order_book", "debt")):
        problems += currency_problems(currency=values.get("currency", ""), pointer="/currency", on=today)
    for name in SHARES:
        problems += _share_problems(f"/{name}", values.get(name) or {})
    months = values.get("cash_months")
    if months is not None and not 0 <= months < 10_000:
        problems.append(FieldProblem("/cash_months", "out_of_range", "Months, not less than none."))
    share = values.get("largest_customer_share")
    if share is not None and not 0 <= share <= 1:
        problems.append(FieldProblem("/largest_customer_share", "out_of_range", "A fraction between 0 and 1."))
    margin = values.get("gross_margin")
    if margin is not None and margin > 1:
        problems.append(FieldProblem("/gross_margin", "out_of_range", "At most 1."))
    return problems


def _share_problems(pointer: str, shares: Mapping[str, Any]) -> list[FieldProblem]:
    """Shares by class of customer: few short names, fractions that come to 1 at most."""
    problems = []
    if len(shares) > MOST_CLASSES or any(not 0 < len(name) <= CLASS_LENGTH for name in shares):
        values = {"most": MOST_CLASSES, "length": CLASS_LENGTH}
        text = "At most {most} classes of customers, with names of at most {length} characters."
        problems.append(FieldProblem(pointer, "too_many", text, values))
    if any(not 0 <= Decimal(str(share)) <= 1 for share in shares.values()):
        problems.append(FieldProblem(pointer, "out_of_range", "Shares are fractions between 0 and 1."))
    elif sum(Decimal(str(share)) for share in shares.values()) > Decimal("1.000001"):
        problems.append(FieldProblem(pointer, "above_one", "Shares add up to 1 at most."))
    return problems
