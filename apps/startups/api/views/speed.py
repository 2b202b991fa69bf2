"""How fast firms and capabilities are, and what officers are to look at in their logs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson
from apps.organisations.disclosure import Tier
from apps.organisations.tiered import PREVIEW_PARAMETERS, Previewed, TieredSerializer
from apps.permissions import Permission as P
from apps.startups import selectors
from apps.startups.api import filters
from apps.startups.api.serializers.speed import SpeedFlagJudgement, SpeedFlagOut, SpeedHistoryOut, SpeedOut
from apps.startups.models import Capability, Firm, SpeedFlag, SpeedProfile
from apps.startups.selectors import speed as reading
from apps.startups.services import speed_flags
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.clock import utc_today
from kernel.errors import NotFound


class Speed(Previewed, RetrieveMixin, ApiViewSet):
    """The speed of one firm or capability."""

    serializer_class: type[TieredSerializer] = SpeedOut
    parameters = {"retrieve": PREVIEW_PARAMETERS}

    def profile_of(self, row: Any) -> SpeedProfile | None:
        """The profile of what the path names."""
        raise NotImplementedError

    def get_object(self) -> Any:
        row = super().get_object()
        row.profile = self.profile_of(row)
        row.comparisons = {}
        if row.profile is not None:
            row.comparisons = reading.comparisons(profile=row.profile, on=utc_today(), actor=self.actor)
        return row


class SpeedHistory(Speed):
    """The speed of one firm or capability month by month, for itself and those whom it granted T2."""

    serializer_class = SpeedHistoryOut

    def get_object(self) -> Any:
        row = Previewed.get_object(self)
        if row.viewer_tier < Tier.T2:
            raise NotFound
        profile = self.profile_of(row)
        until = None if row.viewer_tier >= Tier.T4 else utc_today() - reading.SHOWN_AFTER
        row.points = [] if profile is None else list(reading.speed_points(profile=profile, until=until))
        return row


class OfCapability(Speed):
    queryset = Capability.objects.all()
    permissions = {"retrieve": P.CAPABILITY_READ}

    def tiered(self) -> QuerySet[Capability]:
        return selectors.capability_list(actor=self.actor)

    def profile_of(self, row: Any) -> SpeedProfile | None:
        return SpeedProfile.objects.filter(capability=row).first()


class OfFirm(Speed):
    queryset = Firm.objects.all()
    permissions = {"retrieve": P.FIRM_READ}

    def tiered(self) -> QuerySet[Firm]:
        return selectors.firm_list(actor=self.actor)

    def profile_of(self, row: Any) -> SpeedProfile | None:
        return SpeedProfile.objects.filter(firm=row, capability=None).first()


class CapabilitySpeed(OfCapability):
    """The speed of a capability as its dated events show it."""


class CapabilitySpeedHistory(OfCapability, SpeedHistory):
    """The speed of a capability month by month."""


class StartupSpeed(OfFirm):
    """The speed of a firm over all that it makes."""


class StartupSpeedHistory(OfFirm, SpeedHistory):
    """The speed of a firm month by month."""


class SpeedFlags(ListMixin, RetrieveMixin, ApiViewSet):
    """Patterns in firms' logs that an officer is to look at. Firms are not told of them."""

    queryset = SpeedFlag.objects.all()
    serializer_class = SpeedFlagOut
    filterset_class = filters.SpeedFlagFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"judge": SpeedFlagJudgement}
    permissions = {"list": P.SPEED_FLAG_READ, "retrieve": P.SPEED_FLAG_READ, "judge": P.SPEED_FLAG_JUDGE}
    problems = {"judge": (OfficerNeedsPerson, ConflictOfInterest, speed_flags.SpeedFlagNotAcceptable)}

    def visible(self) -> QuerySet[SpeedFlag]:
        return reading.speed_flag_list(actor=self.actor)

    @action(detail=True, methods=["post"])
    def judge(self, _request: Request, **_path: str) -> Response:
        """Say whether the pattern is explained or confirmed; it stays judged until its events change."""
        flag = self.get_object()
        return self.answer(speed_flags.speed_flag_judge(actor=self.actor, flag=flag, **self.validated()))
