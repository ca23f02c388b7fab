"""Listens on the line between kiosk and hub, for the demo's page about one passage.

Keeps the first batch that was answered with a receipt, exactly as both crossed.
"""

from __future__ import annotations

from pathlib import Path

from kiosk.sync import Sync, Transport

BATCH, RECEIPT = "first-batch.cose", "first-receipt.cose"


class Tap:
    """A transport that passes everything on and remembers one exchange."""

    def __init__(self, sync: Sync) -> None:
        self._kept: tuple[bytes, bytes] | None = None
        self._line: Transport = sync.reroute(self)

    def post(self, path: str, data: bytes, *, dates_count: bool) -> bytes:
        """Pass on, and keep the first batch with its receipt."""
        answer = self._line.post(path, data, dates_count=dates_count)
        if path == "/v1/entries" and self._kept is None:
            self._kept = (data, answer)
        return answer

    def save(self, folder: Path) -> None:
        """Write what was kept beside the kiosk's data."""
        if self._kept is not None:
            (folder / BATCH).write_bytes(self._kept[0])
            (folder / RECEIPT).write_bytes(self._kept[1])
