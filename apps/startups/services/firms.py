"""Firms and their financials."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours, own_require
from apps.permissions import Kind
from apps.reference.stated import currency_problems, tier_problems
from apps.startups import events
from apps.startups.models import Financials, Firm
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.versions import version_save

FIRM_FIELDS = frozenset({"region", "founded_on", "staff", "summary", "naming"})
FINANCIALS_FIELDS = frozenset(
    {
        "currency",
        "revenue",
        "order_book",
        "customers",
        "largest_customer_share",
        "gross_margin",
        "debt",
        "audited",
        "tier",
    }
)
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
    """Change `region`, `founded_on`, `staff`, `summary`, `naming`.

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
    return firm


@transaction.atomic
def financials_state(*, actor: Actor, firm: Firm, year: int, **values: Any) -> Financials:
    """State a year's figures; stating the same year again replaces them.

    Amounts (`revenue`, `order_book`, `debt`) are in `currency`; shares are fractions. Raises NotYours and
    FinancialsNotAcceptable.
    """
    own_require(actor=actor, organisation_id=firm.organisation_id)
    only(values, FINANCIALS_FIELDS)
    problems = _figures_problems(actor, year, values)
    if problems:
        raise FinancialsNotAcceptable(errors=problems)
    blank = {field.name: field.get_default() for field in Financials._meta.fields if field.name in FINANCIALS_FIELDS}
    stated, _ = Financials.objects.update_or_create(
        firm=firm, year=year, defaults={**blank, **values, "withdrawn_at": None}
    )
    publish(
        events.FINANCIALS_STATED, actor=actor, subject=stated, organisation_id=firm.organisation_id, data={"year": year}
    )
    return stated


def only(values: dict[str, Any], names: frozenset[str]) -> None:
    """Raises TypeError when `values` names anything else: what is not offered for writing is not written."""
    stray = sorted(set(values) - names)
    if stray:
        raise TypeError(f"not to be written here: {', '.join(stray)}")


def _figures_problems(actor: Actor, year: int, values: dict[str, Any]) -> list[FieldProblem]:
    problems = tier_problems(tier=values.get("tier", ""), pointer="/tier", actor=actor)
    today = utc_today()
    if not 1900 <= year <= today.year:
        problems.append(FieldProblem("/year", "out_of_range", "A year that has begun."))
    if any(values.get(name) is not None for name in ("revenue", "order_book", "debt")):
        problems += currency_problems(currency=values.get("currency", ""), pointer="/currency", on=today)
    customers = values.get("customers") or {}
    if any(not 0 <= Decimal(str(share)) <= 1 for share in customers.values()):
        problems.append(FieldProblem("/customers", "out_of_range", "Shares are fractions between 0 and 1."))
    elif sum(Decimal(str(share)) for share in customers.values()) > Decimal("1.000001"):
        problems.append(FieldProblem("/customers", "above_one", "Shares add up to 1 at most."))
    share = values.get("largest_customer_share")
    if share is not None and not 0 <= share <= 1:
        problems.append(FieldProblem("/largest_customer_share", "out_of_range", "A fraction between 0 and 1."))
    margin = values.get("gross_margin")
    if margin is not None and margin > 1:
        problems.append(FieldProblem("/gross_margin", "out_of_range", "At most 1."))
    return problems
