"""A firm's import from its rows to what is written: one table after the other, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from apps.exchange.own.capabilities import bills_load, capabilities_load
from apps.exchange.own.events import events_load
from apps.exchange.own.firm import financials_load, firm_load
from apps.exchange.own.raises import raises_load
from apps.exchange.own.scope import Scope
from apps.exchange.rows import Rows
from apps.exchange.tables.problems import Problems
from apps.startups.models import Firm
from kernel.access import Actor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a firm's import came to: its problems, and its rows by table and by what became of them."""

    problems: Problems
    counts: dict[str, dict[str, int]]


def own_load(
    *, actor: Actor, firm: Firm, tables: Mapping[str, Rows], problems: Problems, import_id: UUID | None
) -> Outcome:
    """Write what has no problem; what has one is noted and left out.

    The caller undoes it all where that was only to be tried, or where nothing may be left out. `import_id` names the
    import in the facts; None for a trial without one.
    """
    scope = Scope(actor=actor, firm=firm, tables=tables, problems=problems)
    scope.refuse_foreign()
    firm_load(scope)
    financials_load(scope)
    capabilities_load(scope)
    bills_load(scope)
    events_load(scope, import_id=import_id)
    raises_load(scope)
    for name, rows in tables.items():
        scope.count(name, rows=len(rows.all), left_out=sum(row.is_bad for row in rows.all))
    return Outcome(problems, {name: scope.counts[name].as_json() for name in tables})
