"""A small API over the kernel's jobs, with one of everything that the base views offer."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models.functions import Length
from django.http import HttpResponse, HttpResponseNotAllowed
from django.urls import path
from django.views.generic import View
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.response import Response

from kernel.access import Actor
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
from kernel.api.permissions import PUBLIC, SIGNED_IN
from kernel.api.routers import ApiRouter
from kernel.api.serializers import ApiSerializer
from kernel.api.views import ApiView, ApiViewSet, ListMixin, RetrieveMixin
from kernel.errors import Conflict, NotFound
from kernel.job_states import JobStatus
from kernel.models import Chunk, Event, Job, Slot

ACTORS: dict[str, Actor] = {}
GATE = threading.Event()
ENTERED = threading.Event()
MISBEHAVIOURS: dict[str, Any] = {
    "crash": lambda: 1 / 0,
    "overflow": lambda: dt.timedelta(days=10**12),
    "unicode": b"\xff".decode,
    "database": lambda: _raise(OperationalError("connection refused to 10.0.0.1")),
    "interface": lambda: _raise(InterfaceError("closed")),
    "data": lambda: _raise(DataError("value 'secret' too long")),
    "integrity": lambda: _raise(IntegrityError("null value in column secret")),
    "denied": lambda: _raise(PermissionDenied("secret")),
    "suspicious": lambda: _raise(SuspiciousOperation("secret")),
    "duplicate": lambda: [
        Slot.objects.create(name="same", at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) for _ in range(2)
    ],
    "protected": lambda: Event.objects.get().delete(),
    "missing": lambda: _raise(NotFound("room 17 of somebody else")),
}


def _raise(error: Exception) -> None:
    raise error


class SampleAuthentication(BaseAuthentication):
    def authenticate(self, request: Any) -> tuple[None, Actor] | None:
        scheme, _, name = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Sample":
            return None
        if name not in ACTORS:
            raise AuthenticationFailed
        return None, ACTORS[name]

    def authenticate_header(self, request: Any) -> str:
        return 'Sample realm="tests"'


class SampleScheme(OpenApiAuthenticationExtension):
    target_class = SampleAuthentication
    name = "sample"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "sample"}


class TooLate(Conflict):
    """It is too late for that."""


class ChunkOut(ApiSerializer):
    id = serializers.UUIDField()
    position = serializers.IntegerField()


class JobOut(ApiSerializer):
    expandable = frozenset({"chunks"})

    id = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.ChoiceField(choices=JobStatus.choices)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    chunks = ChunkOut(many=True)


class JobIn(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=60)
    stage = serializers.IntegerField(required=False)
    items = serializers.ListField(child=serializers.IntegerField(), required=False)


class JobFilter(StrictFilterSet):
    status = ChoiceFilter(choices=JobStatus.choices)
    kind = TextFilter()
    named = TextFilter(field_name="kind", lookup_expr="icontains")
    stage = WholeNumberFilter()
    year = WholeNumberFilter(field_name="created_at", lookup_expr="year")
    since = MomentFilter(field_name="created_at", lookup_expr="gte")
    on = DateFilter(field_name="created_at", lookup_expr="date")
    version = NumberFilter(field_name="payload_version")
    organisation = UuidFilter(field_name="organisation_id")
    waiting = FlagFilter(field_name="started_at", lookup_expr="isnull")


class SampleView(ApiView):
    authentication_classes = [SampleAuthentication]


class Jobs(ListMixin, RetrieveMixin, ApiViewSet):
    """Pieces of work."""

    authentication_classes = [SampleAuthentication]
    queryset = Job.objects.all()
    serializer_class = JobOut
    filterset_class = JobFilter
    ordering_fields: ClassVar = {
        "created_at": "created_at",
        "started_at": "started_at",
        "kind": "kind",
        "length": Length("kind"),
        "id": "id",
    }
    ordering = "-created_at"
    inputs: ClassVar = {"create": JobIn, "partial_update": JobIn}
    outputs: ClassVar = {"destroy": None}
    success: ClassVar = {"begin": 202}
    expand_related: ClassVar = {"chunks": ("chunks",)}
    idempotency_required: ClassVar = {"begin"}
    if_match_required: ClassVar = {"finish", "forgetful"}
    problems: ClassVar = {"finish": (TooLate,)}
    permissions: ClassVar = {
        "list": "sample.job.use",
        "retrieve": "sample.job.use",
        "create": "sample.job.use",
        "partial_update": "sample.job.use",
        "destroy": "sample.job.own",
        "begin": SIGNED_IN,
        "finish": SIGNED_IN,
        "forgetful": SIGNED_IN,
        "fail": SIGNED_IN,
        "refuse": SIGNED_IN,
        "wait": SIGNED_IN,
    }

    def create(self, request: Any) -> Response:
        """Create a piece of work."""
        data = self.validated()
        job = Job.objects.create(
            kind=data["kind"],
            stage=data.get("stage", 0),
            organisation_id=self.actor.organisation_id,
            actor=self.actor.label(),
            created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        )
        return self.answer(job, location=f"/api/v1/jobs/{job.pk}")

    def partial_update(self, request: Any, id: str) -> Response:  # noqa: A002 - the name in the path
        """Change a piece of work."""
        job = self.get_object()
        for name, value in self.validated().items():
            setattr(job, name, value)
        job.save()
        return self.answer(job)

    def destroy(self, request: Any, id: str) -> Response:  # noqa: A002 - the name in the path
        """Remove a piece of work."""
        self.get_object().delete()
        return self.answer()

    @action(detail=True, methods=["post"])
    def begin(self, request: Any, id: str) -> Response:  # noqa: A002 - the name in the path
        """Begin a piece of work."""
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def finish(self, request: Any, id: str) -> Response:  # noqa: A002 - the name in the path
        """Finish a piece of work.

        Only once.
        """
        job = self.get_object()
        if job.ended_at is not None:
            raise TooLate
        Job.objects.filter(pk=job.pk).update(ended_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC), kind=job.kind + "!")
        return self.answer(job)

    @action(detail=True, methods=["post"])
    def forgetful(self, request: Any, id: str) -> Response:  # noqa: A002 - the name in the path
        return Response({})

    @action(detail=False, methods=["post"])
    def fail(self, request: Any) -> Response:
        Slot.objects.create(name="left behind", at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        MISBEHAVIOURS[request.data["how"]]()
        return Response({})

    @action(detail=False, methods=["post"])
    def refuse(self, request: Any) -> Response:
        Slot.objects.create(name="left behind", at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        return Response({"code": "no"}, status=409)

    @action(detail=False, methods=["post"])
    def wait(self, request: Any) -> Response:
        ENTERED.set()
        assert GATE.wait(10)
        return Response({"waited": True})

    @action(detail=False, methods=["post"])
    def undeclared(self, request: Any) -> Response:
        return Response({})


class Chunks(ListMixin, ApiViewSet):
    """Parts of work."""

    authentication_classes = [SampleAuthentication]
    queryset = Chunk.objects.all()
    public_rows = True
    serializer_class = ChunkOut
    permissions: ClassVar = {"list": PUBLIC}


class Numbers(SampleView):
    """Numbers from an array."""

    permissions: ClassVar = {"get": SIGNED_IN}
    list_actions: ClassVar = frozenset({"get"})
    total: ClassVar = 5
    version: ClassVar = "a"

    def get(self, request: Any) -> Response:
        """List the numbers."""
        pages = self.sequence_pages()
        window = pages.window(total=self.total, pin=self.version)
        return pages.answer(list(range(self.total))[window])


class Me(SampleView):
    """The caller."""

    permissions: ClassVar = {"get": SIGNED_IN, "post": PUBLIC}
    parameters: ClassVar = {"get": {"how": {"type": "string"}}}
    rate_scopes: ClassVar = {"get": "costly"}
    outputs: ClassVar = {"get": None, "post": None}

    def get(self, request: Any) -> Response:
        """Show the caller."""
        MISBEHAVIOURS.get(request.query_params.get("how", ""), lambda: None)()
        return Response({"actor": self.actor.label()})

    def post(self, request: Any) -> Response:
        """Echo a body."""
        return Response({"echo": request.data})


class Upload(SampleView):
    """Takes a large body."""

    permissions: ClassVar = {"post": PUBLIC}
    body_limit = 3 * 1024 * 1024

    def post(self, request: Any) -> Response:
        """Take a body."""
        return Response({"length": len(request.body)})


class Plain(View):
    """A view that is none of ours."""

    def get(self, request: Any) -> HttpResponse:
        MISBEHAVIOURS[request.GET["how"]]()
        return HttpResponse("plain")

    def post(self, request: Any) -> HttpResponse:
        return HttpResponseNotAllowed(["GET"])


router = ApiRouter()
router.register("api/v1/jobs", Jobs, basename="jobs")
router.register("api/v1/chunks", Chunks, basename="chunks")
urlpatterns = [
    *router.urls,
    path("api/v1/numbers", Numbers.as_view()),
    path("api/v1/me", Me.as_view()),
    path("api/v1/upload", Upload.as_view()),
    path("api/plain", Plain.as_view()),
]
handler400 = "kernel.api.handler.bad_request"
handler403 = "kernel.api.handler.permission_denied"
handler404 = "kernel.api.handler.page_not_found"
handler500 = "kernel.api.handler.server_error"


def job_make(organisation_id: uuid.UUID, **values: Any) -> Job:
    """A job of an organisation."""
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Job.objects.create(
        **{"kind": "sample", "actor": "system", "organisation_id": organisation_id, "created_at": moment, **values}
    )
