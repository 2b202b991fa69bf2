"""Matches and why they score as they do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.matching.api.serializers import explanations
from apps.matching.api.serializers import matches as shapes
from apps.matching.models import MatchRun
from apps.matching.selectors import matches, runs
from apps.matching.services import impressions
from apps.matching.states import Section, Side
from apps.permissions import Permission as P
from kernel.api.problems import CursorInvalid, query_problem
from kernel.api.views import ApiViewSet
from kernel.errors import NotFound


class Matches(ApiViewSet):
    """Matches of one's own mandate or raise in the current run."""

    queryset = MatchRun.objects.all()
    serializer_class = shapes.MatchOut
    outputs = {"explanation": explanations.ExplanationOut}
    permissions = {"list": P.MATCH_READ, "explanation": P.MATCH_READ}
    parameters = {"list": shapes.LIST_PARAMETERS, "explanation": explanations.EXPLANATION_PARAMETERS}
    lookup_value_regex = "[0-9a-f-]{36}~[0-9a-f-]{36}"

    def list(self, request: Request) -> Response:
        """List the best counterparts of one's mandate (`?mandate=`) or raise (`?raise=`), best first."""
        mandate_id, raise_id = self._identifier("mandate"), self._identifier("raise")
        if (mandate_id is None) == (raise_id is None):
            raise query_problem("mandate", _("Name either a mandate or a raise of yours."), "required")
        side, owner = matches.side_of(actor=self.actor, mandate_id=mandate_id, raise_id=raise_id)
        section = self._single("section") or Section.RANKED
        if section not in Section.values:
            raise query_problem("section", _("One of: %(names)s.") % {"names": ", ".join(Section.values)})
        pages = self.sequence_pages(order=[side])
        run = self._run(pages.pin)
        if run is None:
            return pages.answer([])
        found = matches.match_list(run=run, side=side, owner_id=owner, section=section, actor=self.actor)
        window = pages.window(total=len(found), pin=str(run.pk))
        shown = found[window]
        impressions.page_record(
            actor=self.actor,
            run=run,
            side=side,
            section=section,
            owner_id=owner,
            first_rank=shown[0].rank if shown else 0,
            counterpart_ids=[match.counterpart.pk for match in shown],
        )
        context = {**self.output_context(self.selection), "run": run}
        return pages.answer(shapes.MatchOut(shown, many=True, context=context).data)

    @action(detail=True, methods=["get"])
    def explanation(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Explain a pair: every feature with its raw values, x, weight, contribution, tier and basis."""
        asked = self._identifier("run")
        run = runs.run_current() if asked is None else runs.run_readable(run_id=asked)
        mandate, _separator, item = id.partition(matches.SEPARATOR)
        try:
            mandate_id, raise_id = UUID(mandate), UUID(item)
        except ValueError:
            raise NotFound from None
        if run is None:
            raise NotFound
        explained = matches.match_explanation(run=run, mandate_id=mandate_id, raise_id=raise_id, actor=self.actor)
        is_fund = explained.side == Side.INVESTOR
        impressions.explanation_record(
            actor=self.actor,
            run=run,
            side=explained.side,
            owner_id=mandate_id if is_fund else raise_id,
            counterpart_id=raise_id if is_fund else mandate_id,
        )
        return self.answer(explanations.Explained(run, explained))

    def _run(self, pin: str | None) -> MatchRun | None:
        """The run that a cursor is pinned to, else the current one. Raises CursorInvalid when its lists are gone."""
        if pin is None:
            return runs.run_current()
        run = runs.run_readable(run_id=UUID(pin))
        if run is None:
            raise CursorInvalid
        return run

    def _identifier(self, name: str) -> UUID | None:
        value = self._single(name)
        if value is None:
            return None
        try:
            return UUID(value)
        except ValueError:
            raise query_problem(name, _("An id (UUID).")) from None

    def _single(self, name: str) -> str | None:
        values = self.request.query_params.getlist(name)
        if len(values) > 1:
            raise query_problem(name, _("At most once."))
        return values[0] if values else None

    def visible(self) -> QuerySet[Any]:
        return MatchRun.objects.visible_to(self.actor)
