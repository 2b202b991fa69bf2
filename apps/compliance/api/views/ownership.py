"""Ownership of one's own organisation over HTTP; the operator's compliance officers read everybody's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.compliance.api.serializers import ownership as serializers
from apps.compliance.models import OwnershipStatement
from apps.compliance.rules.declared import InterestStated, PartyStated
from apps.compliance.selectors import ownership as selectors
from apps.compliance.services import bods, ownership
from apps.organisations.disclosure import Tier
from apps.organisations.models import Organisation
from apps.organisations.parents import parent_get
from apps.permissions import Permission as P
from apps.reference.tables import PERIMETERS, editions
from kernel.api.problems import query_problem
from kernel.api.reads import Disclosed
from kernel.api.views import ApiView, ApiViewSet, ListMixin
from kernel.clock import utc_today
from kernel.errors import NotFound

BODS_LIMIT = 4_000_000
"""The longest body of an import, in bytes."""
FIGURE_PARAMETERS = {
    "as_of": {"type": "string", "format": "date", "description": "The day asked for; today where it is left out."},
    "perimeter": {
        "type": "string",
        "enum": sorted(PERIMETERS),
        "description": "The countries inside, for control from outside of them.",
    },
}


class OfReadable(ApiView):
    """What hangs on an organisation whose ownership the caller reads."""

    def organisation(self) -> Organisation:
        """The organisation in the path: one's own, for a compliance officer any; the rest is not found.

        What an officer reads of others is recorded.
        """
        rows = selectors.ownership_organisations(actor=self.actor)
        found: Organisation = parent_get(rows=rows, value=self.kwargs["id"])
        if found.pk != self.actor.organisation_id:
            self.disclosed.append(Disclosed(Organisation._meta.label_lower, found.pk, found.pk, int(Tier.T5)))
        return found

    def own(self) -> Organisation:
        """The organisation in the path, if it is one's own."""
        found = self.organisation()
        if found.pk != self.actor.organisation_id:
            raise NotFound
        return found


class Statements(ListMixin, OfReadable, ApiViewSet):
    """Statements of who owns and controls an organisation."""

    queryset = OwnershipStatement.objects.all()
    serializer_class = serializers.StatementOut
    filterset_class = serializers.StatementFilter
    lookup_url_kwarg = "statement"
    ordering_fields = {"id": "id"}
    ordering = "id"
    inputs = {
        "create": serializers.StatementsIn,
        "correct": serializers.StatementEdit,
        "end": serializers.EndIn,
        "group": serializers.GroupRoleIn,
    }
    outputs = {"create": serializers.StatedOut, "group": serializers.GroupRoleOut}
    success = {"correct": 201, "end": 201}
    permissions = {
        "list": P.OWNERSHIP_READ,
        "create": P.OWNERSHIP_STATE,
        "correct": P.OWNERSHIP_STATE,
        "end": P.OWNERSHIP_STATE,
        "group": P.OWNERSHIP_STATE,
    }
    problems = {
        "create": (ownership.OwnershipNotAcceptable, ownership.TooManyStatements),
        "correct": (ownership.OwnershipNotAcceptable, ownership.StatementNotStanding),
        "end": (ownership.OwnershipNotAcceptable, ownership.StatementNotStanding),
        "group": (ownership.OwnershipNotAcceptable,),
    }

    def visible(self) -> QuerySet[OwnershipStatement]:
        organisation = self.organisation() if self.action == "list" else self.own()
        return selectors.statements_of(organisation_id=organisation.pk)

    def create(self, _request: Request, **_path: str) -> Response:
        """State who owns or controls one's own organisation, or an entity above it: one or many statements at once."""
        values = self.validated()
        organisation = self.own()
        made = ownership.ownership_state(
            actor=self.actor,
            organisation_id=organisation.pk,
            parties=[PartyStated(**item) for item in values.get("parties", ())],
            statements=[InterestStated(**item) for item in values["statements"]],
        )
        rows = selectors.statements_of(organisation_id=organisation.pk)
        stated = rows.filter(pk__in=[row.pk for row in made]).order_by("pk")
        return Response(serializers.StatedOut({"statements": stated}).data, status=201)

    def correct(self, _request: Request, **_path: str) -> Response:
        """Replace a statement by a corrected one; what is left out stays as it was."""
        found, changes = self.get_object(), self.validated(partial=True)
        return self.answer(ownership.ownership_correct(actor=self.actor, statement=found, **changes))

    def end(self, _request: Request, **_path: str) -> Response:
        """State that an interest ended, or withdraw a statement that was never true."""
        found, on = self.get_object(), self.validated()["on"]
        return self.answer(ownership.ownership_end(actor=self.actor, statement=found, on=on))

    def group(self, _request: Request, **_path: str) -> Response:
        """Declare the top company, the owner of the IP or the operating company of one's own group."""
        values = self.validated()
        ownership.group_role_declare(
            actor=self.actor, organisation_id=self.own().pk, role=values["role"], party_id=values["party"]
        )
        return Response(serializers.GroupRoleOut({"role": values["role"], "party_id": values["party"]}).data)


class Figures(OfReadable, ApiViewSet):
    """What the statements of ownership come to."""

    serializer_class = serializers.FiguresOut
    parameters = {"retrieve": FIGURE_PARAMETERS}
    permissions = {"retrieve": P.OWNERSHIP_READ}

    def retrieve(self, request: Request, **_path: str) -> Response:
        """Beneficial owners, control, countries, open branches and group as of a day, with the thresholds in force.

        Of others' statements an organisation sees none, not even those of its own owners: their owners are an open
        branch to it.
        """
        day = _day(request.query_params.get("as_of"))
        name = request.query_params.get("perimeter")
        if name is not None and name not in PERIMETERS:
            raise query_problem("perimeter", ", ".join(sorted(PERIMETERS)))
        organisation = self.organisation()
        is_own = organisation.pk == self.actor.organisation_id
        figures = selectors.ownership_figures(
            organisation_id=organisation.pk,
            day=day,
            viewer_id=organisation.pk if is_own else None,
            perimeter=None if name is None else editions().table_at(day).perimeter(name),
        )
        return self.answer(figures)


class Bods(OfReadable, ApiViewSet):
    """Ownership as BODS 0.4."""

    inputs = {"create": serializers.BodsIn}
    outputs = {"create": serializers.BodsImportOut, "list": None}
    permissions = {"list": P.OWNERSHIP_READ, "create": P.OWNERSHIP_STATE}
    problems = {"create": (ownership.OwnershipNotAcceptable, ownership.TooManyStatements)}
    list_actions = frozenset()
    body_limit = BODS_LIMIT

    def list(self, _request: Request, **_path: str) -> Response:
        """What stands of the ownership of an organisation, as a BODS 0.4 array."""
        return Response(bods.ownership_export_bods(organisation_id=self.organisation().pk))

    def create(self, _request: Request, **_path: str) -> Response:
        """State what a BODS 0.4 array says of one's own organisation; nothing is taken in when a statement is wrong."""
        values = self.validated()
        done = bods.ownership_import_bods(
            actor=self.actor, organisation_id=self.own().pk, bods=values["bods"], is_trial=values["dry_run"]
        )
        return self.answer(done, status=200 if done.is_trial else 201)


def _day(text: Any) -> dt.date:
    """The day that a parameter names, today for none. Raises QueryInvalid."""
    if text is None:
        return utc_today()
    try:
        if len(text) == 10:
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise query_problem("as_of", "A date as YYYY-MM-DD.")
