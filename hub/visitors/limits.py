"""How often one address may write here: enough for a bus behind one carrier's address."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict

from django.http import HttpRequest

TOO_QUICK_S = 2.0
"""Nobody reads and fills in a report faster; a robot is asked to send it again."""

_MOST = 20_000


class Limit:
    """Counts what an address did in a window; forgets the oldest addresses first."""

    def __init__(self, most: int, window_s: int) -> None:
        self._most = most
        self.window_s = window_s
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def over(self, address: str, now_s: float | None = None) -> bool:
        """Count one more; whether the address has used up this window."""
        window = int(time.monotonic() if now_s is None else now_s) // self.window_s
        with self._lock:
            last, count = self._counts.pop(address, (window, 0))
            count = count + 1 if last == window else 1
            self._counts[address] = (window, count)
            while len(self._counts) > _MOST:
                self._counts.popitem(last=False)
        return count > self._most


def address_of(request: HttpRequest) -> str:
    """Return who asks, as limits count it: an IPv6 customer is a /64, not each address of it.

    Behind a proxy of this machine the proxy's word counts (the last one it added).
    """
    text = str(request.META.get("REMOTE_ADDR", ""))
    told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    try:
        found = ipaddress.ip_address(text)
        if told and found.is_loopback:
            found = ipaddress.ip_address(told)
    except ValueError:
        return text
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
