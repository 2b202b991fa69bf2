"""Networks from which a key may be used."""

import pytest

from apps.organisations.networks import is_within, network_clean


class TestNetworkClean:
    @pytest.mark.parametrize(
        ("value", "kept"),
        [
            ("192.0.2.0/24", "192.0.2.0/24"),
            (" 192.0.2.7 ", "192.0.2.7/32"),
            ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:DB8:0:0::/32", "2001:db8::/32"),
            ("::1", "::1/128"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("::/0", "::/0"),
        ],
    )
    def test_keeps_one_form(self, value: str, kept: str) -> None:
        assert network_clean(value=value) == kept

    @pytest.mark.parametrize(
        "value",
        [
            *("", "x", "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2", "192.0.2.0/24/24", "300.0.2.0/24"),
            *("2001:db8::1/32", "2001:db8::/129", "fe80::1%eth0", "fe80::%1/64", "example.org", "3232235521"),
            *("192.0.2.0/24, 198.51.100.0/24", "１９２.0.2.0/24", "010.0.0.1"),
        ],
    )
    def test_refuses_what_is_no_network(self, value: str) -> None:
        assert network_clean(value=value) is None


class TestIsWithin:
    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("192.0.2.255", True),
            ("192.0.3.0", False),
            ("::ffff:192.0.2.7", True),
            ("2001:db8:ffff::1", True),
            ("2001:db9::1", False),
            ("", False),
            ("unknown", False),
            ("192.0.2.7:443", False),
        ],
    )
    def test_compares_addresses(self, address: str, expected: bool) -> None:
        assert is_within(address=address, networks=["192.0.2.0/24", "2001:db8::/32"]) is expected

    def test_everything_of_one_version_is_nothing_of_the_other(self) -> None:
        assert is_within(address="192.0.2.7", networks=["0.0.0.0/0"])
        assert not is_within(address="2001:db8::1", networks=["0.0.0.0/0"])
        assert not is_within(address="192.0.2.7", networks=["::/0"])

    def test_is_within_none(self) -> None:
        assert not is_within(address="192.0.2.7", networks=[])
