"""Addresses of visitors: normalised, compared."""

from __future__ import annotations

import ipaddress


def normalised(address: str) -> str:
    """Return ``address`` in its one spelling, IPv4-mapped IPv6 unwrapped.

    Raises:
        ValueError: it is not an address.
    """
    parsed = ipaddress.ip_address(address)
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def same_place(ours: str, theirs: str | None) -> bool | None:
    """Tell whether two views of a visitor's address speak of the same place; None when they cannot be compared.

    A household or phone shares its IPv6 /64. One address of each family, as dual-stack networks give, proves nothing.
    """
    try:
        mine, other = (ipaddress.ip_address(normalised(address)) for address in (ours, theirs or ""))
    except ValueError:
        return None
    if mine.version != other.version:
        return None
    prefix = 32 if mine.version == 4 else 64
    return other in ipaddress.ip_network(f"{mine}/{prefix}", strict=False)
