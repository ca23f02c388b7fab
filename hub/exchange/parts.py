"""A folder of exported parts: whole files, each with its sheet, and where the next begins.

A part counts from the moment its sheet lies beside it; a run that was cut off leaves a part
without one, which the next run writes anew.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.errors import BadUsage

_SHEET = re.compile(r"entries-([0-9]{6})\.sheet\.json")

Cursor = tuple[int, uuid.UUID]
START: Cursor = (-1, uuid.UUID(int=0))


@dataclass(frozen=True, slots=True)
class Folder:
    """Where parts lie."""

    path: Path

    def opened(self) -> Folder:
        """Make it where there is none; raises :class:`BadUsage`."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise BadUsage(f"{self.path} cannot be made: {error.strerror}.") from error
        return self

    def sheets(self) -> list[dict[str, Any]]:
        """Return the sheets of the parts so far, in order; raises :class:`BadUsage`."""
        names = sorted(path for path in self.path.iterdir() if _SHEET.fullmatch(path.name))
        try:
            return [json.loads(path.read_text(encoding="utf-8")) for path in names]
        except (OSError, ValueError) as error:
            raise BadUsage(f"A sheet in {self.path} is damaged: export to a new folder.") from error

    def data(self, number: int, ending: str) -> Path:
        """Return a part's file."""
        return self.path / f"entries-{number:06}{ending}"

    def sheet(self, number: int) -> Path:
        """Return a part's sheet."""
        return self.path / f"entries-{number:06}.sheet.json"


def cursor_of(sheets: list[dict[str, Any]]) -> Cursor:
    """Return after which entry to go on."""
    if not sheets:
        return START
    received, id_ = sheets[-1]["cursor"]
    return int(received), uuid.UUID(id_)


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file of mode 0600, whole or not at all, and durably; raises :class:`BadUsage`."""
    draft = path.with_name(path.name + ".new")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise BadUsage(f"{path} cannot be written: {error.strerror}.") from error
