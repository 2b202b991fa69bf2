"""What funds do: state who they are, what lets them offer less, and what they will finance."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Model, Q

from apps.investors import events
from apps.investors.models import Fund, Lever, Mandate
from apps.investors.rules import (
    DRAFTS_PER_DAY,
    EDITS_PER_DAY,
    TICKETS,
    dates_problems,
    flag_problems,
    foreign_share_problems,
    ticket_problems,
    trl_problems,
    weight_problems,
)
from apps.investors.states import MANDATE, MandateStatus
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours, own_require
from apps.permissions import Kind
from apps.reference.areas import weights_followed
from apps.reference.codes import country_codes
from apps.reference.instruments import InstrumentClass
from apps.reference.selectors import area_codes_unknown
from apps.reference.stated import (
    country_problems,
    currency_problems,
    instrument_problems,
    shared_currency_problems,
    tier_problems,
)
from apps.reference.terms import term_problems
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.models import Event
from kernel.versions import version_save

FUND_FIELDS = frozenset({"fund_type", "investor_countries"})
LEVER_FIELDS = frozenset(
    {"kind", "issuer", "classes", "countries", "excluded_flags", "risk_cover", "cover_cap", "currency", "premium"}
    | {"valid_from", "valid_to", "source"}
)
AMOUNTS = (*TICKETS, "capacity")
WEIGHTED = {"areas": "area", "stages": "stage", "places": "place"}
MANDATE_FIELDS = frozenset(
    {
        "name",
        *WEIGHTED,
        *AMOUNTS,
        "currency",
        "instruments",
        "countries",
        "trl_min",
        "trl_max",
        "offered_cost_of_capital",
    }
    | {"offer_tier", "lever", "tenor_years", "max_foreign_share", "perimeter", "exclusions", "terms"}
)
SCORED_FUND_FIELDS = frozenset({"investor_countries"})
SCORED_LEVER_FIELDS = LEVER_FIELDS - {"issuer", "source"}
SCORED_MANDATE_FIELDS = MANDATE_FIELDS - {"name"}
MATCHED = (MandateStatus.ACTIVE, MandateStatus.PAUSED)
"""The statuses in which a mandate was shown to the engine: a draft is edited at will."""
REGION = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}")

Weights = Sequence[tuple[str, float]]
"""Pairs of a code and its weight."""


class NotAFund(Conflict):
    """Only an organisation of kind fund stands among the funds."""


class FundNotAcceptable(Invalid):
    """The fund's data are not acceptable."""


class LeverNotAcceptable(Invalid):
    """The lever's data are not acceptable."""


class MandateNotAcceptable(Invalid):
    """The mandate's data are not acceptable."""


class MandateEnded(Conflict):
    """The mandate is closed and no longer changes."""


class TooManyEditsToday(Conflict):
    """These terms were changed {most} times today. They open again at {opens_at}."""

    def __init__(self, *, opens_at: str = "00:00 UTC") -> None:
        super().__init__(most=EDITS_PER_DAY, opens_at=opens_at)


class TooManyMandatesToday(Conflict):
    """{most} drafts began to be matched today, no more do. They may again at {opens_at}."""

    def __init__(self, *, opens_at: str = "00:00 UTC") -> None:
        super().__init__(most=DRAFTS_PER_DAY, opens_at=opens_at)


@transaction.atomic
def fund_register(*, actor: Actor, organisation: Organisation) -> Fund:
    """The entry of a fund's organisation; the one there is, if it stands already. Raises NotYours and NotAFund."""
    own_require(actor=actor, organisation_id=organisation.pk)
    if organisation.kind != Kind.FUND:
        raise NotAFund
    fund, is_new = Fund.objects.get_or_create(organisation=organisation)
    if is_new:
        publish(events.FUND_REGISTERED, actor=actor, subject=fund, organisation_id=organisation.pk)
    return fund


def fund_own(*, actor: Actor) -> Fund:
    """The entry of the actor's own organisation, made now if there is none yet. Raises NotYours and NotAFund."""
    own = Fund.objects.select_related("organisation").filter(Q(organisation_id=actor.organisation_id)).first()
    if own is not None:
        return own
    organisation = Organisation.objects.filter(Q(pk=actor.organisation_id)).first()
    if organisation is None:
        raise NotYours
    return fund_register(actor=actor, organisation=organisation)


