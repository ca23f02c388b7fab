"""What a measurement ran on, and how tables are printed."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"


def named() -> str:
    """Return processor, cores, Python and libraries in one line."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text("utf-8").splitlines()
        model = next((n.split(":")[1].strip() for n in lines if n.startswith("model name")), model)
    libraries = ", ".join(
        f"{name} {metadata.version(name)}"
        for name in ("zxing-cpp", "pyzbar", "opencv-python-headless")
    )
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, {libraries}"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in Markdown whose columns line up in a terminal, too."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    wide = [max(len(row[n]) for row in cells) for n in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, wide, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in wide) + "|")
    return "\n".join(lines)
