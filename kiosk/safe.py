"""Where the steward's lock is kept: one owner-only file, replaced as a whole.

The tries are on the disk before the answer is shown, so pulling the plug gives none back.
On a disk that takes nothing they are counted in memory: the steward must reach the export
just then. What cured a forgotten PIN is remembered, so that one code cures once.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kiosk.errors import DiskRefused
from kiosk.files import write_private
from kiosk.pin import Lock

FILE = "steward.json"

_log = logging.getLogger(__name__)


class LockedDrawer:
    """The lock of one kiosk's settings."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._lock: Lock | None = None
        self._cured_ms = 0
        self._read()

    def load(self) -> Lock | None:
        """Return the lock, or None while no PIN was chosen."""
        return self._lock

    def save(self, lock: Lock) -> None:
        """Keep the lock, durably where the disk takes anything at all."""
        self._lock = lock
        self._write()

    @property
    def cured_ms(self) -> int:
        """When the enrolment code that last cured a forgotten PIN expires (0: none did)."""
        return self._cured_ms

    def cure(self, expires_ms: int) -> None:
        """Forget the PIN: an enrolment code that expires then was shown."""
        self._lock, self._cured_ms = None, expires_ms
        self._write()

    def _read(self) -> None:
        try:
            found: dict[str, Any] = json.loads(self._path.read_text(encoding="ascii"))
            self._cured_ms = int(found["cured_ms"])
            if found["lock"] is not None:
                self._lock = Lock(
                    bytes.fromhex(found["lock"]["salt"]),
                    bytes.fromhex(found["lock"]["hash"]),
                    int(found["lock"]["failures"]),
                )
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError):
            # Written whole or not at all, so this is a hand or the card: nobody's PIN fits.
            _log.error("The steward's lock cannot be read; a fresh enrolment code opens it.")
            self._lock = Lock(b"\0" * 16, b"")

    def _write(self) -> None:
        lock = self._lock and {
            name: value.hex() if isinstance(value, bytes) else value
            for name, value in asdict(self._lock).items()
        }
        packed = json.dumps({"lock": lock, "cured_ms": self._cured_ms})
        try:
            write_private(self._path, packed.encode("ascii"))
        except DiskRefused as error:
            _log.error("The steward's tries are counted in memory alone: %s", error)

    def __repr__(self) -> str:
        return f"LockedDrawer({str(self._path)!r}, {self._lock!r})"