@transaction.atomic
def fund_update(*, actor: Actor, fund: Fund, **changes: Any) -> Fund:
    """Change `fund_type` or `investor_countries`.

    Raises NotYours, FundNotAcceptable, TooManyEditsToday and ChangedMeanwhile.
    """
    own_require(actor=actor, organisation_id=fund.organisation_id)
    _only(changes, FUND_FIELDS)
    problems = country_problems(codes=changes.get("investor_countries") or (), pointer="/investor_countries")
    if problems:
        raise FundNotAcceptable(errors=problems)
    changed = version_save(instance=fund, changes=changes)
    if fund.mandates.filter(status__in=MATCHED).exists():
        _edits_require(actor, fund, changed, SCORED_FUND_FIELDS, events.FUND_UPDATED)
    if changed:
        publish(
            events.FUND_UPDATED,
            actor=actor,
            subject=fund,
            organisation_id=fund.organisation_id,
            data={"fields": changed},
        )
    return fund


@transaction.atomic
def lever_create(*, actor: Actor, kind: str, **values: Any) -> Lever:
    """A lever of the actor's own organisation; of the system, a public one. Raises NotYours and LeverNotAcceptable."""
    if actor.organisation_id is None and not actor.is_system:
        raise NotYours
    values |= {"kind": kind}
    _check_lever(values, values)
    lever = Lever.objects.create(organisation_id=actor.organisation_id, **values)
    publish(events.LEVER_CREATED, actor=actor, subject=lever)
    return lever


@transaction.atomic
def lever_update(*, actor: Actor, lever: Lever, **changes: Any) -> Lever:
    """Change one's own lever. Raises NotYours, LeverNotAcceptable, TooManyEditsToday and ChangedMeanwhile."""
    own_require(actor=actor, organisation_id=lever.organisation_id)
    present = {name: getattr(lever, name) for name in LEVER_FIELDS}
    _check_lever({**present, **changes}, changes)
    changed = version_save(instance=lever, changes=changes)
    if lever.mandates.filter(status__in=MATCHED).exists():
        _edits_require(actor, lever, changed, SCORED_LEVER_FIELDS, events.LEVER_UPDATED)
    if changed:
        publish(events.LEVER_UPDATED, actor=actor, subject=lever, data={"fields": changed})
    return lever


@transaction.atomic
def mandate_create(
    *,
    actor: Actor,
    fund: Fund,
    name: str,
    areas: Weights,
    ticket_min: Decimal,
    ticket_max: Decimal,
    currency: str,
    instruments: Sequence[str],
    **values: Any,
) -> Mandate:
    """A draft mandate for one class of capital; `lever` is the id of a public or own one.

    Raises NotYours and MandateNotAcceptable.
    """
    own_require(actor=actor, organisation_id=fund.organisation_id)
    values |= {"name": name, "areas": areas, "ticket_min": ticket_min, "ticket_max": ticket_max}
    values |= {"currency": currency, "instruments": list(instruments)}
    mandate = Mandate.objects.create(fund=fund, **_checked(actor, values))
    publish(events.MANDATE_CREATED, actor=actor, subject=mandate, organisation_id=fund.organisation_id)
    return mandate


@transaction.atomic
def mandate_update(*, actor: Actor, mandate: Mandate, **changes: Any) -> Mandate:
    """Change what the fund will do; what is matched changes its terms `EDITS_PER_DAY` times a day, its name at will.

    Raises NotYours, MandateEnded, MandateNotAcceptable, TooManyEditsToday and ChangedMeanwhile.
    """
    organisation_id = mandate.fund.organisation_id
    own_require(actor=actor, organisation_id=organisation_id)
    if mandate.status == MandateStatus.CLOSED:
        raise MandateEnded
    changed = version_save(instance=mandate, changes=_checked(actor, changes, present=mandate))
    if mandate.status in MATCHED:
        _edits_require(actor, mandate, changed, SCORED_MANDATE_FIELDS, events.MANDATE_UPDATED)
    if changed:
        data = {"fields": changed}
        publish(events.MANDATE_UPDATED, actor=actor, subject=mandate, organisation_id=organisation_id, data=data)
    return mandate


