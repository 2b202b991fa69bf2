"""Showing one's own firm's name to a counterpart."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import services as organisations
from apps.organisations.parents import parent_get
from apps.organisations.rules import own_require
from apps.permissions import Permission as P
from apps.startups import selectors
from apps.startups.models import Firm
from kernel.api.serializers import ApiSerializer
from kernel.api.views import ApiViewSet


class RevealIn(serializers.Serializer[Any]):
    organisation = serializers.UUIDField(help_text="A verified fund, authority or firm.")


class RevealOut(ApiSerializer):
    grant = serializers.UUIDField(source="id", help_text="Revoking this disclosure grant hides the name again.")
    organisation = serializers.UUIDField(source="viewer_id")
    since = serializers.DateTimeField()


class Reveals(ApiViewSet):
    """The name of one's own firm, shown to a counterpart."""

    queryset = Firm.objects.all()
    serializer_class = RevealOut
    inputs = {"reveal": RevealIn}
    success = {"reveal": 201}
    permissions = {"reveal": P.FIRM_REVEAL}
    problems = {"reveal": (organisations.NothingToGrant, organisations.GrantNotAcceptable)}

    def reveal(self, _request: Request, **_path: str) -> Response:
        """Show one's own firm's name to a verified counterpart, until revoked; again changes nothing."""
        firm = parent_get(rows=selectors.firm_list(actor=self.actor), value=self.kwargs["id"])
        own_require(actor=self.actor, organisation_id=firm.organisation_id)
        return self.answer(organisations.name_reveal(actor=self.actor, viewer_id=self.validated()["organisation"]))
