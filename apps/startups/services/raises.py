"""Raises: stating what is sought, opening, committing, ending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.compliance.models import OwnershipStatement
from apps.documents.selectors import document_list
from apps.documents.states import VersionStatus
from apps.organisations.models import Organisation
from apps.organisations.rules import own_require
from apps.permissions import Kind
from apps.reference.evidence import EvidenceTier
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
from apps.startups.rules.raises import is_partly_committed, loans_stored, proceeds_problems, proceeds_stored
from apps.startups.services.firms import only
from apps.startups.services.listings import listings_refresh
from apps.startups.states import OPEN_RAISES, RAISE, CapabilityStatus, RaiseStatus
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.ids import uuid7
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
        "cost_evidence",
        "subsidised_loans",
        "need_by",
        "blocked_countries",
        "blocked_organisations",
        "terms",
        "proceeds",
        "use_of_proceeds",
        "tranche_of",
    }
)


class RaiseNotAcceptable(Invalid):
    """The raise's data are not acceptable."""


class RaiseEnded(Conflict):
    """The raise is closed or withdrawn and no longer changes."""


class NothingCommitted(Conflict):
    """A raise is partly committed only when less is left than is sought. State what is left first."""


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
        listings_refresh(capability_ids={present.lead_capability_id, item.lead_capability_id})
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
    listings_refresh(capability_ids=[item.lead_capability_id])
    return item


@transaction.atomic
def raise_commit_partly(*, actor: Actor, item: Raise) -> Raise:
    """Say that a part is committed. Raises NotYours, NotPermitted, NotNow and NothingCommitted."""
    present = _lock(item)
    moved = _fire("commit_partly", actor, item)
    if not is_partly_committed(amount=present.amount, amount_left=present.amount_left):
        raise NothingCommitted
    return moved


def raise_checked(
    *, actor: Actor, firm: Firm, values: Mapping[str, Any], present: Raise | None = None
) -> dict[str, Any]:
    """The values as a raise of the firm would store them, without storing anything. Raises NotYours and
    RaiseNotAcceptable.
    """
    own_require(actor=actor, organisation_id=firm.organisation_id)
    return _checked(actor, firm, dict(values), present=present)


def raise_reopen(*, actor: Actor, item: Raise) -> Raise:
    """Say that nothing is committed after all. Raises NotYours, NotPermitted and NotNow."""
    return _fire("reopen", actor, item)


def raise_close(*, actor: Actor, item: Raise) -> Raise:
    """End the raise, its money found. Raises NotYours, NotPermitted and NotNow."""
    return _fire("close", actor, item)


def raise_withdraw(*, actor: Actor, item: Raise) -> Raise:
    """End the raise, no longer wanted. Raises NotYours, NotPermitted and NotNow."""
    return _fire("withdraw", actor, item)


@transaction.atomic
def raise_evidence_lost(*, document_id: UUID) -> None:
    """What a document showed that is withdrawn now is self-declared again."""
    rows = Raise.objects.filter(cost_evidence=document_id, cost_tier=EvidenceTier.E1)
    for item in rows.select_for_update().select_related("firm").order_by("id"):
        version_save(instance=item, changes={"cost_tier": EvidenceTier.E0})
        publish(
            events.RAISE_UPDATED,
            actor=Actor.system(),
            subject=item,
            organisation_id=item.firm.organisation_id,
            data={"fields": ["cost_tier"]},
        )


def _fire(name: str, actor: Actor, item: Raise) -> Raise:
    own_require(actor=actor, organisation_id=item.firm.organisation_id)
    with transaction.atomic():
        moved: Raise = RAISE.fire(name, instance=item, actor=actor, organisation_id=item.firm.organisation_id)
        listings_refresh(capability_ids=[moved.lead_capability_id])
    return moved


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
    problems = _linked(actor, firm, checked, present)
    whole = {**_state_of(present), **values}
    problems += _amount_problems(whole, values, present)
    problems += _proceeds_problems(whole, values)
    problems += _loan_problems(values.get("subsidised_loans") or ())
    problems += _evidence_problems(actor, checked, present)
    if "instruments" in values:
        problems += instrument_problems(instruments=values["instruments"], pointer="/instruments")
    problems += tier_problems(tier=values.get("cost_tier", ""), pointer="/cost_tier", actor=actor)
    problems += country_problems(codes=values.get("blocked_countries", ()), pointer="/blocked_countries")
    problems += term_problems(terms=values.get("terms", ()), pointer="/terms")
    if values.get("need_by") is not None and values["need_by"] < utc_today():
        problems.append(FieldProblem("/need_by", "in_the_past", "Not in the past."))
    problems += _blocked_problems(actor, values.get("blocked_organisations", ()), present)
    if problems:
        raise RaiseNotAcceptable(errors=problems)
    if "proceeds" in checked:
        checked["proceeds"] = proceeds_stored(proceeds=checked["proceeds"])
    if "subsidised_loans" in checked:
        checked["subsidised_loans"] = loans_stored(loans=checked["subsidised_loans"])
    return checked


