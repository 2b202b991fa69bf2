"""Verification: the organisation's own case, and the officers' files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.compliance.api.serializers import cases as serializers
from apps.compliance.models import DeclaredInterest, VerificationCase
from apps.compliance.selectors.cases import case_current, case_list
from apps.compliance.services import cases, interests, reviews, suspensions
from apps.organisations.models import Organisation
from apps.organisations.services import AlreadyMerged
from apps.permissions import Permission as P
from kernel.api.reads import Disclosed, disclosed_note
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.errors import NotFound
from kernel.states import NotNow, NotPermitted

OFFICER_PROBLEMS = (
    NotPermitted,
    NotNow,
    interests.OfficerNeedsPerson,
    interests.ConflictOfInterest,
    reviews.SubmitterDecides,
)
FILE_LEVEL = 5


class Verifications(ApiViewSet):
    """The verification of one's own organisation."""

    queryset = VerificationCase.objects.all()
    serializer_class = serializers.OwnCaseOut
    lookup_url_kwarg = "case"
    inputs = {"create": None, "provide": serializers.ProvisionIn, "submit": None, "reply": serializers.AnswerIn}
    permissions = {
        "retrieve": P.VERIFICATION_READ,
        "create": P.VERIFICATION_OPEN,
        "provide": P.VERIFICATION_PROVIDE,
        "submit": P.VERIFICATION_SUBMIT,
        "reply": P.VERIFICATION_ANSWER,
    }
    problems = {
        "create": (cases.CaseUnderWay, cases.NotVerifiable, AlreadyMerged),
        "provide": (NotNow, cases.ProvisionNotAcceptable),
        "submit": (NotNow, NotPermitted, cases.CaseNeedsPerson, cases.CaseIncomplete),
        "reply": (NotNow, NotPermitted, cases.CaseNeedsPerson, cases.CaseIncomplete, cases.ProvisionNotAcceptable),
    }

    def visible(self) -> QuerySet[VerificationCase]:
        return case_list(actor=self.actor).filter(Q(organisation_id=self.actor.organisation_id))

    def get_object(self) -> Any:
        found = case_current(actor=self.actor, organisation_id=self._organisation().pk)
        if found is None:
            raise NotFound
        self.kwargs["case"] = str(found.pk)
        return super().get_object()

    def retrieve(self, _request: Request, **_path: str) -> Response:
        """Show the case under way, else the one that the standing rests on, else the newest."""
        return self.answer(self.get_object())

    def create(self, _request: Request, **_path: str) -> Response:
        """Open the case that verifies the organisation or renews its verification; one at a time."""
        organisation = self._organisation()
        case = cases.case_open(actor=self.actor, organisation=organisation)
        return self.answer(case, location=f"/api/v1/organisations/{organisation.pk}/verification")

    def provide(self, _request: Request, **_path: str) -> Response:
        """Show documents and statements for items of the checklist, in place of what was shown for them before."""
        shown = [
            cases.Shown(item["code"], item.get("documents", ()), item.get("statement", ""))
            for item in self.validated()["items"]
        ]
        return self.answer(cases.case_provide(actor=self.actor, case=self.get_object(), shown=shown))

    def submit(self, _request: Request, **_path: str) -> Response:
        """Hand the case to the operator. The documents shown in it are open to its officers from now on."""
        return self.answer(cases.case_submit(actor=self.actor, case=self.get_object()))

    def reply(self, _request: Request, **_path: str) -> Response:
        """Answer the officer's request, with documents of one's own; the case goes back to its officer."""
        given = self.validated()
        case = self.get_object()
        cases.case_answer(actor=self.actor, case=case, answer=given["answer"], document_ids=given.get("documents", ()))
        return self.answer(case)

    def _organisation(self) -> Organisation:
        """The caller's own organisation, if the address names it."""
        try:
            asked = UUID(self.kwargs["id"])
        except ValueError:
            raise NotFound from None
        own = Organisation.objects.visible_to(self.actor).filter(Q(pk=self.actor.organisation_id), pk=asked).first()
        if own is None:
            raise NotFound
        return own


