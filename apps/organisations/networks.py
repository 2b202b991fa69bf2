"""Networks from which a key may be used, in CIDR notation."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

MAPPED_BITS = 96
"""Length of the prefix under which IPv6 carries IPv4 addresses (RFC 4291 section 2.5.5.2)."""


def network_clean(*, value: str) -> str | None:
    """An IPv4 or IPv6 network as it is kept, an address as the network of one; None for any other text.

    Bits set behind the prefix are refused: they leave open which network is meant. IPv4 written as IPv6 becomes IPv4.
    """
    try:
        network = ip_network(value.strip())
    except ValueError:
        return None
    if isinstance(network, IPv6Network):
        if network.network_address.scope_id is not None:
            return None
        carried = network.network_address.ipv4_mapped
        if carried is not None and network.prefixlen >= MAPPED_BITS:
            return str(IPv4Network((carried, network.prefixlen - MAPPED_BITS)))
    return str(network)


def is_within(*, address: str, networks: Iterable[str]) -> bool:
    """Whether the caller's address lies in one of the networks; a text that is no address lies in none."""
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    if isinstance(caller, IPv6Address) and caller.ipv4_mapped is not None:
        caller = caller.ipv4_mapped
    return any(caller in ip_network(network) for network in networks)
