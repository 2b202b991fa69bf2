"""Raises: stating what is sought, opening, committing, ending."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.compliance.models import OwnershipStatement
from apps.organisations.models import Organisation
from apps.organisations.rules import own_require
from apps.permissions import Kind
from apps.reference.stated import (
    country_problems,
    currency_problems,
    instrument_problems,
    shared_currency_problems,
    tier_problems,
)
from apps.reference.terms import term_problems
from apps.startups import events
from apps.startups.models import Capability, Firm, Raise
from apps.startups.services.firms import only
from apps.startups.states import OPEN_RAISES, RAISE, CapabilityStatus, RaiseStatus
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.versions import version_save

AMOUNTS = ("amount", "amount_left", "min_ticket")
RAISE_FIELDS = frozenset(
    {
        *AMOUNTS,
        "currency",
        "issuer",
        "lead_capability",
        "syndicate",
        "instruments",
        "stage",
        "tenor_years",
        "marginal_cost_of_capital",
        "cost_tier",
        "need_by",
        "blocked_countries",
        "terms",
        "use_of_proceeds",
    }
)


class RaiseNotAcceptable(Invalid):
    """The raise's data are not acceptable."""


class RaiseEnded(Conflict):
    """The raise is closed or withdrawn and no longer changes."""


class LeadNotPublished(Conflict):
    """A raise is open only while its lead capability is published."""


@transaction.atomic
def raise_create(
    *,
    actor: Actor,
    firm: Firm,
    lead_capability: UUID,
    amount: Decimal,
    currency: str,
    instruments: Sequence[str],
    **values: Any,
) -> Raise:
    """A draft raise of one class of capital, led by a capability of the same firm.

    Raises NotYours and RaiseNotAcceptable.
    """
    own_require(actor=actor, organisation_id=firm.organisation_id)
    values |= {
        "lead_capability": lead_capability,
        "amount": amount,
        "currency": currency,
        "instruments": list(instruments),
    }
    item = Raise.objects.create(firm=firm, **_checked(actor, firm, values))
    publish(events.RAISE_CREATED, actor=actor, subject=item, organisation_id=firm.organisation_id)
    return item


@transaction.atomic
def raise_update(*, actor: Actor, item: Raise, **changes: Any) -> Raise:
    """Change what is sought.

    Raises NotYours, RaiseEnded, LeadNotPublished, RaiseNotAcceptable and ChangedMeanwhile.
    """
    own_require(actor=actor, organisation_id=item.firm.organisation_id)
    present = _lock(item)
    if present.status in {RaiseStatus.CLOSED, RaiseStatus.WITHDRAWN}:
        raise RaiseEnded
    checked = _checked(actor, item.firm, changes, present=present)
    if present.status in OPEN_RAISES and "lead_capability" in checked:
        _require_published(checked["lead_capability"].pk)
    changed = version_save(instance=item, changes=checked)
    if changed:
        organisation_id = item.firm.organisation_id
        publish(
            events.RAISE_UPDATED, actor=actor, subject=item, organisation_id=organisation_id, data={"fields": changed}
        )
    return item


@transaction.atomic
def raise_open(*, actor: Actor, item: Raise) -> Raise:
    """Show the raise to verified counterparts from today on.

    Raises NotYours, NotPermitted, NotNow and LeadNotPublished.
    """
    own_require(actor=actor, organisation_id=item.firm.organisation_id)
    _require_published(_lock(item).lead_capability_id)
    _fire("open", actor, item)
    item.opened_on = utc_today()
    item.save(update_fields=["opened_on"])
    return item


def raise_commit_partly(*, actor: Actor, item: Raise) -> Raise:
    """Say that a part is committed. Raises NotYours, NotPermitted and NotNow."""
    return _fire("commit_partly", actor, item)


def raise_reopen(*, actor: Actor, item: Raise) -> Raise:
    """Say that nothing is committed after all. Raises NotYours, NotPermitted and NotNow."""
    return _fire("reopen", actor, item)


def raise_close(*, actor: Actor, item: Raise) -> Raise:
    """End the raise, its money found. Raises NotYours, NotPermitted and NotNow."""
    return _fire("close", actor, item)


def raise_withdraw(*, actor: Actor, item: Raise) -> Raise:
    """End the raise, no longer wanted. Raises NotYours, NotPermitted and NotNow."""
    return _fire("withdraw", actor, item)


