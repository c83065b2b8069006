"""How much one browser or address may send: token buckets in this process (docs/adr/0032)."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request

MINUTE_S = 60.0
FORGET_FULL_EVERY = 1_000
"""Buckets made between two looks for full ones, which say nothing and are forgotten."""

NOBODY = "0.0.0.0"  # noqa: S104 - no address that anything is bound to
"""Stands for an address that the server did not tell (a socket file, a test)."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Buckets:
    """One bucket a key; it holds ``capacity`` tokens and refills evenly in a minute.

    Args:
        capacity: what a key may take at once.
        monotonic: seconds that only grow.
    """

    def __init__(self, capacity: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._capacity, self._monotonic = float(capacity), monotonic
        self._buckets: dict[object, _Bucket] = {}
        self._made = 0

    def take(self, key: object) -> float | None:
        """Take a token of ``key``: None when there was one, else the seconds until there is."""
        now = self._monotonic()
        bucket = self._buckets.get(key) or self._new(key, now)
        bucket.tokens = min(self._capacity, bucket.tokens + (now - bucket.filled_at) * self._capacity / MINUTE_S)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) * MINUTE_S / self._capacity
        bucket.tokens -= 1
        return None

    def __len__(self) -> int:
        return len(self._buckets)

    def _new(self, key: object, now: float) -> _Bucket:
        self._made += 1
        if self._made % FORGET_FULL_EVERY == 0:
            self._buckets = {key: kept for key, kept in self._buckets.items() if now - kept.filled_at < MINUTE_S}
        return self._buckets.setdefault(key, _Bucket(self._capacity, now))


class Occupancy:
    """How many of something each key has open at once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: dict[object, int] = defaultdict(int)

    def is_full(self, key: object) -> bool:
        """Tell whether ``key`` may open no more."""
        return self._open.get(key, 0) >= self._limit

    @contextmanager
    def one_more(self, key: object) -> Iterator[None]:
        """Count one of ``key`` as open while the block runs."""
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


class Addresses:
    """Whose request it is.

    Args:
        trusted_proxies: addresses or networks whose ``X-Forwarded-For`` is believed; nobody else's is.
    """

    def __init__(self, trusted_proxies: tuple[str, ...]) -> None:
        self._trusted = [ip_network(proxy, strict=False) for proxy in trusted_proxies]

    def of(self, request: Request) -> str:
        """Return the visitor's address: the last one that a proxy of ours did not add itself."""
        hops = [request.client.host if request.client else NOBODY]
        for header in request.headers.getlist("x-forwarded-for"):
            hops[:0] = [hop.strip() for hop in header.split(",")]
        for hop in reversed(hops):
            address = _parsed(hop)
            if address is None:
                break
            if not self._is_trusted(address):
                return address
        return _parsed(hops[-1]) or NOBODY

    def _is_trusted(self, address: str) -> bool:
        return any(ip_address(address) in network for network in self._trusted)


def neighbourhood(address: str) -> str:
    """Return what counts as one address: an IPv6 subscriber has a whole /64."""
    parsed = ip_address(address)
    return str(ip_network(f"{address}/64", strict=False)) if isinstance(parsed, IPv6Address) else address


def _parsed(text: str) -> str | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
