"""Levers of one's own, and how any lever is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.investors import events
from apps.investors.models import Lever
from apps.investors.rules import dates_problems, flag_problems
from apps.investors.services.fields import fields_require
from apps.investors.services.limits import MATCHED, edits_require
from apps.investors.services.places import place_problems
from apps.organisations.rules import NotYours, own_require
from apps.reference.instruments import InstrumentClass
from apps.reference.stated import country_problems, currency_problems
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import FieldProblem, Invalid
from kernel.events import publish
from kernel.versions import version_save

SCORED_LEVER_FIELDS = frozenset(
    {"kind", "classes", "countries", "excluded_flags", "risk_cover", "cover_cap", "currency", "premium"}
    | {"valid_from", "valid_to"}
)
LEVER_FIELDS = SCORED_LEVER_FIELDS | {
    "issuer",
    "source",
    "fee",
    "tenor_max_years",
    "places",
    "conditions",
    "conditions_uk",
    "as_of",
    "confidence",
}


class LeverNotAcceptable(Invalid):
    """The lever's data are not acceptable."""


@transaction.atomic
def lever_create(*, actor: Actor, kind: str, **values: Any) -> Lever:
    """A lever of the actor's own organisation; of the system, a public one. Raises NotYours and LeverNotAcceptable."""
    if actor.organisation_id is None and not actor.is_system:
        raise NotYours
    values |= {"kind": kind}
    lever_require(whole=values, values=values)
    lever = Lever.objects.create(organisation_id=actor.organisation_id, **values)
    publish(events.LEVER_CREATED, actor=actor, subject=lever)
    return lever


@transaction.atomic
def lever_update(*, actor: Actor, lever: Lever, **changes: Any) -> Lever:
    """Change one's own lever. Raises NotYours, LeverNotAcceptable, TooManyEditsToday and ChangedMeanwhile."""
    own_require(actor=actor, organisation_id=lever.organisation_id)
    present = {name: getattr(lever, name) for name in LEVER_FIELDS}
    lever_require(whole={**present, **changes}, values=changes)
    changed = version_save(instance=lever, changes=changes)
    if lever.mandates.filter(status__in=MATCHED).exists():
        edits_require(
            actor=actor, subject=lever, changed=changed, scored=SCORED_LEVER_FIELDS, event=events.LEVER_UPDATED
        )
    if changed:
        publish(events.LEVER_UPDATED, actor=actor, subject=lever, data={"fields": changed})
    return lever


def lever_require(*, whole: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Raises LeverNotAcceptable when `values` do not make a lever; `whole` is all of it with them."""
    fields_require(values=values, names=LEVER_FIELDS)
    problems = country_problems(codes=values.get("countries") or (), pointer="/countries")
    problems += place_problems(codes=values.get("places") or (), pointer="/places")
    problems += flag_problems(flags=values.get("excluded_flags"), pointer="/excluded_flags")
    problems += dates_problems(values=whole)
    if not set(values.get("classes") or ()) <= set(InstrumentClass.values):
        known = ", ".join(InstrumentClass.values)
        problems.append(FieldProblem("/classes", "invalid", "Only of {known}.", {"known": known}))
    cover = values.get("risk_cover")
    if cover is not None and not 0 <= cover <= 1:
        problems.append(FieldProblem("/risk_cover", "out_of_range", "A fraction between 0 and 1."))
    tenor = values.get("tenor_max_years")
    if tenor is not None and tenor <= 0:
        problems.append(FieldProblem("/tenor_max_years", "out_of_range", "More than nothing."))
    if values.get("cover_cap") is not None:
        currency = str(whole.get("currency") or "")
        problems += currency_problems(currency=currency, pointer="/cover_cap/currency", on=utc_today())
    if problems:
        raise LeverNotAcceptable(errors=problems)
