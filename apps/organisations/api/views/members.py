"""Members of one's own organisation."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import selectors, services
from apps.organisations.api.serializers import members as serializers
from apps.organisations.models import Membership, Organisation
from apps.organisations.parents import parent_get
from apps.permissions import Permission as P
from kernel.api.permissions import SIGNED_IN
from kernel.api.views import ApiView, ApiViewSet, ListMixin, RetrieveMixin
from kernel.versions import ChangedMeanwhile


class OfOwnOrganisation(ApiView):
    """What hangs on one's own organisation in the path."""

    def organisation(self) -> Organisation:
        """The organisation in the path; another's is not found."""
        own = Organisation.objects.filter(Q(pk=self.actor.organisation_id))
        return parent_get(rows=own, value=self.kwargs["id"])


class Members(ListMixin, RetrieveMixin, OfOwnOrganisation, ApiViewSet):
    """Members of one's own organisation."""

    queryset = Membership.objects.all()
    serializer_class = serializers.MemberOut
    lookup_url_kwarg = "member"
    ordering_fields = {"id": "id"}
    ordering = "id"
    inputs = {"partial_update": serializers.MemberEdit, "destroy": None}
    outputs = {"destroy": None}
    permissions = {
        "list": P.MEMBER_READ,
        "retrieve": P.MEMBER_READ,
        "partial_update": P.MEMBER_UPDATE,
        "destroy": P.MEMBER_REMOVE,
    }
    step_up = {"partial_update", "destroy"}
    problems = {
        "partial_update": (
            services.MembersNeedPerson,
            services.MembershipNotAcceptable,
            services.LastOwner,
            ChangedMeanwhile,
        ),
        "destroy": (services.MembersNeedPerson, services.LastOwner),
    }

    def visible(self) -> QuerySet[Membership]:
        return selectors.member_list(actor=self.actor, organisation_id=self.organisation().pk)

    def member(self) -> Membership:
        """The member in the path, after the organisation was locked: the order in which services lock, too."""
        services.organisation_lock(organisation_id=self.organisation().pk)
        membership: Membership = self.get_object()
        return membership

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change a member's roles, in force from their next request.

        The last owner stays an owner.
        """
        membership = self.member()
        roles = self.validated().get("roles", membership.roles)
        return self.answer(services.membership_change(actor=self.actor, membership=membership, roles=roles))

    def destroy(self, _request: Request, **_path: str) -> Response:
        """Remove a member, in force from their next request.

        The keys and open invitations they made for the organisation end, too. The last owner cannot be removed.
        """
        services.membership_remove(actor=self.actor, membership=self.member())
        return self.answer()


class Leaving(ApiViewSet):
    """Leaving an organisation."""

    inputs = {"leave": None}
    outputs = {"leave": None}
    permissions = {"leave": SIGNED_IN}
    problems = {"leave": (services.LeavingNeedsPerson, services.LastOwner)}

    def leave(self, _request: Request, **_path: str) -> Response:
        """Leave an organisation.

        The keys and open invitations you made for it end, too. The last owner cannot leave.
        """
        if self.actor.api_key_id is not None:  # before any look-up: a key learns nothing of its maker's memberships
            raise services.LeavingNeedsPerson
        own = Organisation.objects.filter(Q(memberships__user_id=self.actor.user_id))
        organisation = parent_get(rows=own, value=self.kwargs["id"])
        services.membership_leave(actor=self.actor, organisation_id=organisation.pk)
        return self.answer()
