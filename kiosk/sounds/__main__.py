"""Make the sound files anew: ``python -m kiosk.sounds``."""

from __future__ import annotations

from pathlib import Path

from kiosk.sounds import RHYTHMS, make, path

for name in RHYTHMS:
    Path(path(name)).write_bytes(make(name))