@transaction.atomic
def mandates_follow(*, moves: Mapping[str, Sequence[str]]) -> int:
    """Let every mandate that wants a retired area want all its successors, with the same weight; returns how many.

    `moves` are codes of retired areas with their successors. Again changes nothing.
    """
    wanting = reduce(or_, [Q(areas__contains=[[code]]) for code in moves], Q(pk__in=[]))
    locked = Mandate.objects.select_for_update(of=("self",), no_key=True).select_related("fund")
    rows = list(locked.filter(wanting).order_by("pk"))
    for mandate in rows:
        areas = [list(pair) for pair in weights_followed(weights=mandate.areas, moves=moves)]
        changed = version_save(instance=mandate, changes={"areas": areas})
        organisation_id = mandate.fund.organisation_id
        data = {"fields": changed}
        publish(
            events.MANDATE_UPDATED, actor=Actor.system(), subject=mandate, organisation_id=organisation_id, data=data
        )
    return len(rows)


@transaction.atomic
def mandate_activate(*, actor: Actor, mandate: Mandate) -> Mandate:
    """Let the mandate be matched and shown to verified firms; of a fund's drafts `DRAFTS_PER_DAY` in a day.

    Raises NotYours, NotPermitted, NotNow and TooManyMandatesToday.
    """
    _fire("activate", actor, mandate)
    _drafts_require(actor, mandate)
    return mandate


def mandate_pause(*, actor: Actor, mandate: Mandate) -> Mandate:
    """Take the mandate out of matching for a while. Raises NotYours, NotPermitted and NotNow."""
    return _fire("pause", actor, mandate)


def mandate_close(*, actor: Actor, mandate: Mandate) -> Mandate:
    """End the mandate. Raises NotYours, NotPermitted and NotNow."""
    return _fire("close", actor, mandate)


def _fire(name: str, actor: Actor, mandate: Mandate) -> Mandate:
    organisation_id = mandate.fund.organisation_id
    own_require(actor=actor, organisation_id=organisation_id)
    return MANDATE.fire(name, instance=mandate, actor=actor, organisation_id=organisation_id)


def _edits_require(actor: Actor, subject: Model, changed: Collection[str], scored: Collection[str], event: str) -> None:
    """Raises TooManyEditsToday when `changed` touches what is scored once more than a UTC day allows.

    To be called with the row saved: writers of one row then count one after the other. The system is free.
    """
    if actor.is_system or set(scored).isdisjoint(changed):
        return
    midnight = dt.datetime.combine(utc_today(), dt.time(), dt.UTC)
    facts = Event.objects.filter(object_type=subject._meta.label_lower, object_id=subject.pk, name=event)
    today = facts.filter(at__gte=midnight, data__fields__has_any_keys=sorted(scored)).exclude(
        actor=Actor.system().label()
    )
    if today.count() >= EDITS_PER_DAY:
        raise TooManyEditsToday(opens_at=(midnight + dt.timedelta(days=1)).isoformat())


def _drafts_require(actor: Actor, mandate: Mandate) -> None:
    """Raises TooManyMandatesToday when more of the fund's drafts than a UTC day allows were activated, with this one.

    Else new mandates would get around what edits may not. The system is free.
    """
    if actor.is_system:
        return
    # One at a time for each fund: two drafts at once count one another.
    fund = Fund.objects.select_for_update(no_key=True).get(pk=mandate.fund_id)
    midnight = dt.datetime.combine(utc_today(), dt.time(), dt.UTC)
    facts = Event.objects.filter(name=events.MANDATE_ACTIVATED, organisation_id=fund.organisation_id)
    today = facts.filter(at__gte=midnight, data__from=MandateStatus.DRAFT).exclude(actor=Actor.system().label())
    if today.count() > DRAFTS_PER_DAY:
        raise TooManyMandatesToday(opens_at=(midnight + dt.timedelta(days=1)).isoformat())


def _only(values: Mapping[str, Any], names: Collection[str]) -> None:
    stray = sorted(set(values) - set(names))
    if stray:
        raise TypeError(f"not to be written here: {', '.join(stray)}")


