"""allauth's views where they tell whether an account exists, or break on what they are sent."""

from __future__ import annotations

import json
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal import flows
from allauth.headless.account import views as account
from allauth.headless.account.inputs import ResetPasswordKeyInput
from allauth.headless.base.response import AuthenticationResponse, ConflictResponse, ForbiddenResponse
from allauth.headless.internal.restkit.inputs import CharField
from allauth.headless.internal.restkit.response import ErrorResponse
from allauth.headless.mfa import inputs as mfa_inputs
from allauth.headless.mfa import views as mfa
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.http import HttpRequest
from fido2.webauthn import RegistrationResponse

from apps.accounts.models import User

LONGEST_CREDENTIAL = 16 * 1024
"""Characters of JSON; what browsers make has one or two thousand."""
MOST_PASSKEYS = 20
UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    struct.error,
)
"""What reading a made-up credential raises, besides refusing it."""


class Signup(account.SignupView):  # type: ignore[misc]
    """A new account; a limit that is hit is told in the same way whether or not there is an account."""

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> Any:
        if request.user.is_authenticated:
            return ConflictResponse(request)
        if not get_account_adapter().is_open_for_signup(request):
            return ForbiddenResponse(request)
        user, response = self.input.try_save(request)
        if response is None:
            response = flows.signup.complete_signup(request, user=user)
        return AuthenticationResponse.from_response(request, response)


class ResetPassword(account.ResetPasswordView):  # type: ignore[misc]
    """A new password by a mailed code. Without an account the code is never right and all else is as with one."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.process.user is None:
            key = ResetPasswordKeyInput(
                {"key": request.headers.get("X-Password-Reset-Key", "")}, code=secrets.token_hex()
            )
            key.is_valid()
            self.process.record_invalid_attempt()
            return ErrorResponse(request, input=key)
        return super().get(request, *args, **kwargs)

    def get_input_kwargs(self) -> dict[str, Any]:
        if self.process.user is None:
            return {"code": secrets.token_hex(), "user": User(email=self.process.state["email"])}
        return super().get_input_kwargs()  # type: ignore[no-any-return]


@contextmanager
def _refusing_unreadable() -> Iterator[None]:
    try:
        yield
    except UNREADABLE:
        raise get_mfa_adapter().validation_error("incorrect_code") from None


def _size_check(credential: Any) -> None:
    if not isinstance(credential, dict) or len(json.dumps(credential)) > LONGEST_CREDENTIAL:
        raise get_mfa_adapter().validation_error("incorrect_code")


def _key_check(credential: dict[str, Any]) -> None:
    """Raises one of UNREADABLE for a key that can never verify anything, as one that was cut off."""
    data: Any = RegistrationResponse.from_dict(credential).response.attestation_object.auth_data.credential_data
    with suppress(InvalidSignature):
        data.public_key.verify(b"", b"")


class AddPasskeyInput(mfa_inputs.AddWebAuthnInput):  # type: ignore[misc]
    name = CharField(required=False, max_length=100)

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        _size_check(credential)
        if Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN).count() >= MOST_PASSKEYS:
            raise get_mfa_adapter().validation_error("incorrect_code")
        return credential

    def clean(self) -> Any:
        with _refusing_unreadable():
            cleaned = super().clean()
            if cleaned.get("credential"):
                _key_check(cleaned["credential"])
        return cleaned


class _ReadableCredential:
    """Refuses a credential that is not one, instead of breaking on it."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Any:
        _size_check(self.cleaned_data["credential"])
        with _refusing_unreadable():
            return super().clean_credential()  # type: ignore[misc]


class AuthenticatePasskeyInput(_ReadableCredential, mfa_inputs.AuthenticateWebAuthnInput):  # type: ignore[misc]
    pass


class ReauthenticatePasskeyInput(_ReadableCredential, mfa_inputs.ReauthenticateWebAuthnInput):  # type: ignore[misc]
    pass


class LoginPasskeyInput(_ReadableCredential, mfa_inputs.LoginWebAuthnInput):  # type: ignore[misc]
    pass


class ManagePasskeys(mfa.ManageWebAuthnView):  # type: ignore[misc]
    input_class = mfa.ManageWebAuthnView.input_class | {"POST": AddPasskeyInput}


class AuthenticatePasskey(mfa.AuthenticateWebAuthnView):  # type: ignore[misc]
    input_class = {"POST": AuthenticatePasskeyInput}


class ReauthenticatePasskey(mfa.ReauthenticateWebAuthnView):  # type: ignore[misc]
    input_class = {"POST": ReauthenticatePasskeyInput}


class LoginPasskey(mfa.LoginWebAuthnView):  # type: ignore[misc]
    input_class = {"POST": LoginPasskeyInput}
