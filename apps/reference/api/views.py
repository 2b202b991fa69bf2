"""The taxonomy of capability areas."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.reference.api.serializers import AreaFilter, AreaOut
from apps.reference.models import CapabilityArea
from apps.reference.selectors import area_list
from kernel.api.permissions import SIGNED_IN
from kernel.api.routers import ApiRouter
from kernel.api.views import ApiViewSet, ListMixin


class CapabilityAreas(ListMixin, ApiViewSet):
    """Capability areas, labelled in English and Ukrainian."""

    queryset = CapabilityArea.objects.all()
    public_rows = True
    serializer_class = AreaOut
    filterset_class = AreaFilter
    ordering_fields = {"code": "code", "label_en": "label_en", "label_uk": "label_uk"}
    ordering = "code"
    permissions = {"list": SIGNED_IN}

    def visible(self) -> QuerySet[CapabilityArea]:
        return area_list()


router = ApiRouter()
router.register("capability-areas", CapabilityAreas, basename="capability-areas")