class Suspensions(ApiViewSet):
    """Taking an organisation's standing, also where no case has given it."""

    queryset = VerificationCase.objects.all()
    serializer_class = serializers.CaseOut
    inputs = {"suspend": serializers.ReasonIn}
    success = {"suspend": 200}
    permissions = {"suspend": P.CASE_SUSPEND}
    step_up = {"suspend"}
    problems = {
        "suspend": (
            NotPermitted,
            interests.OfficerNeedsPerson,
            interests.ConflictOfInterest,
            suspensions.SuspensionNotAcceptable,
            suspensions.NothingToSuspend,
        )
    }

    def visible(self) -> QuerySet[VerificationCase]:
        return case_list(actor=self.actor)

    def suspend(self, _request: Request, **_path: str) -> Response:
        """Suspend a verified organisation: nobody outside sees it from the next request."""
        try:
            asked = UUID(self.kwargs["id"])
        except ValueError:
            raise NotFound from None
        organisation = Organisation.objects.visible_to(self.actor).filter(pk=asked).first()
        if organisation is None:
            raise NotFound
        given = self.validated()
        return self.answer(
            suspensions.suspend(actor=self.actor, organisation_id=organisation.pk, reason=given["reason"])
        )


class VerificationCases(ListMixin, RetrieveMixin, ApiViewSet):
    """The officers' files, but for those of organisations that the caller belongs to or has an interest in."""

    queryset = VerificationCase.objects.all()
    serializer_class = serializers.CaseOut
    outputs = {"list": serializers.CaseBrief}
    filterset_class = serializers.CaseFilter
    ordering_fields = {"id": "id", "submitted_at": "submitted_at", "due_on": "due_on", "next_due_on": "next_due_on"}
    ordering = "id"
    inputs = {
        "take": None,
        "ask": serializers.RequestIn,
        "judge": serializers.JudgementOnItem,
        "note": serializers.NoteIn,
        "verify": serializers.VerifyIn,
        "refuse": serializers.RefuseIn,
        "suspend": serializers.ReasonIn,
        "reinstate": serializers.ReasonIn,
    }
    permissions = {
        "list": P.CASE_READ,
        "retrieve": P.CASE_READ,
        "take": P.CASE_TAKE,
        "ask": P.CASE_ASK,
        "judge": P.CASE_JUDGE,
        "note": P.CASE_JUDGE,
        "verify": P.CASE_DECIDE,
        "refuse": P.CASE_DECIDE,
        "suspend": P.CASE_SUSPEND,
        "reinstate": P.CASE_SUSPEND,
    }
    step_up = {"verify", "refuse", "suspend", "reinstate"}
    problems = {
        "take": OFFICER_PROBLEMS,
        "ask": (*OFFICER_PROBLEMS, reviews.RequestNotAcceptable),
        "judge": (*OFFICER_PROBLEMS, reviews.JudgementNotAcceptable),
        "note": (*OFFICER_PROBLEMS, reviews.DecisionNotAcceptable),
        "verify": (*OFFICER_PROBLEMS, reviews.DecisionNotAcceptable, reviews.CaseNotReady),
        "refuse": (
            *OFFICER_PROBLEMS,
            reviews.DecisionNotAcceptable,
            reviews.RefusalNotAnnounced,
            reviews.NothingAgainst,
        ),
        "suspend": (
            *OFFICER_PROBLEMS,
            suspensions.SuspensionNotAcceptable,
            suspensions.NothingToSuspend,
            suspensions.StandsNoLonger,
        ),
        "reinstate": (
            *OFFICER_PROBLEMS,
            suspensions.SuspensionNotAcceptable,
            suspensions.StandsNoLonger,
            suspensions.ListedStill,
        ),
    }

    def visible(self) -> QuerySet[VerificationCase]:
        return case_list(actor=self.actor)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a case file. That it was read stands in the organisation's trail."""
        case = self.get_object()
        self._told(case)
        return self.answer(case)

    @action(detail=True, methods=["post"])
    def take(self, _request: Request, **_path: str) -> Response:
        """Become the officer of a submitted case."""
        return self._answer(reviews.case_take(actor=self.actor, case=self.get_object()))

    @action(detail=True, methods=["post"])
    def ask(self, _request: Request, **_path: str) -> Response:
        """Ask the organisation for something, or give notice of a refusal. Its owners are told by mail."""
        given = self.validated()
        case = self.get_object()
        reviews.case_ask(
            actor=self.actor,
            case=case,
            kind=given["kind"],
            text=given["text"],
            item_codes=given.get("items", ()),
            due_on=given["due_on"],
        )
        return self._answer(case)

    @action(detail=True, methods=["post"])
    def judge(self, _request: Request, **_path: str) -> Response:
        """Accept or reject one item of the checklist."""
        case = self.get_object()
        reviews.case_item_judge(actor=self.actor, case=case, **self.validated())
        return self._answer(case)

    @action(detail=True, methods=["post"])
    def note(self, _request: Request, **_path: str) -> Response:
        """Write something down for officers alone."""
        case = self.get_object()
        reviews.case_note(actor=self.actor, case=case, **self.validated())
        return self._answer(case)

    @action(detail=True, methods=["post"])
    def verify(self, _request: Request, **_path: str) -> Response:
        """Verify the organisation for a year; 409 names everything that still stands against it."""
        case = self.get_object()
        return self._answer(reviews.case_verify(actor=self.actor, case=case, **self.validated()))

    @action(detail=True, methods=["post"])
    def refuse(self, _request: Request, **_path: str) -> Response:
        """Refuse to verify, after a notice that was answered or whose day has passed.

        The reasons by criterion are the notes of the rejected items. A refused renewal suspends the organisation.
        """
        case = self.get_object()
        return self._answer(reviews.case_refuse(actor=self.actor, case=case, **self.validated()))

    @action(detail=True, methods=["post"])
    def suspend(self, _request: Request, **_path: str) -> Response:
        """Suspend the organisation whose standing rests on this case: nobody outside sees it from the next request."""
        case = self.get_object()
        if not case.is_standing:
            raise suspensions.StandsNoLonger
        given = self.validated()
        return self._answer(
            suspensions.suspend(actor=self.actor, organisation_id=case.organisation_id, reason=given["reason"])
        )

    @action(detail=True, methods=["post"])
    def reinstate(self, _request: Request, **_path: str) -> Response:
        """Give the organisation its standing back."""
        case = self.get_object()
        return self._answer(suspensions.reinstate(actor=self.actor, case=case, **self.validated()))

    def _answer(self, case: VerificationCase) -> Response:
        self._told(case)
        return self.answer(case)

    def _told(self, case: VerificationCase) -> None:
        """Have it recorded that the file was shown."""
        shown = Disclosed(case._meta.label_lower, case.pk, case.organisation_id, FILE_LEVEL)
        disclosed_note(context=self.get_serializer_context(), disclosed=shown)


class DeclaredInterests(ListMixin, ApiViewSet):
    """What people of one's own operator declared: it bars them from the cases of these organisations."""

    queryset = DeclaredInterest.objects.all()
    serializer_class = serializers.InterestOut
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"create": serializers.InterestIn}
    permissions = {"list": P.INTEREST_READ, "create": P.INTEREST_DECLARE}
    problems = {"create": (interests.OfficerNeedsPerson, interests.InterestNotAcceptable)}

    def create(self, _request: Request) -> Response:
        """Declare one's interest in an organisation. It is not taken back; it ends with its last day."""
        given = self.validated()
        declared = interests.interest_declare(
            actor=self.actor,
            organisation_id=given["organisation"],
            reason=given["reason"],
            until=given.get("until"),
        )
        return self.answer(declared)
