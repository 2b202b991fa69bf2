"""The content of a document: whole or a part, never inline, recorded before the first byte."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import structlog
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from apps.documents import selectors, services
from apps.documents.encryption import ContentDamaged
from apps.documents.models import DocumentVersion
from apps.documents.ranges import Part, RangeUnsatisfiable, range_part
from apps.documents.services.content import content_open, content_stream
from apps.organisations.tiered import read_note
from apps.permissions import Permission as P
from kernel.api.etags import etag_of
from kernel.api.problems import PROBLEM_TYPE, ApiProblem, query_problem
from kernel.api.views import ApiViewSet

log = structlog.get_logger(__name__)

NUMBER: dict[str, Any] = {
    "type": "integer",
    "minimum": 1,
    "description": "The number of the version; the newest clean one where it is left out.",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Accept-Ranges": "bytes",
}
PLAIN_NAME = frozenset("!#$&+-.^_`|~")
"""What beside letters and digits stands for itself in a header's parameter (RFC 8187, attr-char)."""


class NoSuchRange(ApiProblem):
    status_code = 416
    default_code = "range_not_satisfiable"
    default_detail = _("The content has no such bytes.")


class Content(ApiViewSet):
    """The content of a document."""

    queryset = DocumentVersion.objects.all()
    parameters = {"download": {"version": NUMBER}}
    outputs = {"download": None}
    success = {"download": 200}
    permissions = {"download": P.DOCUMENT_READ}
    problems = {"download": (services.NothingToRead, services.ContentUnreadable)}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: ARG002 - the framework's
        """The content is of its own type, whatever the request accepts."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        parameters=[OpenApiParameter(name, str, OpenApiParameter.HEADER) for name in ("Range", "If-Range")],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            (416, PROBLEM_TYPE): OpenApiResponse(
                {"$ref": "#/components/schemas/Problem"}, description="The content has no such bytes."
            ),
        },
    )
    def download(self, request: Request, id: str) -> HttpResponseBase:  # noqa: A002 - the name in the path
        """Download a document, whole or a part of it; each request is recorded in the trail of whose document it is."""
        document = selectors.document_find(actor=self.actor, document_id=id)
        version = services.version_to_read(actor=self.actor, document=document, number=self._number())
        etag = etag_of(whole={"version": str(version.pk), "sha256": version.sha256})
        try:
            part = range_part(
                request.headers.get("Range"),
                size=version.size,
                if_range=request.headers.get("If-Range"),
                etag=etag,
            )
        except RangeUnsatisfiable as reason:
            raise NoSuchRange(headers={"Content-Range": reason.content_range}) from None
        response = self._head(version, part) if request.method == "HEAD" else self._stream(version, part)
        for name, value in HEADERS.items():
            response[name] = value
        response["ETag"] = etag
        response["Content-Type"] = version.media_type
        response["Content-Length"] = str(part.stop - part.start)
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{_encoded(version.name)}"
        if not part.is_whole:
            response["Content-Range"] = part.content_range
        return response

    def _number(self) -> int | None:
        given = self.request.query_params.getlist("version")
        if not given:
            return None
        if len(given) > 1 or not given[0].isascii() or not given[0].isdigit() or len(given[0]) > 9:
            raise query_problem("version", _now("A whole number."))
        return int(given[0])

    def _head(self, version: DocumentVersion, part: Part) -> HttpResponse:
        """Name, size and type are told, no content: of others' documents that is recorded as any such answer is."""
        read_note(context=self.get_serializer_context(), row=version)
        return HttpResponse(status=200 if part.is_whole else 206)

    def _stream(self, version: DocumentVersion, part: Part) -> StreamingHttpResponse:
        """The first piece is opened, then the reading recorded, then the answer begun."""
        try:
            pieces = content_stream(content_open(version), start=part.start, stop=part.stop)
        except ContentDamaged:
            log.error("content_damaged", version_id=str(version.pk))  # noqa: TRY400 - the reason is told by its name
            services.version_damaged(actor=self.actor, version=version)
            raise services.ContentUnreadable from None
        services.document_read(actor=self.actor, version=version, start=part.start, stop=part.stop)
        return StreamingHttpResponse(_watched(pieces, version), status=200 if part.is_whole else 206)


def _watched(pieces: Iterator[bytes], version: DocumentVersion) -> Iterator[bytes]:
    """The pieces; where one does not open, the connection is cut before the announced length, and that is logged."""
    try:
        yield from pieces
    except ContentDamaged:
        log.error("content_damaged", version_id=str(version.pk))  # noqa: TRY400 - the reason is told by its name
        raise


def _encoded(name: str) -> str:
    """A file name as a header's extended parameter has it (RFC 8187)."""
    return "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in PLAIN_NAME) else quote(letter, safe="")
        for letter in name
    )
