"""Secrets at rest."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from apps.accounts.sealing import seal, unseal


class TestSeal:
    def test_is_undone_and_never_the_same(self) -> None:
        first, second = seal(text="таємниця"), seal(text="таємниця")

        assert unseal(sealed=first) == unseal(sealed=second) == "таємниця"
        assert first != second

    def test_survives_a_change_of_keys(self, settings: Any) -> None:
        sealed = seal(text="secret")

        settings.SECRET_KEY_FALLBACKS = ["older", settings.SECRET_KEY]
        settings.SECRET_KEY = "newer"

        assert unseal(sealed=sealed) == "secret"
        assert unseal(sealed=seal(text="secret")) == "secret"

    def test_is_lost_with_the_key(self, settings: Any) -> None:
        sealed = seal(text="secret")
        settings.SECRET_KEY = "newer"

        with pytest.raises(ImproperlyConfigured):
            unseal(sealed=sealed)

    def test_opens_for_its_purpose_only(self) -> None:
        sealed = seal(text="secret", purpose=b"one")

        assert unseal(sealed=sealed, purpose=b"one") == "secret"
        for other in ({}, {"purpose": b"two"}):
            with pytest.raises(ImproperlyConfigured):
                unseal(sealed=sealed, **other)  # type: ignore[arg-type]

    @pytest.mark.parametrize("place", [0, 5, 14, -5])
    def test_shows_every_change(self, place: int) -> None:
        sealed = list(seal(text="secret"))
        sealed[place] = "A" if sealed[place] != "A" else "B"

        with pytest.raises(ImproperlyConfigured):
            unseal(sealed="".join(sealed))

    @pytest.mark.parametrize("text", ["", "plain", "ключ", "AAAA"])
    def test_takes_nothing_that_was_not_sealed(self, text: str) -> None:
        with pytest.raises(ImproperlyConfigured):
            unseal(sealed=text)
