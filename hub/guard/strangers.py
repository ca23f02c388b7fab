"""How often an address may be refused before refusals are no longer signed for it.

Who holds a key we know is answered whatever else its address does: gates share addresses.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

PER_MINUTE = 600
_MOST = 10_000


class Strangers:
    """Counts refusals per address and minute; forgets the oldest addresses first."""

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def spent(self, address: str, now_s: float | None = None) -> bool:
        """Whether the address has had its share of this minute; counts nothing."""
        minute = int(time.monotonic() if now_s is None else now_s) // 60
        with self._lock:
            last, count = self._counts.get(address, (minute, 0))
        return last == minute and count >= self._per_minute

    def refused(self, address: str, now_s: float | None = None) -> bool:
        """Count one refusal; whether the address has had its share of this minute."""
        minute = int(time.monotonic() if now_s is None else now_s) // 60
        with self._lock:
            last, count = self._counts.pop(address, (minute, 0))
            count = count + 1 if last == minute else 1
            self._counts[address] = (minute, count)
            while len(self._counts) > _MOST:
                self._counts.popitem(last=False)
        return count > self._per_minute
