"""Documents, their versions and uploads."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.documents import selectors, services
from apps.documents.api import serializers
from apps.documents.api.parsers import BytesParser, digest_of
from apps.documents.models import Document, DocumentVersion, Upload
from apps.permissions import Permission as P
from kernel.api.routers import ApiRouter
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.errors import NotFound, StorageFull
from kernel.states import NotNow, NotPermitted

READS = frozenset({"list", "retrieve"})
DIGEST = OpenApiParameter(
    "Content-Digest",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The SHA-256 of the body in base64 (RFC 9530): `sha-256=:…:`.",
)


class Uploads(ListMixin, RetrieveMixin, ApiViewSet):
    """Uploads of one's own organisation."""

    queryset = Upload.objects.select_related("document_version")
    serializer_class = serializers.UploadOut
    filterset_class = serializers.UploadFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"create": serializers.UploadIn, "complete": None}
    success = {"complete": 202}
    outputs = {"destroy": None}
    permissions = {
        "list": P.UPLOAD_READ,
        "retrieve": P.UPLOAD_READ,
        "create": P.UPLOAD_CREATE,
        "complete": P.UPLOAD_CREATE,
        "destroy": P.UPLOAD_CANCEL,
    }
    problems = {
        "create": (
            services.UploadNotAcceptable,
            services.MarkingNotTaken,
            services.ForVerificationOnly,
            services.QuotaExceeded,
            services.TooManyUploads,
            services.DocumentIsWithdrawn,
        ),
        "complete": (NotNow, NotPermitted, services.UploadIncomplete, services.ForVerificationOnly),
        "destroy": (NotNow, NotPermitted),
    }

    def create(self, _request: Request) -> Response:
        """Begin an upload: of a new document, or of the next version of one."""
        upload = services.upload_open(actor=self.actor, **self.validated())
        return self.answer(upload, location=f"/api/v1/uploads/{upload.pk}")

    def handle_exception(self, exc: Exception) -> Response:
        """What is refused for its marking is recorded here, where the request's own work has been undone."""
        if isinstance(exc, services.MarkingNotTaken):
            services.marking_refused(actor=self.actor, refused=exc)
        return super().handle_exception(exc)

    @action(detail=True, methods=["post"])
    def complete(self, _request: Request, **_path: str) -> Response:
        """Have what was received inspected and stored; the job tells when that is done, the upload what came of it."""
        upload = services.upload_complete(actor=self.actor, upload=self.get_object())
        return self.answer(upload, location=f"/api/v1/jobs/{upload.job_id}")

    def destroy(self, _request: Request, **_path: str) -> Response:
        """Give an upload up; what was received of it is destroyed."""
        services.upload_abort(actor=self.actor, upload=self.get_object())
        return Response(status=204)


class UploadChunks(ApiViewSet):
    """The chunks of an upload."""

    queryset = Upload.objects.select_related("document_version")
    serializer_class = serializers.UploadOut
    inputs = {"update": None}
    permissions = {"update": P.UPLOAD_CREATE}
    problems = {
        "update": (
            services.OffsetUnexpected,
            services.ChunkDiffers,
            services.UploadClosed,
            services.TooManyChunks,
            services.ChunkNotAcceptable,
            services.DigestMismatch,
            StorageFull,
        )
    }
    body_limit = services.MAX_CHUNK
    parser_classes = [BytesParser]

    def respond(self) -> Any:
        """The body is read before the transaction: a slow sender holds no lock."""
        if self.action == "update":
            self.content = cast("bytes", self.request.data or b"")
            self.digest = digest_of(self.request.headers.get("Content-Digest"))
        return super().respond()

    @extend_schema(
        request={BytesParser.media_type: OpenApiTypes.BINARY},
        parameters=[DIGEST, OpenApiParameter("offset", int, OpenApiParameter.PATH)],
    )
    def update(self, _request: Request, id: str, offset: str) -> Response:  # noqa: A002 - names in the path
        """Send the bytes that follow what was received; the same chunk again changes nothing.

        At most 8 MB. 409 `offset_unexpected` says where the next chunk begins; so does `received` of the upload.
        """
        if not offset.isascii() or not offset.isdigit() or len(offset) > 16:
            raise NotFound
        upload = services.chunk_put(
            actor=self.actor,
            upload=self.get_object(),
            offset=int(offset),
            content=self.content,
            digest=self.digest,
        )
        return self.answer(upload)


class Documents(ListMixin, RetrieveMixin, ApiViewSet):
    """Documents of one's own organisation, and those that were opened to it."""

    queryset = Document.objects.all()
    serializer_class = serializers.DocumentOut
    filterset_class = serializers.DocumentFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"partial_update": serializers.DocumentEdit, "withdraw": None}
    permissions = {
        "list": P.DOCUMENT_READ,
        "retrieve": P.DOCUMENT_READ,
        "partial_update": P.DOCUMENT_UPDATE,
        "withdraw": P.DOCUMENT_WITHDRAW,
    }
    problems = {
        "partial_update": (services.DocumentNotAcceptable, services.MarkingNotTaken, services.DocumentWithdrawn),
        "withdraw": (NotPermitted,),
    }

    def visible(self) -> QuerySet[Any]:
        rows = selectors.document_list(actor=self.actor)
        return rows if self.action in READS else rows.filter(Q(organisation_id=self.actor.organisation_id))

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change title, export mark or last day of a document of one's own."""
        document = self.get_object()
        return self.answer(services.document_update(actor=self.actor, document=document, **self.validated()))

    @action(detail=True, methods=["post"])
    def withdraw(self, _request: Request, **_path: str) -> Response:
        """Take a document back: nobody reads it any more, and its content is destroyed later."""
        return self.answer(services.document_withdraw(actor=self.actor, document=self.get_object()))


class DocumentVersions(ApiViewSet):
    """The versions of a document."""

    queryset = DocumentVersion.objects.all()
    serializer_class = serializers.VersionOut
    ordering_fields = {"number": "number"}
    ordering = "-number"
    permissions = {"list": P.DOCUMENT_READ}

    def list(self, _request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """List the versions of a document, the newest first."""
        document = selectors.document_find(actor=self.actor, document_id=id)
        return self.page(selectors.version_list(actor=self.actor, document=document))


router = ApiRouter()
router.register("uploads", Uploads, basename="uploads")
router.register("documents", Documents, basename="documents")
