"""What funds say of themselves."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.investors import events
from apps.investors.models import Fund
from apps.investors.services.fields import fields_require
from apps.investors.services.limits import MATCHED, edits_require
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours, own_require
from apps.permissions import Kind
from apps.reference.stated import country_problems
from kernel.access import Actor
from kernel.errors import Conflict, Invalid
from kernel.events import publish
from kernel.versions import version_save

SCORED_FUND_FIELDS = frozenset({"investor_countries", "life_ends_on"})
FUND_FIELDS = SCORED_FUND_FIELDS | {"fund_type", "strategy", "strategy_uk"}


class NotAFund(Conflict):
    """Only an organisation of kind fund stands among the funds."""


class FundNotAcceptable(Invalid):
    """The fund's data are not acceptable."""


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
    """Change what the fund says of itself: any of `FUND_FIELDS`.

    Raises NotYours, FundNotAcceptable, TooManyEditsToday and ChangedMeanwhile.
    """
    own_require(actor=actor, organisation_id=fund.organisation_id)
    fields_require(values=changes, names=FUND_FIELDS)
    problems = country_problems(codes=changes.get("investor_countries") or (), pointer="/investor_countries")
    if problems:
        raise FundNotAcceptable(errors=problems)
    changed = version_save(instance=fund, changes=changes)
    if fund.mandates.filter(status__in=MATCHED).exists():
        edits_require(actor=actor, subject=fund, changed=changed, scored=SCORED_FUND_FIELDS, event=events.FUND_UPDATED)
    if changed:
        publish(
            events.FUND_UPDATED,
            actor=actor,
            subject=fund,
            organisation_id=fund.organisation_id,
            data={"fields": changed},
        )
    return fund
