"""What the sheets are drawn with: codes as squares, texts that fit. Lengths in points."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from hub import fonts
from wire.qr import QUIET, smallest

__all__ = ["draw_code", "draw_fitted", "fitted", "mm", "sheet"]

INK = (0.07, 0.09, 0.12)


def sheet(size: tuple[float, float], title: str) -> tuple[Canvas, io.BytesIO]:
    """Return a fresh PDF of pages of ``size`` and where its bytes will be."""
    fonts.register()
    target = io.BytesIO()
    # Invariant: the same board twice is the same bytes.
    canvas = Canvas(target, pagesize=size, invariant=True, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("hub")
    return canvas, target


def draw_code(canvas: Canvas, text: str, x: float, y: float, side: float, *, level: str) -> None:
    """Draw a code whose dark part is ``side`` wide, its lower left corner at (x, y).

    Runs of dark modules are one rectangle each: no hairlines between them in print.
    """
    rows = smallest(text, level=level)
    module = side / len(rows)
    canvas.setFillColorRGB(1, 1, 1)
    quiet = QUIET * module
    canvas.rect(x - quiet, y - quiet, side + 2 * quiet, side + 2 * quiet, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        bottom = y + side - (number + 1) * module
        column = 0
        while column < len(row):
            if not row[column]:
                column += 1
                continue
            start = column
            while column < len(row) and row[column]:
                column += 1
            path.rect(x + start * module, bottom, (column - start) * module, module)
    canvas.drawPath(path, stroke=0, fill=1)


def quiet_side(text: str, outer: float, *, level: str) -> float:
    """Return the code's side when it and its quiet zone shall be ``outer`` wide."""
    modules = len(smallest(text, level=level))
    return outer * modules / (modules + 2 * QUIET)


def fitted(
    text: str, font: str, width: float, height: float, sizes: Sequence[float]
) -> tuple[float, list[str]]:
    """Return the largest of ``sizes`` at which ``text`` fits the box, and its lines.

    A word wider than the box is broken. At the smallest size what does not fit is cut with …
    """
    text = unicodedata.normalize("NFC", text)
    size, lines = sizes[-1], [text]
    for size in sizes:
        lines = _wrapped(text, font, size, width)
        if len(lines) * size * 1.2 <= height:
            return size, lines
    rows = max(1, int(height // (size * 1.2)))
    last = lines[rows - 1]
    while last and stringWidth(last + "…", font, size) > width:
        last = last[:-1]
    return size, [*lines[: rows - 1], last + "…"]


def draw_fitted(
    canvas: Canvas,
    text: str,
    box: tuple[float, float, float, float],
    *,
    font: str = fonts.MEDIUM,
    sizes: Sequence[float],
    centred: bool = True,
) -> None:
    """Write ``text`` into ``box`` (x, y, width, height), in the middle of its height."""
    x, y, width, height = box
    size, lines = fitted(text, font, width, height, sizes)
    canvas.setFillColorRGB(*INK)
    canvas.setFont(font, size)
    top = y + height / 2 + len(lines) * size * 0.6
    for number, line in enumerate(lines):
        base = top - number * size * 1.2 - size * 0.95
        if centred:
            canvas.drawCentredString(x + width / 2, base, line)
        else:
            canvas.drawString(x, base, line)


def _wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    lines: list[str] = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if stringWidth(joined, font, size) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and stringWidth(lines[-1] + letter, font, size) > width:
                lines.append("")
            lines[-1] += letter
    return lines
