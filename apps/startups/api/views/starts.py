"""The start of one's own firm."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations.disclosure import Tier
from apps.permissions import Permission as P
from apps.startups import services
from apps.startups.api.serializers.starts import StartEdit, StartedOut, StartOut
from apps.startups.models import StartDraft
from apps.startups.services.capabilities import CapabilityNotAcceptable
from apps.startups.services.firms import NotAFirm
from apps.startups.services.raises import RaiseNotAcceptable
from apps.startups.services.starts import StartIncomplete, StartNotAcceptable
from kernel.api.views import ApiViewSet
from kernel.versions import ChangedMeanwhile


class Start(ApiViewSet):
    """Eight fields that become a published capability, with the firm's teaser, and a draft raise."""

    serializer_class = StartOut
    inputs = {"partial_update": StartEdit, "publish": None}
    outputs = {"publish": StartedOut}
    success = {"publish": 201}
    permissions = {"retrieve": P.START_READ, "partial_update": P.START_UPDATE, "publish": P.START_PUBLISH}
    problems = {
        "partial_update": (NotAFirm, StartNotAcceptable, ChangedMeanwhile),
        "publish": (NotAFirm, StartIncomplete, CapabilityNotAcceptable, RaiseNotAcceptable),
    }

    def retrieve(self, _request: Request) -> Response:
        """Show what is filled in of the start of one's own firm, and what is missing."""
        return self.answer(self.draft())

    def partial_update(self, _request: Request) -> Response:
        """Keep some of the fields of the start; also while others are missing."""
        firm = services.firm_own(actor=self.actor)
        services.start_save(actor=self.actor, firm=firm, **self.validated())
        return self.answer(self.draft())

    def publish(self, _request: Request) -> Response:
        """Publish the capability and draft the raise; each missing field is named where there is any."""
        firm = services.firm_own(actor=self.actor)
        started = services.start_publish(actor=self.actor, firm=firm)
        return self.answer(started, location=f"/api/v1/raises/{started.item.pk}")

    def draft(self) -> StartDraft:
        """The draft as it stands; an empty one where nothing is kept."""
        rows = StartDraft.objects.visible_to(self.actor).select_related("area")
        draft = rows.first() or StartDraft()
        draft.viewer_tier = Tier.T4  # type: ignore[attr-defined]  # one's own
        return draft
