"""Weekly digests and how evenly they show."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.matching.api.serializers import digests as shapes
from apps.matching.models import DigestList, DigestRound
from apps.matching.selectors import digests
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin


class MatchDigests(ListMixin, RetrieveMixin, ApiViewSet):
    """Whom one's mandates and raises are pointed to in a week."""

    queryset = DigestList.objects.all()
    serializer_class = shapes.DigestOut
    outputs = {"list": shapes.DigestBrief}
    filterset_class = shapes.DigestFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    permissions = {"list": P.MATCH_READ, "retrieve": P.MATCH_READ}

    def visible(self) -> QuerySet[DigestList]:
        return digests.digest_list(actor=self.actor)


class DigestRounds(ListMixin, RetrieveMixin, ApiViewSet):
    """How evenly the digests of each week show, with and without the cap."""

    queryset = DigestRound.objects.all()
    serializer_class = shapes.DigestRoundOut
    ordering_fields = {"week": "week"}
    ordering = "-week"
    permissions = {"list": P.EXPOSURE_READ, "retrieve": P.EXPOSURE_READ}