def _check_lever(whole: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    _only(values, LEVER_FIELDS)
    problems = country_problems(codes=values.get("countries") or (), pointer="/countries")
    problems += flag_problems(flags=values.get("excluded_flags"), pointer="/excluded_flags")
    problems += dates_problems(values=whole)
    if not set(values.get("classes") or ()) <= set(InstrumentClass.values):
        known = ", ".join(InstrumentClass.values)
        problems.append(FieldProblem("/classes", "invalid", "Only of {known}.", {"known": known}))
    cover = values.get("risk_cover")
    if cover is not None and not 0 <= cover <= 1:
        problems.append(FieldProblem("/risk_cover", "out_of_range", "A fraction between 0 and 1."))
    if values.get("cover_cap") is not None:
        currency = str(whole.get("currency") or "")
        problems += currency_problems(currency=currency, pointer="/cover_cap/currency", on=utc_today())
    if problems:
        raise LeverNotAcceptable(errors=problems)


def _checked(actor: Actor, values: dict[str, Any], present: Mandate | None = None) -> dict[str, Any]:
    """The values to store: weights as lists, the lever's id as its row. Raises MandateNotAcceptable."""
    _only(values, MANDATE_FIELDS)
    state = {name: getattr(present, name, None) for name in (*AMOUNTS, "currency", "trl_min", "trl_max")}
    state |= {
        "max_foreign_share": getattr(present, "max_foreign_share", None),
        "perimeter": getattr(present, "perimeter", ""),
    }
    whole = {**state, **values}
    problems = _weights_problems(values) + _codes_problems(actor, values)
    problems += ticket_problems(tickets=whole)
    problems += trl_problems(trl_min=whole["trl_min"], trl_max=whole["trl_max"])
    problems += foreign_share_problems(limit=whole["max_foreign_share"], perimeter=whole["perimeter"])
    if "currency" in values:
        problems += currency_problems(currency=values["currency"], pointer="/ticket_min/currency", on=utc_today())
    if present is not None:
        problems += shared_currency_problems(present=state, changes=values, amounts=AMOUNTS)
    checked = dict(values)
    for name in WEIGHTED.keys() & values.keys():
        checked[name] = [list(pair) for pair in values[name]]
    if values.get("lever") is not None:
        checked["lever"] = Lever.objects.visible_to(actor).filter(pk=values["lever"]).first()
        if checked["lever"] is None:
            problems.append(FieldProblem("/lever", "unknown_lever", "There is no such lever."))
    if problems:
        raise MandateNotAcceptable(errors=problems)
    return checked


def _weights_problems(values: Mapping[str, Any]) -> list[FieldProblem]:
    problems = [
        problem
        for field, name in WEIGHTED.items()
        if field in values
        for problem in weight_problems(pairs=values[field], pointer=f"/{field}", name=name)
    ]
    if "areas" in values:
        codes = [code for code, _ in values["areas"]]
        unknown = area_codes_unknown(codes=codes)
        problems += [
            FieldProblem(f"/areas/{index}/area", "unknown_area", "There is no capability area with this code.")
            for index, code in enumerate(codes)
            if code in unknown
        ]
        if not codes:
            problems.append(FieldProblem("/areas", "empty", "At least one area."))
    for index, (code, _) in enumerate(values.get("places", ())):
        region = REGION.fullmatch(code)
        if (region[1] if region else code) not in country_codes():
            problems.append(
                FieldProblem(f"/places/{index}/place", "invalid", "A country (ISO 3166-1) or region (3166-2).")
            )
    return problems


def _codes_problems(actor: Actor, values: Mapping[str, Any]) -> list[FieldProblem]:
    problems = country_problems(codes=values.get("countries", ()), pointer="/countries")
    problems += flag_problems(flags=values.get("exclusions"), pointer="/exclusions")
    problems += tier_problems(tier=values.get("offer_tier", ""), pointer="/offer_tier", actor=actor)
    problems += term_problems(terms=values.get("terms", ()), pointer="/terms")
    if "instruments" in values:
        problems += instrument_problems(instruments=values["instruments"], pointer="/instruments")
    return problems
