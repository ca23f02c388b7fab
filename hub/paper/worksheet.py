"""The list that volunteers take from door to door: by street, with boxes to tick."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from hub.fonts import BOLD, MEDIUM
from hub.intake.models import Place
from hub.paper.drawing import draw_fitted, mm, sheet
from hub.places import kinds
from hub.places.streets import parts, street

_PAGE = landscape(A4)
_LEFT, _TOP, _BOTTOM = 12 * mm, 14 * mm, 14 * mm
_ROW, _HEAD, _STREET = 13 * mm, 8 * mm, 10 * mm
_COLUMNS = (
    ("Số nhà", 20), ("Tên địa điểm", 66), ("Loại", 34), ("Người phụ trách, điện thoại", 54),
    ("Đã đăng ký", 18), ("Đã treo bảng", 18), ("Không còn", 18), ("Ghi chú", 45),
)  # fmt: skip
_TICKS = {4, 5, 6}


def draw_worksheet(unit: str, places: Sequence[Place], *, day: dt.date) -> bytes:
    """Return the worksheet of a unit's places as PDF; empty lines at each street's end."""
    canvas, target = sheet(_PAGE, f"Phiếu đi từng nhà – {unit}")
    page = _Sheet(canvas, unit, day)
    listed = sorted(places, key=lambda place: (*street(place.address), place.name))
    for _, group in groupby(listed, key=lambda place: street(place.address)[0]):
        rows = list(group)
        page.street(parts(rows[0].address)[1] or "Chưa rõ đường", len(rows))
        for place in rows:
            page.row(place)
        for _ in range(2):  # for the venues that nobody knew of
            page.row(None)
    page.close()
    canvas.save()
    return target.getvalue()


class _Sheet:
    """A page that is turned when it is full."""

    def __init__(self, canvas: Canvas, unit: str, day: dt.date) -> None:
        self._canvas, self._unit, self._day = canvas, unit, day
        self._number = 0
        self._street = ""
        self._y = 0.0
        self._turn()

    def street(self, name: str, count: int) -> None:
        """Begin a street; its heading never stands alone at a page's foot."""
        self._street = name
        if self._y - _STREET - _HEAD - _ROW < _BOTTOM:
            self._turn(headed=False)
        self._heading(f"{name}  ·  {count} địa điểm")

    def row(self, place: Place | None) -> None:
        """Draw a line: a known place, or an empty one."""
        if self._y - _ROW < _BOTTOM:
            self._turn(headed=True)
        self._y -= _ROW
        cells = _cells(place) if place else ("",) * len(_COLUMNS)
        x = _LEFT
        known = place is not None and getattr(place, "profile", None) is not None
        done = known and place.profile.stage not in ("known", "applied")  # type: ignore[union-attr]
        for number, ((_, width), text) in enumerate(zip(_COLUMNS, cells, strict=True)):
            self._box(x, width * mm)
            if number in _TICKS:
                self._tick(x + width * mm / 2, checked=done and number == 4)
            elif text:
                box = (x + 1.5 * mm, self._y + 1 * mm, (width - 3) * mm, _ROW - 2 * mm)
                draw_fitted(self._canvas, text, box, sizes=(10, 9, 8, 7, 6), centred=False,
                            font=BOLD if number == 1 else MEDIUM)  # fmt: skip
            x += width * mm

    def close(self) -> None:
        """End the last page."""
        self._canvas.showPage()

    def _turn(self, *, headed: bool = False) -> None:
        if self._number:
            self._canvas.showPage()
        self._number += 1
        self._y = _PAGE[1] - _TOP
        canvas = self._canvas
        canvas.setFillColorRGB(0.07, 0.09, 0.12)
        canvas.setFont(BOLD, 15)
        canvas.drawString(_LEFT, self._y - 3 * mm, f"Phiếu đi từng nhà – {self._unit}")
        canvas.setFont(MEDIUM, 9)
        right = f"In ngày {self._day:%d/%m/%Y} · trang {self._number}"
        canvas.drawRightString(_PAGE[0] - _LEFT, self._y - 3 * mm, right)
        self._y -= 8 * mm
        if headed:
            self._heading(f"{self._street} (tiếp)")

    def _heading(self, text: str) -> None:
        canvas = self._canvas
        self._y -= _STREET
        canvas.setFillColorRGB(0.07, 0.09, 0.12)
        canvas.setFont(BOLD, 12)
        canvas.drawString(_LEFT, self._y + 2.5 * mm, text)
        self._y -= _HEAD
        x = _LEFT
        for title, width in _COLUMNS:
            canvas.setFillColorRGB(0.91, 0.93, 0.95)
            canvas.rect(x, self._y, width * mm, _HEAD, stroke=0, fill=1)
            box = (x + 1.5 * mm, self._y, (width - 2) * mm, _HEAD)
            draw_fitted(canvas, title, box, sizes=(8.5, 7.5, 6.5), centred=False)
            x += width * mm

    def _box(self, x: float, width: float) -> None:
        self._canvas.setStrokeColorRGB(0.6, 0.65, 0.7)
        self._canvas.setLineWidth(0.5)
        self._canvas.rect(x, self._y, width, _ROW, stroke=1, fill=0)

    def _tick(self, x: float, *, checked: bool) -> None:
        side = 5 * mm
        canvas = self._canvas
        low, left = self._y + (_ROW - side) / 2, x - side / 2
        canvas.setStrokeColorRGB(0.07, 0.09, 0.12)
        canvas.setLineWidth(0.9)
        canvas.rect(left, low, side, side, stroke=1, fill=0)
        if checked:
            canvas.lines([
                (left + 1 * mm, low + 2.5 * mm, left + 2.2 * mm, low + 1.2 * mm),
                (left + 2.2 * mm, low + 1.2 * mm, left + 4.2 * mm, low + 4 * mm),
            ])  # fmt: skip


def _cells(place: Place) -> tuple[str, ...]:
    profile = getattr(place, "profile", None)
    kind = kinds.kinds().get(place.kind)
    who = [profile.responsible, profile.phone] if profile else []
    return (
        parts(place.address)[0], place.name, kind.name if kind else place.kind,
        ", ".join(text for text in who if text), "", "", "", "",
    )  # fmt: skip
