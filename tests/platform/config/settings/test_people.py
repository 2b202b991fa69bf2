"""People behind proxies: sign-ins count the addresses that our own proxies name."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.test import RequestFactory

import config.settings

FOLDER = Path(config.settings.__file__).parent


class TestProxies:
    @pytest.mark.parametrize(("stated", "proxies"), [("2", 2), ("", 0)])
    def test_are_as_many_for_sign_ins_as_for_the_interface(
        self, monkeypatch: pytest.MonkeyPatch, stated: str, proxies: int
    ) -> None:
        monkeypatch.setenv("NUM_PROXIES", stated)

        people, rest = (runpy.run_path(str(FOLDER / name)) for name in ("people.py", "rest.py"))

        assert people["ALLAUTH_TRUSTED_PROXY_COUNT"] == rest["REST_FRAMEWORK"]["NUM_PROXIES"] == proxies

    @pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "198.51.100.9"), (2, "203.0.113.1")])
    def test_name_the_caller_of_a_sign_in(self, settings: Any, proxies: int, address: str) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
        request = RequestFactory().post("/", headers={"x-forwarded-for": "203.0.113.1, 198.51.100.9"})

        assert get_adapter().get_client_ip(request) == address
