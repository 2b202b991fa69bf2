"""Answers that leave out what the viewer's tier of the row does not reach: a hidden value has no key at all.

Also what makes owners see their own rows as a stranger of a lower tier would (`?as=`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.organisations.disclosure import Tier
from apps.reference.wars import countries_at_war
from kernel.access import Actor
from kernel.api.filters import FlagFilter
from kernel.api.permissions import get_actor
from kernel.api.problems import query_problem
from kernel.api.reads import Disclosed, disclosed_note
from kernel.api.serializers import ApiSerializer
from kernel.api.views import ApiView
from kernel.clock import utc_today

PREVIEWS: Mapping[str, Tier] = {"T0": Tier.T0, "T1": Tier.T1, "T2": Tier.T2}
PREVIEW_PARAMETERS: Mapping[str, Any] = {
    "as": {
        "type": "string",
        "enum": list(PREVIEWS),
        "description": "One's own rows alone, as a verified stranger of this disclosure tier sees them.",
    }
}


class TieredSerializer(ApiSerializer):
    """An answer made from a row annotated with `viewer_tier`; `tiers` gives every field of the answer its tier.

    `at_war` holds the tiers that replace them for organisations of countries at war; `country_path` leads from the
    row to its organisation's country, which must be loaded with the row.
    """

    tiers: ClassVar[Mapping[str, Tier]]
    at_war: ClassVar[Mapping[str, Tier]] = {}
    country_path: ClassVar[str] = ""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        tiers = self.tiers_of(instance)
        read_note(context=self.context, row=instance)
        return {name: value for name, value in shown.items() if tiers[name] <= instance.viewer_tier}

    def tiers_of(self, instance: Any) -> Mapping[str, Tier]:
        """The tier of every field for this row."""
        if not self.at_war:
            return self.tiers
        country = reduce(getattr, self.country_path.split("."), instance)
        return {**self.tiers, **self.at_war} if country in countries_at_war(on=utc_today()) else self.tiers


def read_note(*, context: Mapping[str, Any], row: Any) -> None:
    """Note that an answer shows `row`, as `with_tier` gave it, to a viewer from T2 on; one's own rows need no note.

    Rows without `disclosed_by` were opened by no grant: they are the viewer's own, or at T1. Raises LookupError for
    others.
    """
    if row.viewer_tier < Tier.T2 or "request" not in context:
        return
    subject = getattr(row, "disclosed_by", None)
    if subject is None and row.viewer_tier < Tier.T4:
        raise LookupError(f"{type(row).__name__} is shown at T2 and does not say whose it is")
    if subject is not None and subject != get_actor(context["request"]).organisation_id:
        label = row._meta.label_lower
        disclosed_note(context=context, disclosed=Disclosed(label, row.pk, subject, int(row.viewer_tier)))


class OwnFilter(FlagFilter):
    """`true`: only what is of the caller's own organisation; `field_name` is the path to the organisation's id."""

    def filter(self, qs: Any, value: list[bool] | None) -> Any:
        if not value or set(value) == {True, False}:
            return qs
        own = {self.field_name: get_actor(self.parent.request).organisation_id}
        return qs.filter(**own) if value[0] else qs.exclude(**own)


class Previewed(ApiView):
    """Gives `list` and `retrieve` the parameter `as`: the caller's own rows as a stranger of that tier sees them.

    At T0 nothing is seen but the teaser of what has one: `teaser` is its answer, made of what `teased` gives.
    """

    parameters: ClassVar[Mapping[str, Any]] = {"list": PREVIEW_PARAMETERS, "retrieve": PREVIEW_PARAMETERS}
    teaser: ClassVar[type[ApiSerializer] | None] = None
    preview: Tier | None = None

    def check_query(self) -> None:
        if "as" in self.parameters.get(self.action or "", ()):
            self.preview = preview_of(self.request.query_params)
        if self.preview == Tier.T0 and self.teaser is not None:
            self.outputs = {**self.outputs, "retrieve": self.teaser}  # type: ignore[misc]  # of this request alone
        super().check_query()

    def visible(self) -> QuerySet[Any]:
        if self.preview != Tier.T0:
            return self.tiered()
        return self.teased() if self.action == "retrieve" else self.tiered().none()

    def tiered(self) -> QuerySet[Any]:
        """The rows that the caller may see above T0."""
        raise NotImplementedError

    def teased(self) -> QuerySet[Any]:
        """The caller's own rows as far as they have a teaser."""
        return self.tiered().none()

    @property
    def actor(self) -> Actor:
        actor = super().actor
        return actor if self.preview is None else replace(actor, preview=int(self.preview))


def preview_of(parameters: Any) -> Tier | None:
    """The tier that `?as=` names, None when it is left out; raises QueryInvalid for any other text."""
    values = parameters.getlist("as")
    if not values:
        return None
    if len(values) > 1 or values[0] not in PREVIEWS:
        raise query_problem("as", _("One of: %(names)s.") % {"names": ", ".join(PREVIEWS)})
    return PREVIEWS[values[0]]