def _fire(name: str, actor: Actor, item: Raise) -> Raise:
    own_require(actor=actor, organisation_id=item.firm.organisation_id)
    return RAISE.fire(name, instance=item, actor=actor, organisation_id=item.firm.organisation_id)


def _lock(item: Raise) -> Raise:
    """The raise as it stands now, locked; always before its lead capability, so that no two wait for each other."""
    return Raise.objects.select_for_update().get(pk=item.pk)


def _require_published(capability_id: UUID) -> None:
    """Raises LeadNotPublished; the lock keeps the capability from being archived meanwhile."""
    lead = Capability.objects.select_for_update().get(pk=capability_id)
    if lead.status != CapabilityStatus.PUBLISHED:
        raise LeadNotPublished


def _checked(actor: Actor, firm: Firm, values: dict[str, Any], present: Raise | None = None) -> dict[str, Any]:
    """The values to store: ids as their rows. Raises RaiseNotAcceptable."""
    only(values, RAISE_FIELDS)
    checked = dict(values)
    problems = _linked(actor, firm, checked)
    whole = {**_state_of(present), **values}
    problems += _amount_problems(whole, values, present)
    if "instruments" in values:
        problems += instrument_problems(instruments=values["instruments"], pointer="/instruments")
    problems += tier_problems(tier=values.get("cost_tier", ""), pointer="/cost_tier", actor=actor)
    problems += country_problems(codes=values.get("blocked_countries", ()), pointer="/blocked_countries")
    problems += term_problems(terms=values.get("terms", ()), pointer="/terms")
    if values.get("need_by") is not None and values["need_by"] < utc_today():
        problems.append(FieldProblem("/need_by", "in_the_past", "Not in the past."))
    if problems:
        raise RaiseNotAcceptable(errors=problems)
    return checked


def _state_of(item: Raise | None) -> dict[str, Any]:
    return {name: getattr(item, name, None) for name in (*AMOUNTS, "currency")}


def _linked(actor: Actor, firm: Firm, checked: dict[str, Any]) -> list[FieldProblem]:
    problems = []
    if "lead_capability" in checked:
        lead = Capability.objects.filter(firm=firm, pk=checked["lead_capability"]).first()
        if lead is None or lead.status == CapabilityStatus.ARCHIVED:
            problems.append(FieldProblem("/lead_capability", "unknown_capability", "Not a capability of this firm."))
        checked["lead_capability"] = lead
    if checked.get("issuer") is not None:
        issuer = _issuers(actor, firm).filter(pk=checked["issuer"]).first()
        if issuer is None:
            problems.append(FieldProblem("/issuer", "unknown_organisation", "There is no such organisation."))
        checked["issuer"] = issuer
    return problems


def _issuers(actor: Actor, firm: Firm) -> QuerySet[Organisation]:
    """Who may take the money: the firm's organisation, and visible firms that own it, that it owns, or that an
    organisation owns which owns it, too; another's country would pass gates that the firm's own does not. For the
    same reason nobody's bare word counts here, but what an officer has seen or an operator's import brought.
    """
    own, today = firm.organisation_id, utc_today()
    stated = OwnershipStatement.objects.at(today).vetted().filter(owner__organisation__isnull=False)
    owners = stated.filter(owned=own).values("owner")
    owned = stated.filter(Q(owner=own) | Q(owner__in=owners)).values("owned")
    tied = Q(pk__in=owners) | Q(pk__in=owned)
    return Organisation.objects.visible_to(actor).filter(Q(pk=own) | tied & Q(kind=Kind.FIRM))


def _amount_problems(whole: dict[str, Any], values: dict[str, Any], present: Raise | None) -> list[FieldProblem]:
    problems = []
    if not whole["amount"] or whole["amount"] <= 0:
        problems.append(FieldProblem("/amount", "out_of_range", "More than nothing."))
    else:
        problems += [
            FieldProblem(f"/{name}", "above_amount", "At most the amount of the raise.")
            for name in ("amount_left", "min_ticket")
            if whole[name] is not None and whole[name] > whole["amount"]
        ]
    if "currency" in values:
        problems += currency_problems(currency=values["currency"], pointer="/amount/currency", on=utc_today())
    if present is not None:
        problems += shared_currency_problems(present=_state_of(present), changes=values, amounts=AMOUNTS)
    return problems
