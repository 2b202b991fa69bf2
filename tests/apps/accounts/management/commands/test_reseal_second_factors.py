"""Changing SECRET_KEY without losing second factors."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import call_command

from tests.apps.accounts.devices import App, person, totp, with_totp

pytestmark = pytest.mark.django_db


class TestReseal:
    def test_lets_the_old_key_go(self, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
        user = person()
        secret = with_totp(user)
        codes = RecoveryCodes.activate(user).generate_codes()
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "newer"

        call_command("reseal_second_factors")
        settings.SECRET_KEY_FALLBACKS = []

        app = App()
        app.sign_in(user)
        assert app.post("auth/2fa/authenticate", {"code": totp(secret)}).status_code == 200
        assert Authenticator.objects.get(type="recovery_codes").wrap().generate_codes() == codes
        assert capsys.readouterr().out == "2 second factors sealed anew\n"
