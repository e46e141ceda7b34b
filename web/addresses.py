"""Whose request it is: the address of the connection, or what a trusted proxy says of it."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

Networks = Sequence[IPv4Network | IPv6Network]
NOBODY = "unknown"


def read_networks(listed: str) -> Networks:
    """The networks in a list separated by commas; raises ValueError for what is none."""
    return tuple(ip_network(one.strip(), strict=False) for one in listed.split(",") if one.strip())


def address_of(scope: Scope, trusted: Networks) -> str:
    """The address to count a request under; of IPv6 the /64 that one household has.

    `X-Forwarded-For` is read only where the connection comes from a trusted proxy, and from its
    right end: the first address there that is no trusted proxy sent the request. What stands to
    the left of it may be anything that the sender made up.
    """
    client = scope.get("client")
    found = _plain(client[0] if client else "")
    if found is None:
        return NOBODY
    said = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    hops = [part.strip() for part in said.split(",") if part.strip()]
    while hops and _is_trusted(found, trusted):
        before = _plain(hops.pop())
        if before is None:
            break
        found = before
    return _household(found)


def _plain(text: str) -> str | None:
    """One spelling of an address; an IPv4 address inside IPv6 as what it is."""
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _is_trusted(text: str, trusted: Networks) -> bool:
    address = ip_address(text)
    return any(address in network for network in trusted)


def _household(text: str) -> str:
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/64", strict=False))
    return text
