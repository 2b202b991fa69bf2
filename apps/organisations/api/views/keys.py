"""API keys of one's own organisation."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import services
from apps.organisations.api.serializers import keys as serializers
from apps.organisations.models import ApiKey
from apps.organisations.models.keys import ApiKeyQuerySet
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, ListMixin
from kernel.clock import utc_now


class ApiKeys(ListMixin, ApiViewSet):
    """API keys of one's own organisation."""

    queryset = ApiKey.objects.all()
    serializer_class = serializers.ApiKeyOut
    ordering_fields = {"id": "id", "name": "name", "expires_at": "expires_at"}
    ordering = "-id"
    inputs = {"create": serializers.ApiKeyIn, "revoke": None}
    outputs = {"create": serializers.ApiKeyMadeOut}
    permissions = {"list": P.API_KEY_READ, "create": P.API_KEY_CREATE, "revoke": P.API_KEY_REVOKE}
    step_up = {"create"}
    problems = {"create": (services.ApiKeyNeedsPerson, services.ApiKeyNotAcceptable)}

    def visible(self) -> QuerySet[ApiKey]:
        rows: ApiKeyQuerySet = super().visible()  # type: ignore[assignment]
        return rows.with_usability(now=utc_now())

    def create(self, _request: Request) -> Response:
        """Create an API key; the token is shown this once."""
        made = services.api_key_create(actor=self.actor, **self.validated())
        return self.answer(replace(made, key=self.visible().get(pk=made.key.pk)))

    @action(detail=True, methods=["post"])
    def revoke(self, _request: Request, **_path: str) -> Response:
        """Revoke an API key, in force from the next request."""
        return self.answer(services.api_key_revoke(actor=self.actor, key=self.get_object()))
