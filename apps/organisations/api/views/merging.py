"""Merging organisations."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import selectors, services
from apps.organisations.api.serializers import merging as serializers
from apps.organisations.api.serializers.organisations import OrganisationOut
from apps.organisations.models import Organisation
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet


class Merges(ApiViewSet):
    """Merging two entries of one legal entity."""

    queryset = Organisation.objects.all()
    serializer_class = OrganisationOut
    inputs = {"merge": serializers.MergeIn}
    outputs = {"merge": serializers.MergeOut}
    permissions = {"merge": P.ORGANISATION_MERGE}
    step_up = {"merge"}
    problems = {
        "merge": (
            services.MergeNotYours,
            services.MergeNotAcceptable,
            services.AlreadyMerged,
            services.IntoUnverified,
            services.GoneDark,
        )
    }

    def visible(self) -> QuerySet[Organisation]:
        return selectors.organisation_list(actor=self.actor)

    def merge(self, _request: Request, **_path: str) -> Response:
        """Merge an organisation into another of its kind.

        Members, numbers, grants and records go along; keys and open invitations end. The members of one that is not
        verified do not join a verified one that has an owner: it invites whom it wants. `dry_run` counts and changes
        nothing.
        """
        organisation = self.get_object()
        return self.answer(services.organisation_merge(actor=self.actor, organisation=organisation, **self.validated()))
