"""What lists of the registry may be filtered by: fields of tier T1 and below, and whose they are."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from apps.organisations.disclosure import Tier
from apps.organisations.tiered import OwnFilter
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import CLASS_OF, Instrument, InstrumentClass
from apps.startups.disclosure import SIZE_BANDS
from apps.startups.rules.teasers import TRL_BANDS
from apps.startups.selectors import teaser_list
from apps.startups.states import CapabilityStatus, EventKind, FlagVerdict, Maturity, RaiseStatus, SpeedFlagKind
from kernel.api.filters import (
    ChoiceFilter,
    DateFilter,
    FlagFilter,
    MomentFilter,
    NumberFilter,
    StrictFilterSet,
    TextFilter,
    UuidFilter,
    WholeNumberFilter,
)


class AreaFilter(TextFilter):
    """An area's code; areas below it count, too."""

    def filter(self, qs: Any, value: list[str] | None) -> Any:
        if not value:
            return qs
        name = self.field_name
        return qs.filter(reduce(or_, [Q(**{name: code}) | Q(**{f"{name}__startswith": f"{code}."}) for code in value]))


class LeadAreaFilter(AreaFilter):
    """The area of a raise's lead capability, where the viewer is shown the lead."""

    def filter(self, qs: Any, value: list[str] | None) -> Any:
        if not value:
            return qs
        shown = Q(lead_capability__status=CapabilityStatus.PUBLISHED) | Q(viewer_tier__gte=Tier.T4)
        return super().filter(qs, value).filter(shown)


class InstrumentFilter(ChoiceFilter):
    """Rows with any of the instruments."""

    def filter(self, qs: Any, value: list[str] | None) -> Any:
        return qs.filter(**{f"{self.field_name}__overlap": value}) if value else qs


class NotBlankFilter(FlagFilter):
    """`true`: only rows in which the field says something."""

    def filter(self, qs: Any, value: list[bool] | None) -> Any:
        if not value or set(value) == {True, False}:
            return qs
        blank = {self.field_name: ""}
        return qs.exclude(**blank) if value[0] else qs.filter(**blank)


class InstrumentClassFilter(ChoiceFilter):
    """Rows of any of the classes: the instruments of a row are all of one."""

    def filter(self, qs: Any, value: list[str] | None) -> Any:
        wanted = [name for name, of in CLASS_OF.items() if of in (value or ())]
        return qs.filter(**{f"{self.field_name}__overlap": wanted}) if value else qs


class TeaserFilter(StrictFilterSet):
    """By what teasers show, never by what lies behind it."""

    area = TextFilter(help_text="Code of a root area.")
    country = TextFilter()
    trl_band = ChoiceFilter(choices=list(TRL_BANDS))
    size_band = ChoiceFilter(choices=SIZE_BANDS)

    def filter_queryset(self, queryset: Any) -> Any:  # noqa: ARG002 - the faces to choose from are counted once, here
        return teaser_list(wanted={name: values for name, values in self.form.cleaned_data.items() if values})


class StartupFilter(StrictFilterSet):
    own = OwnFilter(field_name="organisation_id")
    country = TextFilter(field_name="organisation__country")


class CapabilityFilter(StrictFilterSet):
    own = OwnFilter(field_name="firm__organisation_id")
    startup = UuidFilter(field_name="firm_id")
    country = TextFilter(field_name="firm__organisation__country")
    area = AreaFilter(field_name="area__code")
    maturity = ChoiceFilter(choices=Maturity.choices)
    tier = ChoiceFilter(choices=EvidenceTier.choices)
    trl_min = WholeNumberFilter(field_name="trl", lookup_expr="gte", minimum=1, maximum=9)
    trl_max = WholeNumberFilter(field_name="trl", lookup_expr="lte", minimum=1, maximum=9)
    status = ChoiceFilter(choices=CapabilityStatus.choices)


class DevelopmentEventFilter(StrictFilterSet):
    kind = ChoiceFilter(choices=EventKind.choices)
    since = MomentFilter(field_name="occurred_at", lookup_expr="gte")
    until = MomentFilter(field_name="occurred_at", lookup_expr="lte")


class RaiseFilter(StrictFilterSet):
    own = OwnFilter(field_name="firm__organisation_id")
    startup = UuidFilter(field_name="firm_id")
    country = TextFilter(field_name="firm__organisation__country")
    area = LeadAreaFilter(field_name="lead_capability__area__code")
    status = ChoiceFilter(choices=RaiseStatus.choices)
    stage = TextFilter()
    round = UuidFilter()
    capital_class = InstrumentClassFilter(field_name="instruments", choices=InstrumentClass.choices)
    instrument = InstrumentFilter(field_name="instruments", choices=Instrument.choices)
    syndicate = FlagFilter()
    currency = TextFilter()
    amount_min = NumberFilter(field_name="amount", lookup_expr="gte", help_text="In the raise's own currency.")
    amount_max = NumberFilter(field_name="amount", lookup_expr="lte", help_text="In the raise's own currency.")
    need_by_from = DateFilter(field_name="need_by", lookup_expr="gte")
    need_by_until = DateFilter(field_name="need_by", lookup_expr="lte")


class SpeedFlagFilter(StrictFilterSet):
    startup = UuidFilter(field_name="firm_id")
    kind = ChoiceFilter(choices=SpeedFlagKind.choices)
    verdict = ChoiceFilter(choices=FlagVerdict.choices)
    judged = NotBlankFilter(field_name="verdict")
