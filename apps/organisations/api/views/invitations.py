"""Invitations of one's own organisation, and accepting one."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import services
from apps.organisations.api.serializers import invitations as serializers
from apps.organisations.api.views.members import OfOwnOrganisation
from apps.organisations.models import Invitation
from apps.permissions import SECOND_FACTOR_ROLES, Kind, Role
from apps.permissions import Permission as P
from kernel.api.permissions import SIGNED_IN, is_fresh
from kernel.api.problems import StepUpRequired
from kernel.api.views import ApiViewSet, ListMixin

STEP_UP_ROLES = SECOND_FACTOR_ROLES | {Role.OWNER, Role.COMPLIANCE}
"""Roles that nobody gives away on the strength of a session alone; an operator so gives none."""


class Invitations(ListMixin, OfOwnOrganisation, ApiViewSet):
    """Invitations of one's own organisation."""

    queryset = Invitation.objects.all()
    serializer_class = serializers.InvitationOut
    lookup_url_kwarg = "invitation"
    ordering_fields = {"id": "id", "expires_at": "expires_at"}
    ordering = "-id"
    inputs = {"create": serializers.InvitationIn, "revoke": None}
    permissions = {"list": P.INVITATION_READ, "create": P.INVITATION_CREATE, "revoke": P.INVITATION_REVOKE}
    rate_scopes = {"create": "invitation"}
    problems = {
        "create": (
            services.MembersNeedPerson,
            services.InvitationNotAcceptable,
            services.MembershipNotAcceptable,
            services.AlreadyMember,
            services.TooManyInvitations,
        ),
        "revoke": (services.MembersNeedPerson, services.InvitationAccepted),
    }

    def visible(self) -> QuerySet[Invitation]:
        return super().visible().filter(Q(organisation_id=self.organisation().pk))

    def create(self, _request: Request, **_path: str) -> Response:
        """Invite somebody by e-mail to join with these roles.

        The mail goes out shortly after; `mailed_at` says when, and a mail server that is away is asked again for as
        long as the invitation is open. Inviting the same address again ends the earlier invitation and mails a new
        token. An invitation lasts seven days. To invite an owner, signatory, officer or compliance
        officer, and anybody to an operator, you need a second factor shown within the last five minutes.
        """
        values = self.validated()
        is_strong = self.actor.kind == Kind.OPERATOR or not STEP_UP_ROLES.isdisjoint(values["roles"])
        if is_strong and not is_fresh(self.actor):
            raise StepUpRequired
        return self.answer(services.invitation_create(actor=self.actor, organisation=self.organisation(), **values))

    def revoke(self, _request: Request, **_path: str) -> Response:
        """Revoke an invitation, at once."""
        return self.answer(services.invitation_revoke(actor=self.actor, invitation=self.get_object()))


class Acceptances(ApiViewSet):
    """Accepting an invitation."""

    inputs = {"accept": serializers.AcceptanceIn}
    outputs = {"accept": serializers.AcceptanceOut}
    permissions = {"accept": SIGNED_IN}
    problems = {"accept": (services.AcceptingNeedsPerson, services.InvitationNotUsable)}

    def accept(self, _request: Request) -> Response:
        """Accept an invitation with the token from its mail.

        You join with its roles; a member gets them in addition. The invited address must be a confirmed one of your
        account. Whatever is wrong with a token, the answer is the same.
        """
        return self.answer(services.invitation_accept(actor=self.actor, token=self.validated()["token"]))
