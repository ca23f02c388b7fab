"""Pass cards, ten to an A4 sheet: 99 × 57 mm each, cut along the marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from hub.fonts import BOLD
from hub.paper.drawing import draw_code, draw_fitted, mm, sheet
from wire.qr import QUIET, smallest

if TYPE_CHECKING:
    from hub.trust.passes import Card

WIDTH, HEIGHT = 99 * mm, 57 * mm
COLUMNS, ROWS = 2, 5
CODE = 50 * mm
"""The dark part of the code. The card's edge and the white around it are its quiet zone."""

_PURPOSES = {"staff": "Nhân viên", "worker": "Công nhân", "pupil": "Học sinh",
             "patient": "Người bệnh", "relative": "Người nhà", "guest": "Khách"}  # fmt: skip
_VIETNAM = dt.timezone(dt.timedelta(hours=7))


def draw_cards(cards: Sequence[Card]) -> bytes:
    """Return a PDF with ten cards to a page."""
    canvas, target = sheet(A4, "Thẻ")
    left, low = (A4[0] - COLUMNS * WIDTH) / 2, (A4[1] - ROWS * HEIGHT) / 2
    for number, card in enumerate(cards):
        place = number % (COLUMNS * ROWS)
        if number and place == 0:
            canvas.showPage()
        x = left + place % COLUMNS * WIDTH
        y = low + (ROWS - 1 - place // COLUMNS) * HEIGHT
        _card(canvas, card, x, y)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _card(canvas: Canvas, card: Card, x: float, y: float) -> None:
    # The code keeps its quiet zone within the card: the cutting line is no part of it.
    modules = len(smallest(card.text))
    quiet = QUIET * CODE / modules
    draw_code(canvas, card.text, x + quiet, y + (HEIGHT - CODE) / 2, CODE, level="L")
    canvas.setStrokeColorRGB(0.6, 0.6, 0.6)
    canvas.setLineWidth(0.3)
    canvas.rect(x, y, WIDTH, HEIGHT, stroke=1, fill=0)
    column = x + CODE + 2 * quiet
    room = x + WIDTH - column - 2 * mm
    who = card.bearer
    year = " · ".join(part for part in (_sex(who.sex), who.birth[:4]) if part)
    draw_fitted(canvas, who.name, (column, y + 33 * mm, room, 19 * mm), font=BOLD,
                sizes=(14, 12, 10, 8, 6.5), centred=False)  # fmt: skip
    lines = (
        year,
        _PURPOSES.get(card.purpose, card.purpose),
        card.place_name,
    )
    top = y + 26 * mm
    for line in lines:
        if line:
            draw_fitted(canvas, line, (column, top, room, 6 * mm), sizes=(9, 8, 7, 6, 5),
                        centred=False)  # fmt: skip
            top -= 6.5 * mm
    until = card.until.astimezone(_VIETNAM)
    last = f"Đến {until:%d/%m/%Y} · {card.id[:8]}"
    draw_fitted(canvas, last, (column, y + 2 * mm, room, 5 * mm), sizes=(7.5, 6.5, 5.5, 4.5),
                centred=False)  # fmt: skip


def _sex(sex: str) -> str:
    return {"female": "Nữ", "male": "Nam"}.get(sex, "")
