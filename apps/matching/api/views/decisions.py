"""How fast a fund decides."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.investors.models import Fund
from apps.matching.api.serializers.decisions import DecisionSpeedOut
from apps.matching.selectors.decisions import decision_figures
from apps.organisations.tiered import PREVIEW_PARAMETERS, Previewed
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, RetrieveMixin
from kernel.clock import utc_today


class DecisionSpeed(Previewed, RetrieveMixin, ApiViewSet):
    """A fund's days until an answer, a term sheet and cash: bands for firms, exact for itself."""

    queryset = Fund.objects.all()
    serializer_class = DecisionSpeedOut
    parameters = {"retrieve": PREVIEW_PARAMETERS}
    permissions = {"retrieve": P.DECISION_FIGURES_READ}

    def tiered(self) -> QuerySet[Fund]:
        return Fund.objects.visible_to(self.actor)

    def get_object(self) -> Any:
        fund = super().get_object()
        fund.as_of = utc_today()
        fund.figures = decision_figures(fund=fund, as_of=fund.as_of)
        return fund
