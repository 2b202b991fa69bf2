"""Trying out terms, and what would open more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.investors.models import Mandate
from apps.investors.services import MandateNotAcceptable, TooManyEditsToday, TooManyMandatesToday, fund_own
from apps.matching.api.owners import owner_asked
from apps.matching.api.serializers import previews as shapes
from apps.matching.models import MatchPreview
from apps.matching.selectors import previews
from apps.matching.services import previews as services
from apps.matching.states import PreviewStatus, Side
from apps.permissions import Kind
from apps.permissions import Permission as P
from apps.startups.models import Raise
from apps.startups.services import firm_own
from apps.startups.services.raises import LeadNotPublished, RaiseNotAcceptable
from kernel.api.views import ApiViewSet, RetrieveMixin
from kernel.errors import Forbidden, NotFound

RETRY_SECONDS = "1"


class NotThisSide(Forbidden):
    """A fund tries out mandates, a firm raises."""


class MatchPreviews(RetrieveMixin, ApiViewSet):
    """Terms tried out without saving them."""

    queryset = MatchPreview.objects.all()
    serializer_class = shapes.PreviewOut
    inputs = {"create": shapes.PreviewIn}
    success = {"create": 202}
    permissions = {"create": P.MATCH_PREVIEW, "retrieve": P.MATCH_PREVIEW}
    problems = {
        "create": (
            NotThisSide,
            MandateNotAcceptable,
            RaiseNotAcceptable,
            LeadNotPublished,
            TooManyEditsToday,
            TooManyMandatesToday,
            services.TooManyPreviews,
            services.TooManyTrialsToday,
            services.NothingPublished,
        )
    }

    def visible(self) -> QuerySet[MatchPreview]:
        return previews.preview_list(actor=self.actor)

    def create(self, _request: Request) -> Response:
        """Try out terms of a mandate or a raise, and single changes of them; nothing of it is saved."""
        ((kind, asked),) = self.validated().items()
        if self.actor.kind != {"mandate": Kind.FUND, "raise": Kind.FIRM}[kind]:
            raise NotThisSide
        made = self._mandate(asked) if kind == "mandate" else self._raise(asked)
        shown = previews.preview_read(preview=self._find(pk=made.pk), actor=self.actor)
        return self.answer(shown, location=f"/api/v1/matches/preview/{made.pk}")

    def retrieve(self, request: Request, *_args: Any, **_path: Any) -> Response:
        """Show what terms would be matched with."""
        shown = previews.preview_read(preview=self.get_object(), actor=self.actor)
        return self.answer(shown, headers=_retry(shown.status))

    def output_context(self, selection: Any) -> dict[str, Any]:
        return {**super().output_context(selection), "run": None}

    def _mandate(self, asked: dict[str, Any]) -> MatchPreview:
        fund = fund_own(actor=self.actor)
        mandate = None
        if asked["id"] is not None:
            mandates = Mandate.objects.select_related("fund__organisation", "lever")
            mandate = mandates.filter(fund=fund, pk=asked["id"]).first()
            if mandate is None:
                raise NotFound
        return services.mandate_preview(
            actor=self.actor, fund=fund, mandate=mandate, terms=asked["terms"], changes=asked["changes"]
        )

    def _raise(self, asked: dict[str, Any]) -> MatchPreview:
        firm = firm_own(actor=self.actor)
        item = None
        if asked["id"] is not None:
            rows = Raise.objects.select_related("firm__organisation", "issuer", "lead_capability__area")
            item = rows.filter(firm=firm, pk=asked["id"]).first()
            if item is None:
                raise NotFound
        return services.raise_preview(
            actor=self.actor, firm=firm, item=item, terms=asked["terms"], changes=asked["changes"]
        )


class Unlocks(ApiViewSet):
    """What of one's own would open more counterparts."""

    queryset = MatchPreview.objects.all()
    serializer_class = shapes.UnlocksOut
    list_actions = frozenset()
    permissions = {"list": P.MATCH_READ}
    parameters = {"list": shapes.UNLOCK_PARAMETERS}
    problems = {"list": (services.NothingPublished, LeadNotPublished)}

    def list(self, _request: Request) -> Response:
        """Show which missing facts and narrow limits of one's mandate or raise would open most counterparts."""
        side, owner_id = owner_asked(request=self.request, actor=self.actor)
        if side == Side.INVESTOR:
            mandate = Mandate.objects.select_related("fund__organisation", "lever").get(pk=owner_id)
            made = services.unlocks_of_mandate(actor=self.actor, mandate=mandate)
        else:
            rows = Raise.objects.select_related("firm__organisation", "issuer", "lead_capability__area")
            made = services.unlocks_of_raise(actor=self.actor, item=rows.get(pk=owner_id))
        shown = previews.unlocks_shown(preview=made)
        return self.answer(shown, headers=_retry(shown.status))


def _retry(status: str) -> dict[str, str]:
    return {"Retry-After": RETRY_SECONDS} if status == PreviewStatus.QUEUED else {}
