"""The taxonomy of capability areas, the export control lists, and their addresses."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.reference.api.quotes import CapitalCost
from apps.reference.api.serializers import AreaFilter, AreaOut, ExportClassOut
from apps.reference.export_classes import ControlList, export_classes
from apps.reference.models import CapabilityArea
from apps.reference.selectors import area_list
from kernel.api.permissions import SIGNED_IN
from kernel.api.problems import query_problem
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


class ExportClasses(ApiViewSet):
    """Classes of the export control lists."""

    queryset = CapabilityArea.objects.none()
    public_rows = True
    serializer_class = ExportClassOut
    parameters = {
        "list": {
            "control_list": {
                "type": "string",
                "enum": [item.value for item in ControlList],
                "description": "One of the lists alone.",
            }
        }
    }
    permissions = {"list": SIGNED_IN}

    def list(self, request: Request) -> Response:
        """List the classes of the military list and of the dual-use list, with short titles."""
        asked = request.query_params.getlist("control_list")
        if not set(asked) <= set(ControlList):
            raise query_problem("control_list", _("One of: %(names)s.") % {"names": ", ".join(ControlList)})
        pages = self.sequence_pages()
        edition = export_classes()
        found = [row for row in edition.classes.values() if not asked or row.control_list in asked]
        window = pages.window(total=len(found), pin=edition.id)
        context = self.output_context(self.selection)
        return pages.answer(ExportClassOut(found[window], many=True, context=context).data)


router = ApiRouter()
router.register("capability-areas", CapabilityAreas, basename="capability-areas")
router.register("export-classes", ExportClasses, basename="export-classes")
router.register("capital-cost", CapitalCost, basename="capital-cost")
