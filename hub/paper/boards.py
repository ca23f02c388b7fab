"""A place's board: the code, what it is for and how to use it, on A4 or A5."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4, A5
from reportlab.pdfgen.canvas import Canvas

from hub.fonts import BOLD, MEDIUM
from hub.paper.drawing import draw_code, draw_fitted, mm, quiet_side, sheet

SIZES = {"A4": A4, "A5": A5}
LEVEL = "M"
SMALLEST_MM = {"A4": 150.0, "A5": 105.0}
"""How wide a code must be. A5 itself is 148 mm wide: what fits there is for short distances."""

_HEAD = ("QUÉT MÃ KHI VÀO VÀ KHI RA", "Scan when you come in and when you leave")
_HOW = (
    "1. Mở camera điện thoại, đưa mã vào giữa khung hình.",
    "2. Mở liên kết hiện ra, chọn Vào hoặc Ra.",
    "Không có điện thoại: đưa thẻ căn cước cho người gác cổng.",
    "Point your phone's camera at the code, follow the link, choose In or Out.",
)
_VIETNAM = dt.timezone(dt.timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class BoardSheet:
    """What a board says; ``text`` is its code's."""

    number: int
    text: str
    name: str
    address: str
    gate: str
    place: str
    hotline: str
    issued: dt.datetime


def draw_boards(boards: Sequence[BoardSheet], size: str = "A4") -> bytes:
    """Return a PDF with a page for each board."""
    width, height = SIZES[size]
    canvas, target = sheet((width, height), "Bảng mã địa điểm")
    for board in boards:
        _page(canvas, board, width, height, small=size == "A5")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _page(canvas: Canvas, board: BoardSheet, width: float, height: float, *, small: bool) -> None:
    scale = 0.7 if small else 1.0
    margin = 10 * mm * scale
    inner = width - 2 * margin

    def line(text: str, top: float, room: float, size: float, *, bold: bool = False) -> None:
        """Write in a strip that begins ``top`` mm below the page's upper edge (of A4)."""
        strip = (margin, height - (top + room) * mm * scale, inner, room * mm * scale)
        sizes = [step * scale for step in (size, size * 0.85, size * 0.7, size * 0.55, size * 0.42)]
        draw_fitted(canvas, text, strip, sizes=sizes, font=BOLD if bold else MEDIUM)

    line(_HEAD[0], 8, 12, 27, bold=True)
    line(_HEAD[1], 20, 7, 14)
    gate = f" · {board.gate}" if board.gate else ""
    line(board.name + gate, 29, 23, 30, bold=True)
    line(board.address, 52, 9, 13)
    outer = min(inner, 181 * mm * scale)
    side = quiet_side(board.text, outer, level=LEVEL)
    bottom = height - (62 * mm * scale) - outer + (outer - side) / 2
    draw_code(canvas, board.text, (width - side) / 2, bottom, side, level=LEVEL)
    for number, text in enumerate(_HOW):
        line(text, 244 + number * 6.5, 6.5, 12.5)
    if board.hotline:
        line(f"Đường dây nóng / Hotline: {board.hotline}", 270, 9, 17, bold=True)
    day = board.issued.astimezone(_VIETNAM)
    line(
        f"Bảng số {board.number:06} · cấp ngày {day:%d/%m/%Y} · mã địa điểm {board.place}",
        281, 7, 11,
    )  # fmt: skip
