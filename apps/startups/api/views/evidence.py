"""Documents that are to show development events, the operator's word on them, and their templates."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson
from apps.organisations.parents import parent_get
from apps.organisations.rules import own_require
from apps.permissions import Permission as P
from apps.reference.evidence_templates import evidence_templates
from apps.startups.api.serializers import evidence as serializers
from apps.startups.models import DevelopmentEvent, EventEvidence
from apps.startups.services import evidence as services
from apps.startups.services.capabilities import CapabilityArchived
from kernel.api.permissions import SIGNED_IN
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow, NotPermitted


class EvidenceOfEvent(ListMixin, ApiViewSet):
    """The documents attached to an event of one's own log."""

    queryset = EventEvidence.objects.all()
    serializer_class = serializers.EventEvidenceOut
    ordering_fields = {"id": "id"}
    ordering = "-id"
    lookup_url_kwarg = "evidence"
    inputs = {"create": serializers.EvidenceIn, "withdraw": None}
    permissions = {"list": P.EVIDENCE_READ, "create": P.EVIDENCE_ATTACH, "withdraw": P.EVIDENCE_WITHDRAW}
    problems = {
        "create": (services.EvidenceNotAcceptable, services.EvidenceAttached, CapabilityArchived),
        "withdraw": (NotNow,),
    }

    def event(self) -> DevelopmentEvent:
        """The event in the path; another's is not found."""
        rows = DevelopmentEvent.objects.visible_to(self.actor).select_related("capability__firm")
        event = parent_get(rows=rows, value=self.kwargs["id"])
        own_require(actor=self.actor, organisation_id=event.capability.firm.organisation_id)
        return event

    def visible(self) -> QuerySet[EventEvidence]:
        rows = super().visible().filter(event=self.event())
        return rows.select_related("event__capability__firm")

    def create(self, _request: Request, **_path: str) -> Response:
        """Attach a document, as what its template describes: the event has the template's tier for a document."""
        values = self.validated()
        return self.answer(services.evidence_attach(actor=self.actor, event=self.event(), **values))

    def withdraw(self, _request: Request, **_path: str) -> Response:
        """Take the document back: the event's tier falls to what is left."""
        return self.answer(services.evidence_withdraw(actor=self.actor, evidence=self.get_object()))


class EventEvidences(ListMixin, RetrieveMixin, ApiViewSet):
    """Evidence of one's own events; for the operator's compliance, all of it."""

    queryset = EventEvidence.objects.all()
    serializer_class = serializers.EventEvidenceOut
    filterset_class = serializers.EvidenceFilter
    ordering_fields = {"id": "id", "attached_at": "attached_at"}
    ordering = "-id"
    inputs = {"judge": serializers.EvidenceJudgement}
    permissions = {"list": P.EVIDENCE_READ, "retrieve": P.EVIDENCE_READ, "judge": P.EVIDENCE_JUDGE}
    step_up = {"judge"}
    if_match_required = {"judge"}
    problems = {
        "judge": (
            NotNow,
            NotPermitted,
            OfficerNeedsPerson,
            ConflictOfInterest,
            services.EvidenceNotAcceptable,
            services.EvidenceUnreadable,
        )
    }

    def visible(self) -> QuerySet[EventEvidence]:
        return super().visible().select_related("event__capability__firm", "document")

    @action(detail=True, methods=["post"])
    def judge(self, _request: Request, **_path: str) -> Response:
        """Confirm the document against its issuer or a registry, or refuse it."""
        values: dict[str, Any] = self.validated()
        return self.answer(services.evidence_judge(actor=self.actor, evidence=self.get_object(), **values))


class EvidenceTemplates(ApiViewSet):
    """Kinds of documents that exist anyway, and how far each shows a development event."""

    queryset = EventEvidence.objects.none()
    public_rows = True
    serializer_class = serializers.EvidenceTemplateOut
    permissions = {"list": SIGNED_IN}

    def list(self, _request: Request) -> Response:
        """List the templates of evidence."""
        pages = self.sequence_pages()
        edition = evidence_templates()
        found = list(edition.templates.values())
        window = pages.window(total=len(found), pin=edition.id)
        context = self.output_context(self.selection)
        return pages.answer(serializers.EvidenceTemplateOut(found[window], many=True, context=context).data)
