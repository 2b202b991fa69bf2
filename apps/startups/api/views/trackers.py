"""Endpoints for one's own tracker, and the door through which it sends."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations.rules import NotYours
from apps.permissions import Permission as P
from apps.startups.api.serializers import trackers as serializers
from apps.startups.models import TrackerEndpoint
from apps.startups.services import firm_own, tracked, trackers
from apps.startups.services.development import DevelopmentEventNotAcceptable
from kernel.api.permissions import PUBLIC
from kernel.api.problems import ApiProblem
from kernel.api.throttles import rates_consume
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin

BODY_LIMIT = 64 * 1024
"""Bytes: a hundred events with notes of usual length."""


class SignatureInvalid(ApiProblem):
    """No endpoint of this id that is in use signed this message just now; which of it is wrong is not said."""

    status_code = 401
    default_code = "signature_invalid"
    default_detail = _("This is no message that a tracker in use signed just now.")


class TrackerEndpoints(ListMixin, RetrieveMixin, ApiViewSet):
    """Endpoints to which one's own tracker sends development events."""

    queryset = TrackerEndpoint.objects.all()
    serializer_class = serializers.TrackerEndpointOut
    ordering_fields = {"id": "id", "name": "name"}
    ordering = "-id"
    inputs = {
        "create": serializers.TrackerEndpointIn,
        "partial_update": serializers.TrackerEndpointIn,
        "rotate": None,
        "disable": None,
    }
    outputs = {"create": serializers.TrackerMadeOut, "rotate": serializers.TrackerMadeOut}
    permissions = {
        "list": P.TRACKER_READ,
        "retrieve": P.TRACKER_READ,
        "create": P.TRACKER_CREATE,
        "partial_update": P.TRACKER_UPDATE,
        "rotate": P.TRACKER_UPDATE,
        "disable": P.TRACKER_DISABLE,
    }
    problems = {
        "create": (NotYours, trackers.TrackerNotAcceptable, trackers.TooManyTrackers),
        "partial_update": (trackers.TrackerNotAcceptable, trackers.TrackerDisabled),
        "rotate": (trackers.TrackerDisabled,),
        "disable": (trackers.TrackerDisabled,),
    }

    def visible(self) -> QuerySet[TrackerEndpoint]:
        return super().visible().select_related("firm").prefetch_related("projects")

    def create(self, _request: Request) -> Response:
        """Make an endpoint; the secret that its messages are signed with is shown this once."""
        made = trackers.tracker_create(actor=self.actor, firm=firm_own(actor=self.actor), **self.validated())
        return self._made(made, location=f"/api/v1/tracker-endpoints/{made.endpoint.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change its name, or which capabilities its projects are."""
        endpoint = self.get_object()
        return self.answer(trackers.tracker_update(actor=self.actor, endpoint=endpoint, **self.validated()))

    @action(detail=True, methods=["post"])
    def rotate(self, _request: Request, **_path: str) -> Response:
        """Replace the secret; the old one ends at once, the new one is shown this once."""
        return self._made(trackers.tracker_rotate(actor=self.actor, endpoint=self.get_object()))

    @action(detail=True, methods=["post"])
    def disable(self, _request: Request, **_path: str) -> Response:
        """End the endpoint for good. What it sent stays."""
        return self.answer(trackers.tracker_disable(actor=self.actor, endpoint=self.get_object()))

    def _made(self, made: trackers.TrackerMade, location: str | None = None) -> Response:
        seen = replace(made, endpoint=self.visible().get(pk=made.endpoint.pk))
        return self.answer(seen, location=location)


class Trackers(ApiViewSet):
    """The door for trackers' messages, signed as Standard Webhooks says."""

    queryset = TrackerEndpoint.objects.none()
    public_rows = True
    authentication_classes = []
    serializer_class = serializers.TrackerAnswerOut
    inputs = {"receive": serializers.TrackerMessageIn}
    permissions = {"receive": PUBLIC}
    body_limit = BODY_LIMIT
    problems = {"receive": (tracked.MessageDiffers, DevelopmentEventNotAcceptable)}

    def receive(self, request: Request, **path: str) -> Response:
        """Take a tracker's events, all or none. Headers: `webhook-id`, `webhook-timestamp` within five minutes of now,
        `webhook-signature` (`v1,` and the base64 HMAC-SHA-256 of `id.timestamp.body`).

        The same message once more gets the same answer; another body under its id is refused.
        """
        body = request.body
        message_id = request.headers.get("webhook-id", "")
        endpoint = trackers.tracker_signer(
            endpoint_id=path["id"],
            message_id=message_id,
            timestamp=request.headers.get("webhook-timestamp", ""),
            signatures=request.headers.get("webhook-signature", ""),
            body=body,
        )
        if endpoint is None:
            raise SignatureInvalid
        self.standings = rates_consume(subjects={"tracker": str(endpoint.pk)})
        exceeded = [item.reset for item in self.standings if item.is_exceeded]
        if exceeded:
            raise Throttled(wait=max(exceeded))
        items = [tracked.TrackedEvent(**values) for values in self.validated()["events"]]
        found = tracked.tracker_receive(endpoint=endpoint, message_id=message_id, body=body, items=items)
        return Response(serializers.TrackerAnswerOut(found, context=self.output_context(self.selection)).data)

    def get_authenticate_header(self, request: Request) -> str:
        return 'Signature realm="trackers"'
