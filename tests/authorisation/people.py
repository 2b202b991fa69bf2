"""People who signed in with a browser, for tests that go through the real authentication."""

from __future__ import annotations

from types import SimpleNamespace

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.organisations.models import Organisation
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory


def session_of(user: User, *, factor_age: float | None = 0) -> APIClient:
    """A browser in which the person has signed in, its second factor shown `factor_age` seconds ago, None for never."""
    client = APIClient(raise_request_exception=False)
    client.force_login(user)
    session = client.session
    request = SimpleNamespace(session=session, user=user)
    record_authentication(request, user, method="password", email=user.email)
    if factor_age is not None:
        factor = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
        factor = factor or TOTP.activate(user, generate_totp_secret()).instance
        record_authentication(request, user, method="mfa", type=factor.type, id=factor.pk)
        session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["at"] -= factor_age
    session.save()
    return client


def signed_in(organisation: Organisation, *roles: str, factor_age: float | None = 0) -> APIClient:
    """A browser in which a new member of the organisation with these roles has signed in."""
    user = UserFactory()
    MembershipFactory(organisation=organisation, user=user, roles=list(roles))
    return session_of(user, factor_age=factor_age)
