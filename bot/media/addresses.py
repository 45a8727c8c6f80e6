"""Which addresses belong to the public internet; pure, and the same on every Python.

`ipaddress.is_global` is not enough: it lets multicast and the tunnels to private IPv4
addresses through, and older Pythons judge some ranges wrongly (CVE-2024-4032).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_NOT_PUBLIC_IPV4: Final = tuple(
    # The IANA IPv4 special-purpose registry, multicast and the reserved rest.
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_UNICAST_IPV6: Final = IPv6Network("2000::/3")
"""The only part of IPv6 that IANA has opened for hosts."""
_NOT_PUBLIC_IPV6: Final = tuple(
    # Protocol assignments with Teredo, documentation, 6to4, AS112: all inside 2000::/3.
    IPv6Network(network)
    for network in (
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
"""Where a network without IPv4 reaches IPv4 hosts (RFC 6052)."""


def is_public(address: str) -> bool:
    """Tell whether `address`, an IP address as text, is a host on the public internet.

    IPv4 addresses inside IPv6 (mapped, NAT64) are judged by what is inside. The retired
    tunnels, 6to4 and Teredo, are refused whole: no file host lives there.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_ipv4(parsed)
    if parsed.ipv4_mapped is not None:
        return _is_public_ipv4(parsed.ipv4_mapped)
    plain = IPv6Address(int(parsed))
    if plain in _NAT64:
        return _is_public_ipv4(IPv4Address(int(plain) & 0xFFFFFFFF))
    return plain in _UNICAST_IPV6 and not any(plain in network for network in _NOT_PUBLIC_IPV6)


def _is_public_ipv4(address: IPv4Address) -> bool:
    return not any(address in network for network in _NOT_PUBLIC_IPV4)
