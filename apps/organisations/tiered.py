"""Answers that leave out what the viewer's tier of the row does not reach: a hidden value has no key at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from apps.organisations.disclosure import Tier
from kernel.api.filters import FlagFilter
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer


class TieredSerializer(ApiSerializer):
    """An answer made from a row annotated with `viewer_tier`; `tiers` gives every field of the answer its tier."""

    tiers: ClassVar[Mapping[str, Tier]]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return {name: value for name, value in shown.items() if self.tiers[name] <= instance.viewer_tier}


class OwnFilter(FlagFilter):
    """`true`: only what is of the caller's own organisation; `field_name` is the path to the organisation's id."""

    def filter(self, qs: Any, value: list[bool] | None) -> Any:
        if not value or set(value) == {True, False}:
            return qs
        own = {self.field_name: get_actor(self.parent.request).organisation_id}
        return qs.filter(**own) if value[0] else qs.exclude(**own)
