"""Mail addresses at rest."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from apps.startups.mailboxes import address_clean, address_digests, address_masked, address_seal, address_unseal

ADDRESS = "olena@example.org"


class TestAddressClean:
    def test_is_in_lower_case(self) -> None:
        assert address_clean(text=" Olena@Example.ORG ") == ADDRESS

    @pytest.mark.parametrize("text", ["", "olena", "olena@", f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.org"])
    def test_is_nothing_for_what_is_no_address(self, text: str) -> None:
        assert address_clean(text=text) is None


class TestAddressSeal:
    def test_is_opened_again_and_never_the_same_twice(self) -> None:
        one, other = address_seal(address=ADDRESS), address_seal(address=ADDRESS)

        assert one != other
        assert "olena" not in one
        assert {address_unseal(sealed=one), address_unseal(sealed=other)} == {ADDRESS}

    def test_survives_a_change_of_the_secret(self, settings: Any) -> None:
        sealed = address_seal(address=ADDRESS)

        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "b" * 60

        assert address_unseal(sealed=sealed) == ADDRESS

    def test_is_shut_under_another_secret(self, settings: Any) -> None:
        sealed = address_seal(address=ADDRESS)

        settings.SECRET_KEY = "b" * 60

        with pytest.raises(ImproperlyConfigured):
            address_unseal(sealed=sealed)


class TestAddressDigests:
    def test_knows_an_address_again_after_a_change_of_the_secret(self, settings: Any) -> None:
        before = address_digests(address=ADDRESS)

        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "b" * 60

        after = address_digests(address=ADDRESS)
        assert after[0] != before[0]
        assert before[0] in after


class TestAddressMasked:
    def test_shows_a_letter_and_the_domain(self) -> None:
        assert address_masked(sealed=address_seal(address=ADDRESS)) == "o•••@example.org"
