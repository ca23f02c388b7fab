"""How often an address, a name or a place may do something in a while; and whose address it is.

Each process counts for itself, in memory: what several share goes through the database
(:mod:`hub.guard.backend`).
"""

from __future__ import annotations

import ipaddress
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.http import HttpRequest

PROXIES = "HUB_PROXIES"
"""Networks of proxies whose word counts, separated by commas; this machine's always does."""

_MOST = 20_000


class Limit:
    """Counts what a key did in a window; forgets the oldest keys first."""

    def __init__(self, most: int, window_s: int) -> None:
        self._most = most
        self.window_s = window_s
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def spent(self, key: str, now_s: float | None = None) -> bool:
        """Whether the key has used up this window; counts nothing."""
        window = self._window(now_s)
        with self._lock:
            last, count = self._counts.get(key, (window, 0))
        return last == window and count >= self._most

    def over(self, key: str, now_s: float | None = None, *, count: int = 1) -> bool:
        """Count that many more; whether this is more than the window's share."""
        window = self._window(now_s)
        with self._lock:
            last, before = self._counts.pop(key, (window, 0))
            total = count + (before if last == window else 0)
            self._counts[key] = (window, total)
            while len(self._counts) > _MOST:
                self._counts.popitem(last=False)
        return total > self._most

    def _window(self, now_s: float | None) -> int:
        return int(time.monotonic() if now_s is None else now_s) // self.window_s


def address_of(request: HttpRequest) -> str:
    """Return who asks, as limits count it."""
    return address_by(request.META)


def address_by(meta: Mapping[str, Any]) -> str:
    """Return who asks by a request's environment (RFC 3875's names).

    An IPv6 customer is a /64, not each address of it.

    Behind a proxy of this machine, or of :data:`PROXIES`, the last address that it added to
    ``X-Forwarded-For`` counts; from anybody else that header is a stranger's word.
    """
    text = str(meta.get("REMOTE_ADDR", ""))
    told = str(meta.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    try:
        found = _plain(text)
        if told and (found.is_loopback or any(found in network for network in _proxies())):
            found = _plain(told)
    except ValueError:
        return text
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _plain(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Read an address; one of IPv4 that a socket for both kinds wrote as IPv6 is itself."""
    found = ipaddress.ip_address(text)
    return getattr(found, "ipv4_mapped", None) or found


@cache
def _proxies() -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    told = os.environ.get(PROXIES, "")
    return tuple(ipaddress.ip_network(one.strip()) for one in told.split(",") if one.strip())
