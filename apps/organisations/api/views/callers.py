"""Who am I, and what is kept about me."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import services as accounts
from apps.accounts.sessions import proved_at, session_of
from apps.organisations import selectors
from apps.organisations.api.serializers import callers as serializers
from apps.organisations.personal_data import SoleOwner
from kernel.api.etags import check_match
from kernel.api.permissions import SIGNED_IN, STEP_UP_LASTS, is_fresh
from kernel.api.problems import ApiProblem, StepUpRequired
from kernel.api.views import ApiView
from kernel.clock import utc_now


class ReauthenticationRequired(ApiProblem):
    """The caller has no second factor and showed the password too long ago."""

    status_code = 403
    default_code = "reauthentication_required"
    default_detail = _("Confirm with your password and repeat the request within five minutes.")


class Me(ApiView):
    """The caller: person or key, organisation, roles, permissions."""

    serializer_class = serializers.MeOut
    inputs = {"patch": serializers.MeEdit}
    permissions = {"get": SIGNED_IN, "patch": SIGNED_IN}
    problems = {"patch": (accounts.PersonNeeded,)}

    def get(self, _request: Request) -> Response:
        """Show the caller."""
        return self.answer(selectors.caller_get(actor=self.actor))

    def patch(self, _request: Request) -> Response:
        """Change one's own name or language."""
        present = self.representation(selectors.caller_get(actor=self.actor))
        check_match(self.request.headers.get("If-Match"), whole=present, is_required=False)
        accounts.user_update(actor=self.actor, **self.validated())
        return self.answer(selectors.caller_get(actor=self.actor))


class OwnData(ApiView):
    """What is kept about a person; only who has just shown a second factor, without one the password, may ask."""

    def prove(self) -> None:
        """Raises PersonNeeded, StepUpRequired or ReauthenticationRequired."""
        actor = self.actor
        if actor.api_key_id is not None or actor.user_id is None:
            raise accounts.PersonNeeded
        if is_fresh(actor):
            return
        user: Any = self.request.user
        if accounts.has_second_factor(user=user):
            raise StepUpRequired
        proved = proved_at(session=session_of(self.request), user=user)
        if proved is None or utc_now() - proved > STEP_UP_LASTS:
            raise ReauthenticationRequired


class PersonalData(OwnData):
    """The export of all data about a person."""

    serializer_class = serializers.PersonalDataOut
    permissions = {"get": SIGNED_IN}
    problems = {"get": (accounts.PersonNeeded,)}

    def get(self, _request: Request) -> Response:
        """Export all that is kept about oneself.

        Needs a second factor shown within five minutes; who has none needs the password shown within five minutes.
        """
        self.prove()
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="personal-data.json"'}
        return self.answer(accounts.user_export(actor=self.actor), headers=headers)


class Erasure(OwnData):
    """The end of an account."""

    inputs = {"post": serializers.EraseIn}
    outputs = {"post": None}
    permissions = {"post": SIGNED_IN}
    problems = {"post": (accounts.PersonNeeded, accounts.ErasureNotConfirmed, SoleOwner)}

    def post(self, _request: Request) -> Response:
        """Erase oneself: the account ends and its personal values are scrubbed, for good.

        Memberships, keys and open invitations end with it; the trail keeps ids. An organisation keeps an owner. Needs a
        second factor shown within five minutes; who has none needs the password shown within five minutes.
        """
        self.prove()
        accounts.user_erase(actor=self.actor, **self.validated())
        return self.answer()
