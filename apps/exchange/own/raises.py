"""A firm's raises, new ones as drafts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.exchange.loading.targets import round_of
from apps.exchange.own.attempts import attempt, bounded, remember
from apps.exchange.own.capabilities import capability_hangs
from apps.exchange.own.scope import SELF, Scope, uuid_of
from apps.exchange.rows import Row
from apps.startups import services as startups
from apps.startups.models import Raise
from apps.startups.services.raises import AMOUNTS

RAISES = "raises"
PLAIN = (
    *("amount", "currency", "amount_left", "min_ticket", "syndicate", "instruments", "stage", "tenor_years"),
    *("marginal_cost_of_capital", "cost_tier", "need_by", "blocked_countries", "terms", "use_of_proceeds"),
)
EMPTY: dict[str, Any] = {
    "syndicate": False,
    "stage": "",
    "cost_tier": "",
    "use_of_proceeds": "",
    "blocked_countries": [],
    "terms": [],
    "blocked_organisations": [],
}
"""Fields in which nothing stated is not None."""
COLUMNS = {"lead_capability": "lead_capability_key", "issuer": "issuer_key", "tranche_of": "round_key"}
REVALUED = "a cost of capital above E0 is evidenced: state it with its document, or write E0"
NOT_OPENED = "the day follows from opening the raise"
NO_ORGANISATION = "There is no such organisation."


def raises_load(scope: Scope) -> None:
    """Create drafts for new keys, update what differs. An open one stays open."""
    rows = bounded(scope, RAISES)
    own = Raise.objects.filter(firm=scope.firm)
    known = scope.look_up(RAISES, own, {row.key for row in rows})
    present = {item.pk: item for item in own.filter(pk__in=known.values()).select_related("firm__organisation")}
    made: dict[str, UUID] = {}
    for row in rows:
        before = present.get(known[row.key]) if row.key in known else None
        if capability_hangs(scope, RAISES, row, "lead_capability_key"):
            continue
        changes = _changes(scope, row, before)
        _refuse_given(scope, row, before, changes)
        if row.is_bad:
            continue
        if before is not None and not changes:
            scope.count(RAISES, unchanged=1)
            made[row.key] = before.pk
            continue
        done = attempt(
            scope,
            RAISES,
            row,
            lambda before=before, changes=changes: _save(scope, before, changes),  # type: ignore[misc]
            COLUMNS,
        )
        if done is not None:
            made[row.key] = done.pk
            scope.count(RAISES, **{"inserted" if before is None else "updated": 1})
    remember(scope, RAISES, made)


def _save(scope: Scope, before: Raise | None, changes: dict[str, Any]) -> Raise:
    chosen = changes.pop("round", None)
    if chosen is not None:
        own = before.pk if before is not None else None
        others = Raise.objects.filter(firm=scope.firm, round=chosen).exclude(pk=own or scope.firm.pk)
        beside = others.order_by("pk").values_list("pk", flat=True).first()
        if beside is not None or before is not None:
            changes["tranche_of"] = beside
    if before is None:
        item = startups.raise_create(actor=scope.actor, firm=scope.firm, **changes)
    else:
        item = startups.raise_update(actor=scope.actor, item=before, **changes)
    if chosen is not None and item.round != chosen:
        # The first of its round gives it the id under which later rows find it.
        Raise.objects.filter(pk=item.pk).update(round=chosen)
    return item


def _changes(scope: Scope, row: Row, before: Raise | None) -> dict[str, Any]:
    stated = scope.stated(RAISES, row, PLAIN)
    stated["lead_capability"] = scope.keys["capabilities"][row.values["lead_capability_key"]]
    stated |= _organisations(scope, row)
    key = row.values.get("round_key")
    if key is not None:
        stated["round"] = _round(scope, key)
    stated |= {name: value for name, value in EMPTY.items() if name in stated and stated[name] is None}
    if before is None:
        return {name: value for name, value in stated.items() if value is not None}
    stood = {"lead_capability": before.lead_capability_id, "issuer": before.issuer_id}
    changes = {
        name: value
        for name, value in stated.items()
        if value != (stood[name] if name in stood else getattr(before, name))
    }
    if "currency" in changes:
        changes |= {name: stated[name] for name in AMOUNTS if name in stated}
    return changes


def _round(scope: Scope, key: str) -> UUID:
    found = uuid_of(key)
    if found is not None and Raise.objects.filter(firm=scope.firm, round=found).exists():
        return found
    return round_of(firm_id=scope.firm.pk, key=key)


def _organisations(scope: Scope, row: Row) -> dict[str, Any]:
    """The issuer and the blocked organisations by their ids; whether the firm may name them, the service says."""
    stated: dict[str, Any] = {}
    cells = scope.stated(RAISES, row, ("issuer_key", "blocked_organisations"))
    if "issuer_key" in cells:
        stated["issuer"] = None if cells["issuer_key"] is None else _organisation(scope, row, cells["issuer_key"])
    if "blocked_organisations" in cells:
        keys = cells["blocked_organisations"] or []
        stated["blocked_organisations"] = [_organisation(scope, row, key, "blocked_organisations") for key in keys]
    return stated


def _organisation(scope: Scope, row: Row, key: str, column: str = "issuer_key") -> UUID | None:
    own = scope.firm.organisation_id
    found = own if key.casefold() == SELF else uuid_of(key)
    if found is None:
        scope.refuse(RAISES, row, column, "unknown_organisation", NO_ORGANISATION)
    return found


def _refuse_given(scope: Scope, row: Row, before: Raise | None, changes: dict[str, Any]) -> None:
    tier = row.values.get("cost_tier")
    standing = "" if before is None else before.cost_tier
    is_revalued = "marginal_cost_of_capital" in changes
    if scope.is_given(tier, present=standing) or (is_revalued and scope.is_given(tier)):
        scope.refuse(RAISES, row, "cost_tier", "needs_document", REVALUED)
    opened = row.values.get("opened_on")
    if opened is not None and opened != (None if before is None else before.opened_on):
        scope.refuse(RAISES, row, "opened_on", "immutable", NOT_OPENED)
