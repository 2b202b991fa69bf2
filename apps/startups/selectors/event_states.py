"""What the events of one's own log are worth: effective tiers, corrections, and whether each enters a figure."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from apps.startups.rules.counting import EventState, event_states
from apps.startups.selectors.development import event_logs
from apps.startups.selectors.speed import measure_at
from kernel.clock import utc_today


class EventStates:
    """The states of events, by the capability that is asked for first; read once for each."""

    def __init__(self, *, as_of: dt.date | None = None) -> None:
        self.as_of = as_of or utc_today()
        self.by_capability: dict[UUID, dict[str, EventState]] = {}

    def of(self, *, capability_id: UUID, event_id: UUID) -> EventState:
        """The state of an event of the capability. Raises KeyError for any other."""
        if capability_id not in self.by_capability:
            logs = event_logs(capability_ids=[capability_id])
            facts = [fact for log in logs.values() for fact in log]
            days = measure_at(on=self.as_of).parameters.window_days
            self.by_capability[capability_id] = event_states(facts=facts, as_of=self.as_of, window_days=days)
        return self.by_capability[capability_id][str(event_id)]
