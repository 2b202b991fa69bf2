"""The start of a firm: eight fields that become a published capability and a draft raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.organisations.rules import own_require
from apps.reference.selectors import area_find
from apps.reference.stated import currency_problems, instrument_problems
from apps.startups import events
from apps.startups.models import Capability, Firm, Raise, StartDraft
from apps.startups.rules.starts import START_FIELDS, start_missing
from apps.startups.services.capabilities import capability_create, capability_publish
from apps.startups.services.firms import firm_update, only
from apps.startups.services.raises import raise_create
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import FieldProblem, Invalid
from kernel.events import publish
from kernel.versions import version_save

DRAFT_FIELDS = frozenset({*START_FIELDS, "currency"})


class StartNotAcceptable(Invalid):
    """What was filled in is not acceptable."""


class StartIncomplete(Invalid):
    """The start is not complete: each missing field is named."""


@dataclass(frozen=True, slots=True)
class Started:
    """What a start became."""

    capability: Capability
    item: Raise


@transaction.atomic
def start_save(*, actor: Actor, firm: Firm, **values: Any) -> StartDraft:
    """Keep some of the fields (`area` as its code, `amount` with `currency`); None empties one.

    Each value is judged by itself, whatever else is filled in. Raises NotYours, StartNotAcceptable and
    ChangedMeanwhile; then nothing of it is kept, and nothing lost.
    """
    own_require(actor=actor, organisation_id=firm.organisation_id)
    only(values, DRAFT_FIELDS)
    checked = _checked(values)
    Firm.objects.select_for_update(no_key=True).get(pk=firm.pk)
    draft, is_new = StartDraft.objects.get_or_create(firm=firm)
    changed = version_save(instance=draft, changes=checked)
    if changed or is_new:
        publish(
            events.START_SAVED,
            actor=actor,
            subject=draft,
            organisation_id=firm.organisation_id,
            data={"fields": changed},
        )
    return draft


@transaction.atomic
def start_publish(*, actor: Actor, firm: Firm) -> Started:
    """Make the draft a published capability, with which the firm's teaser appears, and a draft raise; the draft goes.

    Raises NotYours, NotPermitted, StartIncomplete, and what the services of capabilities and raises raise.
    """
    own_require(actor=actor, organisation_id=firm.organisation_id)
    locked = Firm.objects.select_for_update().select_related("organisation").get(pk=firm.pk)
    draft = StartDraft.objects.select_related("area").filter(firm=locked).first()
    missing = start_missing(stated={name: getattr(draft, name, None) for name in START_FIELDS})
    if draft is None or missing:
        raise StartIncomplete(
            errors=[FieldProblem(f"/{name}", "required", "Fill this in before publishing.") for name in missing]
        )
    firm_update(actor=actor, firm=locked, staff=draft.staff)
    capability = capability_create(
        actor=actor,
        firm=locked,
        area=draft.area.code,  # type: ignore[union-attr]  # nothing is missing
        title=draft.title or "",
        maturity=draft.maturity or "",
        trl=draft.trl,
    )
    capability_publish(actor=actor, capability=capability)
    item = raise_create(
        actor=actor,
        firm=locked,
        lead_capability=capability.pk,
        amount=draft.amount,  # type: ignore[arg-type]
        currency=draft.currency or "",
        instruments=draft.instruments or [],
        stage=draft.stage or "",
    )
    publish(
        events.START_PUBLISHED,
        actor=actor,
        subject=draft,
        organisation_id=locked.organisation_id,
        data={"capability_id": str(capability.pk), "raise_id": str(item.pk)},
    )
    draft.delete()
    return Started(capability, item)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values to keep: the area's code as its row. Raises StartNotAcceptable."""
    problems = []
    checked = dict(values)
    if values.get("area") is not None:
        checked["area"] = area_find(code=values["area"])
        if checked["area"] is None:
            problems.append(FieldProblem("/area", "unknown_area", "There is no capability area with this code."))
    if "amount" in values:
        amount = values["amount"]
        checked["currency"] = None if amount is None else values.get("currency")
        if amount is not None and amount <= 0:
            problems.append(FieldProblem("/amount/amount", "out_of_range", "More than nothing."))
        if amount is not None:
            problems += currency_problems(
                currency=values.get("currency", ""), pointer="/amount/currency", on=utc_today()
            )
    if values.get("instruments"):
        problems += instrument_problems(instruments=values["instruments"], pointer="/instruments")
    if problems:
        raise StartNotAcceptable(errors=problems)
    return {name: value or None if isinstance(value, (str, list)) else value for name, value in checked.items()}
