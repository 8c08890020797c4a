"""Who is behind an address of the network. Pure."""

from __future__ import annotations

import ipaddress

_NETWORK = 64  # bits of an IPv6 address that a household, or a server, has for itself


def client_key(address: str) -> str:
    """What stands for the one who asks: the address, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a socket file has none
        return address
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(parsed), _NETWORK), strict=False))
