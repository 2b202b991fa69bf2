"""What lists of funds, levers and mandates may be filtered by: what every viewer of the row sees, and whose it is."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from apps.investors.models import Mandate
from apps.investors.states import LeverKind, MandateStatus
from apps.organisations.tiered import OwnFilter
from apps.reference.instruments import Instrument
from apps.reference.selectors import area_roots
from kernel.api.filters import ChoiceFilter, FlagFilter, NumberFilter, StrictFilterSet, TextFilter, UuidFilter


class NamedAreaFilter(TextFilter):
    """Mandates that name the area itself."""

    def filter(self, qs: Any, value: list[str] | None) -> Any:
        if not value:
            return qs
        return qs.filter(reduce(or_, [Q(**{f"{self.field_name}__contains": [[code]]}) for code in value]))


class InstrumentFilter(ChoiceFilter):
    """Rows with any of the instruments."""

    def filter(self, qs: Any, value: list[str] | None) -> Any:
        return qs.filter(**{f"{self.field_name}__overlap": value}) if value else qs


class RootAreaFilter(TextFilter):
    """Funds with an active mandate in a root area, as their teasers tell it."""

    def filter(self, qs: Any, value: list[str] | None) -> Any:
        if not value:
            return qs
        roots = area_roots()
        codes = {code for code, root in roots.items() if root in value} | {code for code in value if code not in roots}
        named = reduce(or_, [Q(areas__contains=[[code]]) for code in sorted(codes)], Q(pk__in=[]))
        active = Mandate.objects.filter(named, fund=OuterRef("pk"), status=MandateStatus.ACTIVE)
        return qs.filter(Exists(active))


class InvestorTeaserFilter(StrictFilterSet):
    """By what teasers show."""

    area = RootAreaFilter(field_name="areas", help_text="Code of a root area.")
    country = TextFilter(field_name="organisation__country")
    fund_type = TextFilter()


class InvestorFilter(StrictFilterSet):
    own = OwnFilter(field_name="organisation_id")
    country = TextFilter(field_name="organisation__country")
    fund_type = TextFilter()


class LeverFilter(StrictFilterSet):
    own = OwnFilter(field_name="organisation_id")
    public = FlagFilter(field_name="organisation", lookup_expr="isnull")
    kind = ChoiceFilter(choices=LeverKind.choices)


class MandateFilter(StrictFilterSet):
    own = OwnFilter(field_name="fund__organisation_id")
    investor = UuidFilter(field_name="fund_id")
    country = TextFilter(field_name="fund__organisation__country")
    area = NamedAreaFilter(field_name="areas")
    instrument = InstrumentFilter(field_name="instruments", choices=Instrument.choices)
    status = ChoiceFilter(choices=MandateStatus.choices)
    currency = TextFilter()
    ticket_min_max = NumberFilter(
        field_name="ticket_min", lookup_expr="lte", help_text="In the mandate's own currency."
    )
    ticket_max_min = NumberFilter(
        field_name="ticket_max", lookup_expr="gte", help_text="In the mandate's own currency."
    )
