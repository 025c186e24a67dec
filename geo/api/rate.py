"""How often one address may ask: a bucket of requests for each, in memory only, given up once it is full again."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: Addresses that are remembered at most; beyond, the one that has asked least recently is given up.
_MOST_ADDRESSES: Final = 10_000
#: One network of IPv6 is one visitor.
_VISITOR_BITS: Final = 64


class RateLimiter:
    """So many requests a minute for each address, all of them at once if need be.

    Nothing of it is written anywhere. Not safe between threads: one event loop asks.

    Parameters
    ----------
    per_minute
        Requests, at least 1.
    clock
        Seconds that never go back.

    Examples
    --------
    >>> now = 0.0
    >>> limiter = RateLimiter(2, clock=lambda: now)
    >>> [limiter.wait_s("192.0.2.1") for _ in range(3)]
    [0, 0, 30]
    """

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with no address."""
        self._most = float(per_minute)
        self._a_second = per_minute / 60
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._left)

    def wait_s(self, address: str) -> int:
        """Count one request; return 0 where it may be answered, else after how many whole seconds the next may."""
        now = self._clock()
        self._forget(now)
        key = visitor(address)
        left, at = self._left.pop(key, (self._most, now))
        left = min(self._most, left + (now - at) * self._a_second)
        answered = left >= 1
        self._left[key] = (left - 1 if answered else left, now)
        return 0 if answered else math.ceil((1 - left) / self._a_second)

    def _forget(self, now: float) -> None:
        """Give up the addresses whose bucket is full again (a minute is always enough), and those too many."""
        while self._left:
            key, (_, at) = next(iter(self._left.items()))
            if now - at < 60 and len(self._left) < _MOST_ADDRESSES:  # noqa: PLR2004 - a minute
                return
            del self._left[key]


def visitor(address: str) -> str:
    """Return what an address is counted as: itself in IPv4, its network of 64 bits in IPv6; empty: no address.

    Examples
    --------
    >>> visitor("2001:db8::1") == visitor("2001:db8::2")
    True
    """
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found) >> (128 - _VISITOR_BITS) << (128 - _VISITOR_BITS), _VISITOR_BITS)))
