"""Imports: upload, dry-run report, confirmation. Exports: asked for, watched, fetched."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.exchange import services
from apps.exchange.api import serializers
from apps.exchange.exporting.files import MEDIA_TYPES, SUFFIXES
from apps.exchange.models import Export, Import
from apps.exchange.services import (
    MAX_UPLOAD,
    ContentNotThere,
    ExportNotAcceptable,
    FileUnacceptable,
    TooManyExports,
    VerifiedNotPermitted,
)
from apps.permissions import Permission as P
from kernel.api.routers import ApiRouter
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow, NotPermitted

ENVELOPE = 1024 * 1024
"""Room for what a multipart body holds beside the file, in bytes."""
CONTENT_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}


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


class Exports(ListMixin, RetrieveMixin, ApiViewSet):
    """Exports that one asked for oneself."""

    queryset = Export.objects.defer("content")
    serializer_class = serializers.ExportOut
    filterset_class = serializers.ExportFilter
    ordering_fields = {"created_at": "created_at"}
    ordering = "-created_at"
    inputs = {"create": serializers.ExportIn}
    success = {"create": 202}
    permissions = {"list": P.EXPORT_READ, "retrieve": P.EXPORT_READ, "create": P.EXPORT_CREATE}
    problems = {"create": (ExportNotAcceptable, TooManyExports)}

    def create(self, request: Request) -> Response:
        """Have tables put in a file, as far as you may read them when it is made; the job tells how far it is."""
        given = self.validated()
        item = services.export_create(
            actor=self.actor,
            what=given["what"],
            file_format=given["format"],
            tables=given.get("tables", ()),
            filters=given.get("filters"),
            query=given.get("query"),
        )
        return self.answer(item, location=f"/api/v1/jobs/{item.job_id}")


class ExportContent(ApiViewSet):
    """The file of an export."""

    queryset = Export.objects.all()
    outputs = {"download": None}
    success = {"download": 200}
    permissions = {"download": P.EXPORT_READ}
    problems = {"download": (ContentNotThere,)}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """The file is of its own type, whatever the request accepts."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def download(self, request: Request, id: str) -> HttpResponse:  # noqa: A002 - the name in the path
        """Download a finished export until it expires; each request is recorded."""
        item = self.get_object()
        content = services.export_content(actor=self.actor, item=item)
        response = HttpResponse(content, content_type=MEDIA_TYPES[item.format])
        response["Content-Disposition"] = f'attachment; filename="export-{item.what}.{SUFFIXES[item.format]}"'
        for name, value in CONTENT_HEADERS.items():
            response[name] = value
        return response


router = ApiRouter()
router.register("imports", Imports, basename="imports")
router.register("exports", Exports, basename="exports")
