"""Introductions: interest, its answer, and what followed."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.matching.api.serializers import introductions as shapes
from apps.matching.models import Introduction
from apps.matching.selectors import introductions as selectors
from apps.matching.services import decision_steps as steps
from apps.matching.services import introductions as services
from apps.organisations.rules import NotYours
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow, NotPermitted

DECISION_PROBLEMS = (NotNow, NotPermitted)


class Introductions(ListMixin, RetrieveMixin, ApiViewSet):
    """Introductions of one's own fund or firm. Nobody but the two parties learns of one."""

    queryset = Introduction.objects.all()
    serializer_class = shapes.IntroductionOut
    filterset_class = shapes.IntroductionFilter
    ordering_fields = {"id": "id", "expires_at": "expires_at"}
    ordering = "-id"
    inputs = {
        "create": shapes.IntroductionIn,
        "accept": shapes.IntroductionAcceptance,
        "decline": shapes.IntroductionRefusal,
        "withdraw": shapes.IntroductionWithdrawal,
        "steps": shapes.DecisionStepIn,
    }
    success = {"steps": 201}
    permissions = {
        "list": P.INTRODUCTION_READ,
        "retrieve": P.INTRODUCTION_READ,
        "create": P.INTRODUCTION_EXPRESS,
        "accept": P.INTRODUCTION_ANSWER,
        "decline": P.INTRODUCTION_ANSWER,
        "withdraw": P.INTRODUCTION_WITHDRAW,
        "steps": P.INTRODUCTION_RECORD,
    }
    idempotency_required = {"create", "accept", "decline", "withdraw", "steps"}
    if_match_required = {"accept", "decline", "withdraw", "steps"}
    problems = {
        "create": (
            NotYours,
            services.UndertakingNotAccepted,
            services.IntroductionNotAcceptable,
            services.GatesFail,
            services.IntroductionUnderWay,
            services.DeclinedBefore,
            services.AskedBefore,
            services.TooManyWaiting,
        ),
        "accept": (
            *DECISION_PROBLEMS,
            services.NoAnswerAnyMore,
            services.UndertakingNotAccepted,
            services.CounterpartGone,
            services.GatesFail,
        ),
        "decline": (*DECISION_PROBLEMS, services.NoAnswerAnyMore, services.IntroductionNotAcceptable),
        "withdraw": (*DECISION_PROBLEMS, services.IntroductionNotAcceptable),
        "steps": (steps.NotUnderWay, steps.StepNotAcceptable, steps.StepRecordedAlready),
    }

    def visible(self) -> QuerySet[Introduction]:
        return selectors.introduction_list(actor=self.actor)

    def create(self, _request: Request) -> Response:
        """Express interest in a counterpart; where it has expressed the same, both are introduced at once."""
        given = self.validated()
        made = services.introduction_express(
            actor=self.actor,
            mandate=given["mandate"],
            raise_item=given["raise"],
            message=given.get("message", ""),
        )
        return self.answer(made, location=f"/api/v1/introductions/{made.pk}")

    @action(detail=True, methods=["post"])
    def accept(self, _request: Request, **_path: str) -> Response:
        """Answer an interest with one's own. The fund reads the firm's name from now on."""
        introduction = self.get_object()
        self.validated()
        return self.answer(services.introduction_accept(actor=self.actor, introduction=introduction))

    @action(detail=True, methods=["post"])
    def decline(self, _request: Request, **_path: str) -> Response:
        """Answer an interest with a no and its reason."""
        introduction = self.get_object()
        return self.answer(
            services.introduction_decline(actor=self.actor, introduction=introduction, **self.validated())
        )

    @action(detail=True, methods=["post"])
    def withdraw(self, _request: Request, **_path: str) -> Response:
        """Take one's interest back while nobody has answered it."""
        introduction = self.get_object()
        return self.answer(
            services.introduction_withdraw(actor=self.actor, introduction=introduction, **self.validated())
        )

    @action(detail=True, methods=["post"])
    def steps(self, _request: Request, **_path: str) -> Response:
        """Record what became of a mutual introduction: terms, money as the firm confirms it, or a no after all."""
        introduction = self.get_object()
        steps.step_record(actor=self.actor, introduction=introduction, **self.validated())
        return self.answer(introduction)
