"""Raises."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations.tiered import Previewed
from apps.permissions import Permission as P
from apps.startups import selectors, services
from apps.startups.api import filters
from apps.startups.api.serializers.raises import RaiseEdit, RaiseOut
from apps.startups.api.views.reads import READS
from apps.startups.models import Raise
from apps.startups.services.raises import LeadNotPublished, NothingCommitted, RaiseEnded, RaiseNotAcceptable
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow


class Raises(Previewed, ListMixin, RetrieveMixin, ApiViewSet):
    """Raises."""

    queryset = Raise.objects.all()
    serializer_class = RaiseOut
    filterset_class = filters.RaiseFilter
    ordering_fields = {"id": "id", "amount": "amount", "opened_on": "opened_on", "need_by": "need_by"}
    ordering = "-id"
    inputs = {
        "create": RaiseEdit,
        "partial_update": RaiseEdit,
        "open": None,
        "close": None,
        "withdraw": None,
        "commit_partly": None,
        "reopen": None,
    }
    permissions = {
        "list": P.RAISE_READ,
        "retrieve": P.RAISE_READ,
        "create": P.RAISE_CREATE,
        "partial_update": P.RAISE_UPDATE,
        "open": P.RAISE_OPEN,
        "close": P.RAISE_CLOSE,
        "withdraw": P.RAISE_CLOSE,
        "commit_partly": P.RAISE_UPDATE,
        "reopen": P.RAISE_UPDATE,
    }
    problems = {
        "create": (RaiseNotAcceptable,),
        "partial_update": (RaiseNotAcceptable, RaiseEnded, LeadNotPublished),
        "open": (NotNow, LeadNotPublished),
        "close": (NotNow,),
        "withdraw": (NotNow,),
        "commit_partly": (NotNow, NothingCommitted),
        "reopen": (NotNow,),
    }

    def tiered(self) -> QuerySet[Raise]:
        rows = selectors.raise_list(actor=self.actor)
        return rows if self.action in READS else rows.filter(Q(firm__organisation_id=self.actor.organisation_id))

    def create(self, _request: Request) -> Response:
        """Create a draft raise."""
        firm = services.firm_own(actor=self.actor)
        item = services.raise_create(actor=self.actor, firm=firm, **self.validated())
        return self.answer(item, location=f"/api/v1/raises/{item.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change a raise."""
        item = self.get_object()
        return self.answer(services.raise_update(actor=self.actor, item=item, **self.validated()))

    def moved(self, service: Callable[..., Raise]) -> Response:
        """The raise in the path after `service` moved it on."""
        return self.answer(service(actor=self.actor, item=self.get_object()))

    @action(detail=True, methods=["post"])
    def open(self, _request: Request, **_path: str) -> Response:
        """Open a raise to verified counterparts."""
        return self.moved(services.raise_open)

    @action(detail=True, methods=["post"])
    def close(self, _request: Request, **_path: str) -> Response:
        """Close a raise, its money found."""
        return self.moved(services.raise_close)

    @action(detail=True, methods=["post"])
    def withdraw(self, _request: Request, **_path: str) -> Response:
        """Withdraw a raise."""
        return self.moved(services.raise_withdraw)

    @action(detail=True, methods=["post"], url_path="commit-partly")
    def commit_partly(self, _request: Request, **_path: str) -> Response:
        """Say that a part of a raise is committed."""
        return self.moved(services.raise_commit_partly)

    @action(detail=True, methods=["post"])
    def reopen(self, _request: Request, **_path: str) -> Response:
        """Say that nothing of a raise is committed after all."""
        return self.moved(services.raise_reopen)
