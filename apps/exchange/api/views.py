"""Imports: upload, dry-run report, confirmation."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.exchange import services
from apps.exchange.api import serializers
from apps.exchange.models import Import
from apps.exchange.services import MAX_UPLOAD, FileUnacceptable, VerifiedNotPermitted
from apps.permissions import Permission as P
from kernel.api.routers import ApiRouter
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow, NotPermitted

ENVELOPE = 1024 * 1024
"""Room for what a multipart body holds beside the file, in bytes."""


class Imports(ListMixin, RetrieveMixin, ApiViewSet):
    """Imports of one's own organisation."""

    queryset = Import.objects.defer("content", "problems")
    serializer_class = serializers.ImportOut
    outputs = {"list": serializers.ImportBrief}
    filterset_class = serializers.ImportFilter
    ordering_fields = {"created_at": "created_at"}
    ordering = "-created_at"
    inputs = {"create": serializers.ImportIn, "confirm": None}
    success = {"create": 202, "confirm": 202}
    permissions = {
        "list": P.IMPORT_READ,
        "retrieve": P.IMPORT_READ,
        "create": P.IMPORT_CREATE,
        "confirm": P.IMPORT_CONFIRM,
    }
    problems = {"create": (FileUnacceptable, VerifiedNotPermitted), "confirm": (NotNow, NotPermitted)}
    body_limit = MAX_UPLOAD + ENVELOPE
    parser_classes = [MultiPartParser]

    def create(self, request: Request) -> Response:
        """Upload tables and check them: a dry run that changes nothing."""
        given = self.validated()
        upload = given["file"]
        item = services.import_create(
            actor=self.actor,
            file_name=upload.name,
            content=upload.read(),
            verified=given["verified"],
            partial=given["partial"],
        )
        return self.answer(item, location=f"/api/v1/jobs/{item.job_id}")

    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Load a checked import: all of it or, where it is partial, what has no problems."""
        item = services.import_confirm(item=self.get_object(), actor=self.actor)
        return self.answer(item, location=f"/api/v1/jobs/{item.job_id}")


class ImportProblems(ApiViewSet):
    """The problems that an import's check found, by table and row."""

    queryset = Import.objects.defer("content")
    serializer_class = serializers.ImportProblemOut
    permissions = {"list": P.IMPORT_READ}

    def list(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """List what is wrong with an import; the first 1,000 problems are kept, `problem_count` counts all."""
        pages = self.sequence_pages()
        item = self.get_object()
        window = pages.window(total=len(item.problems), pin=f"{item.pk}/{item.version}")
        shown = serializers.ImportProblemOut(
            item.problems[window], many=True, context=self.output_context(self.selection)
        )
        return pages.answer(shown.data)


router = ApiRouter()
router.register("imports", Imports, basename="imports")
