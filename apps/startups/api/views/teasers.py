"""What anybody signed in sees of firms."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.permissions import Permission as P
from apps.startups import selectors
from apps.startups.api import filters
from apps.startups.api.serializers.teasers import TeaserOut
from apps.startups.models import Firm
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin


class Teasers(ListMixin, RetrieveMixin, ApiViewSet):
    """Firms as every signed-in organisation sees them, verified or not."""

    queryset = Firm.objects.all()
    serializer_class = TeaserOut
    filterset_class = filters.TeaserFilter
    ordering_fields = {"id": "teaser_id"}
    ordering = "id"
    lookup_field = "teaser_id"
    permissions = {"list": P.TEASER_READ, "retrieve": P.TEASER_READ}

    def visible(self) -> QuerySet[Firm]:
        return selectors.teaser_list() if self.action == "retrieve" else Firm.objects.none()  # the filters fill it
