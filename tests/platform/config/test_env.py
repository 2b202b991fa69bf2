"""The environment: keys in order, and a refusal that names the variable and no value."""

from __future__ import annotations

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

ONE, TWO = bytes(32), bytes(range(32))


def word(name: str, key: bytes) -> str:
    return f"{name}:{base64.b64encode(key).decode()}"


class TestKeys:
    def test_are_read_in_their_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KEYS", f"{word('z-2', TWO)}, {word('a-1', ONE)}")

        assert list(env.keys("KEYS").items()) == [("z-2", TWO), ("a-1", ONE)]

    def test_may_be_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("KEYS", raising=False)

        assert env.keys("KEYS") == {}
        assert env.keys("KEYS", word("a", ONE)) == {"a": ONE}

    @pytest.mark.parametrize(
        "value",
        [
            *("nonsense", "a:", "a:c2hvcnQ=", word("A", ONE), word("", ONE), word("a" * 33, ONE), word("a", ONE + ONE)),
            *(word("a", ONE) + "!", word("a", ONE) + "," + word("a", TWO), word("a b", ONE)),
        ],
    )
    def test_that_cannot_be_are_refused_without_showing_them(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("KEYS", value)

        with pytest.raises(ImproperlyConfigured, match="KEYS: entry") as raised:
            env.keys("KEYS")

        assert base64.b64encode(ONE).decode() not in str(raised.value)
        assert "c2hvcnQ=" not in str(raised.value)


class TestOrigin:
    @pytest.mark.parametrize("value", ["https://tandem.example", "http://localhost:8000", "https://[::1]:8443"])
    def test_is_scheme_and_host(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("SITE", f"{value}/")

        assert env.origin("SITE") == value
        assert env.origin("SITE_NOT_SET", value) == value

    @pytest.mark.parametrize(
        "value",
        [
            *("tandem.example", "https://", "ftp://tandem.example", "https://a:b@c.example", "https://a .example"),
            *(f"https://tandem.example{more}" for more in ("/app", "?x", "#x", ":port", "\nx")),
        ],
    )
    def test_is_nothing_else(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("SITE", value)

        with pytest.raises(ImproperlyConfigured, match="SITE must be"):
            env.origin("SITE")
