"""What a fund's own lists may be filtered by."""

from __future__ import annotations

from typing import Any

from apps.dealflow.selectors.watchlist import is_overdue, watches
from apps.dealflow.states import Priority, SubjectKind
from kernel.api.filters import ChoiceFilter, DateFilter, FlagFilter, StrictFilterSet, TextFilter, UuidFilter
from kernel.api.permissions import get_actor


class TagFilter(TextFilter):
    """Entries with any of the tags, written as they are."""

    def filter(self, qs: Any, value: list[str] | None) -> Any:
        return qs.filter(**{f"{self.field_name}__overlap": value}) if value else qs


class OverdueFilter(FlagFilter):
    """`true`: only entries whose follow-up day has passed."""

    def filter(self, qs: Any, value: list[bool] | None) -> Any:
        if not value or set(value) == {True, False}:
            return qs
        return qs.filter(is_overdue()) if value[0] else qs.exclude(is_overdue())


class SubjectFilter(UuidFilter):
    """Entries that watch one of these; what the fund does not see any longer is found by no id."""

    def filter(self, qs: Any, value: list[Any] | None) -> Any:
        return qs.filter(watches(actor=get_actor(self.parent.request), subjects=value)) if value else qs


class StageFilter(StrictFilterSet):
    archived = FlagFilter(field_name="archived_at", lookup_expr="isnull", exclude=True)


class EntryFilter(StrictFilterSet):
    stage = UuidFilter(field_name="stage_id")
    assignee = UuidFilter(field_name="assignee_id")
    assigned = FlagFilter(field_name="assignee_id", lookup_expr="isnull", exclude=True)
    kind = ChoiceFilter(choices=SubjectKind.choices)
    subject = SubjectFilter(field_name="id")
    priority = ChoiceFilter(choices=Priority.choices)
    tag = TagFilter(field_name="tags")
    overdue = OverdueFilter(field_name="follow_up_on")
    follow_up_from = DateFilter(field_name="follow_up_on", lookup_expr="gte")
    follow_up_until = DateFilter(field_name="follow_up_on", lookup_expr="lte")
