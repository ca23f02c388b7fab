"""What the steward chose on the glass, kept for the next start: one small file of words.

Order: the program's defaults, the configuration file, the kind of venue chosen on the
glass, then the looks. A choice that no longer makes sense is left out with a warning: a
gate starts.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import kiosk
from kiosk import config as configuration
from kiosk.config import Config
from kiosk.errors import BadConfig, DiskRefused
from kiosk.files import write_private

FILE = "preferences.json"

_KEYS = {
    "language": ("screen", "language"),
    "dark": ("screen", "theme"),
    "text": ("screen", "text_scale"),
    "reach": ("screen", "reach"),
    "volume": ("sound", "volume"),
    "trip": ("gate", "trip"),
    "camera": ("camera", "source"),
}

_log = logging.getLogger(__name__)


def profiles() -> dict[str, Path]:
    """Return the kinds of venue that have a profile here, by name; a wheel alone has none."""
    beside = (Path(kiosk.__file__).resolve().parents[1], Path(sys.prefix).parent)
    for folder in beside:
        found = {file.stem: file for file in (folder / "config" / "profiles").glob("*.toml")}
        if found:
            return dict(sorted(found.items()))
    return {}


class Preferences:
    """The choices of one kiosk; :meth:`keep` is called on the main thread alone."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._kept = self._read()

    def keep(self, name: str, value: object) -> bool:
        """Keep a choice; whether the disk took it (it holds until the next start anyhow)."""
        if name not in (*_KEYS, "profile"):
            raise KeyError(name)
        self._kept[name] = value
        try:
            write_private(self._path, json.dumps(self._kept, ensure_ascii=False).encode())
        except DiskRefused as error:
            _log.warning("A setting is not kept for the next start: %s", error)
            return False
        return True

    def get(self, name: str) -> object:
        """Return a choice, or None where none was made."""
        return self._kept.get(name)

    def applied(self, config: Config) -> Config:
        """Return the configuration with the choices in it."""
        profile = profiles().get(str(self._kept.get("profile")))
        if profile is not None:
            config = _overlaid(config, configuration.table_of(profile), str(profile))
        for name, (section, key) in _KEYS.items():
            if name not in self._kept:
                continue
            value = self._kept[name]
            if name == "dark":
                value = "dark" if value else "light"
            config = _overlaid(config, {section: {key: value}}, str(self._path))
        return config

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            _log.warning("%s cannot be read; its choices are left out: %s", self._path, error)
            return {}
        return found if isinstance(found, dict) else {}

    def __repr__(self) -> str:
        return f"Preferences({sorted(self._kept)})"


def _overlaid(config: Config, table: Mapping[str, Any], source: str) -> Config:
    """Return the configuration with the keys that ``table`` names, if they can be used."""
    try:
        told = configuration.read(table, source=source)
    except BadConfig as error:
        _log.warning("A choice made on the screen is left out: %s", error)
        return config
    sections = {
        section: replace(
            getattr(config, section), **{key: getattr(getattr(told, section), key) for key in keys}
        )
        for section, keys in table.items()
    }
    return replace(config, **sections)