def _state_of(item: Raise | None) -> dict[str, Any]:
    return {name: getattr(item, name, None) for name in (*AMOUNTS, "currency", "proceeds", "status")}


def _linked(actor: Actor, firm: Firm, checked: dict[str, Any], present: Raise | None) -> list[FieldProblem]:
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
    if checked.get("cost_evidence") is not None:
        own = document_list(actor=actor).filter(organisation=firm.organisation_id)
        evidence = own.filter(pk=checked["cost_evidence"]).first()
        if evidence is None:
            problems.append(FieldProblem("/cost_evidence", "unknown_document", "There is no such document."))
        elif evidence.status != VersionStatus.CLEAN:  # type: ignore[attr-defined]  # what document_list annotates
            problems.append(FieldProblem("/cost_evidence", "not_clean", "Not a document that can be read."))
        checked["cost_evidence"] = evidence
    if "tranche_of" in checked:
        problems += _round_problems(firm, checked, present)
    return problems


def _round_problems(firm: Firm, checked: dict[str, Any], present: Raise | None) -> list[FieldProblem]:
    """Puts the round in the place of the raise that it is to be a tranche beside."""
    beside = checked.pop("tranche_of")
    own = present.pk if present is not None else None
    others = Raise.objects.filter(firm=firm).exclude(Q(pk=own))
    if beside is not None:
        other = others.filter(pk=beside).first()
        if other is None:
            return [FieldProblem("/tranche_of", "unknown_raise", "Not another raise of this firm.")]
        checked["round"] = other.round
    elif present is not None and others.filter(round=present.round).exists():
        checked["round"] = uuid7()
    return []


def _proceeds_problems(whole: dict[str, Any], values: dict[str, Any]) -> list[FieldProblem]:
    if not {"amount", "proceeds"} & values.keys() or not whole["amount"]:
        return []
    return proceeds_problems(proceeds=whole["proceeds"] or (), amount=whole["amount"], pointer="/proceeds")


def _loan_problems(loans: Sequence[Mapping[str, Any]]) -> list[FieldProblem]:
    return [
        problem
        for index, loan in enumerate(loans)
        for problem in currency_problems(
            currency=loan["currency"], pointer=f"/subsidised_loans/{index}/amount/currency", on=utc_today()
        )
    ]


def _evidence_problems(actor: Actor, checked: dict[str, Any], present: Raise | None) -> list[FieldProblem]:
    """E1 is what a document shows; what an operator gave beyond that needs none of the firm's."""
    if actor.is_system or not {"cost_tier", "cost_evidence"} & checked.keys():
        return []
    tier = checked.get("cost_tier", getattr(present, "cost_tier", ""))
    evidence = checked.get("cost_evidence", getattr(present, "cost_evidence_id", None))
    if tier != EvidenceTier.E1 or evidence is not None:
        return []
    return [FieldProblem("/cost_tier", "needs_document", "E1 needs a document in cost_evidence.")]


def _blocked_problems(actor: Actor, ids: Sequence[UUID], present: Raise | None) -> list[FieldProblem]:
    """Organisations that the firm cannot see and did not name before; the same answer for those that do not exist."""
    known = set(Organisation.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    known |= set(present.blocked_organisations) if present is not None else set()
    problems = []
    for index, organisation in enumerate(ids):
        place = f"/blocked_organisations/{index}"
        if organisation not in known or organisation == actor.organisation_id:
            problems.append(FieldProblem(place, "unknown_organisation", "There is no such organisation."))
        elif organisation in ids[:index]:
            problems.append(FieldProblem(place, "repeated", "Each organisation once."))
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
    is_judged = not problems and bool({"amount", "amount_left"} & values.keys())
    stated = {name: whole[name] for name in ("amount", "amount_left")}
    if is_judged and whole["status"] == RaiseStatus.PARTLY_COMMITTED and not is_partly_committed(**stated):
        text = "Less than the amount while a part is committed; reopen the raise first."
        problems.append(FieldProblem("/amount_left", "nothing_committed", text))
    if "currency" in values:
        problems += currency_problems(currency=values["currency"], pointer="/amount/currency", on=utc_today())
    if present is not None:
        problems += shared_currency_problems(present=_state_of(present), changes=values, amounts=AMOUNTS)
    return problems
