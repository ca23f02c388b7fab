"""A letter as PDF."""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFontFamily, stringWidth
from reportlab.platypus import CondPageBreak, KeepTogether, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

from hub import fonts
from hub.paper.letters import (
    BODY,
    BOTTOM_MM,
    HEAD,
    INDENT_MM,
    LEFT_MM,
    MOTTO,
    MOTTO_SIZE,
    NATION,
    NOTE,
    RECIPIENT,
    RIGHT_MM,
    TOP_MM,
    Letter,
    Paragraph,
    Table,
    listed,
)  # fmt: skip

_WIDTH = A4[0] - (LEFT_MM + RIGHT_MM) * mm


def draw(letter: Letter) -> bytes:
    """Return the letter as PDF, its letters embedded."""
    fonts.register()
    registerFontFamily(
        fonts.SERIF, fonts.SERIF, fonts.SERIF_BOLD, fonts.SERIF_ITALIC, fonts.SERIF_BOTH
    )
    target = io.BytesIO()
    page = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=LEFT_MM * mm - 6, rightMargin=RIGHT_MM * mm - 6,
        topMargin=TOP_MM * mm - 6, bottomMargin=BOTTOM_MM * mm - 6, invariant=True,
        title=letter.subject, author=letter.organ,
    )  # fmt: skip
    story: list[Any] = [_head(letter), Spacer(1, 16), *_title(letter), Spacer(1, 8)]
    for block in letter.blocks:
        if isinstance(block, Table):
            story += _table(block)
        else:
            story.append(Text(_marked(block), _style(indent=0 if block.heading else INDENT_MM)))
    story += [Spacer(1, 14), KeepTogether([_foot(letter)])]
    page.build(story, onLaterPages=_numbered)
    return target.getvalue()


def _numbered(canvas: Any, _page: Any) -> None:
    """Later pages bear their number in the middle of the upper margin."""
    canvas.setFont(fonts.SERIF, MOTTO_SIZE)
    canvas.drawCentredString(A4[0] / 2, A4[1] - 13 * mm, str(canvas.getPageNumber()))


def _marked(block: Paragraph) -> str:
    return f"<b>{escape(block.text)}</b>" if block.heading else escape(block.text)


def _style(
    size: float = BODY, *, align: int = TA_JUSTIFY, indent: float = 0.0, after: float = 6
) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}-{align}-{indent}", fontName=fonts.SERIF, fontSize=size, leading=size * 1.22,
        alignment=align, firstLineIndent=indent * mm, spaceAfter=after,
    )  # fmt: skip


def _line(text: str, size: float, *, bold: bool = False, italic: bool = False) -> Text:
    shown = escape(text)
    shown = f"<b>{shown}</b>" if bold else shown
    shown = f"<i>{shown}</i>" if italic else shown
    return Text(shown, _style(size, align=TA_CENTER, after=1))


def _rule(width: float) -> Grid:
    return Grid([[""]], colWidths=[width], rowHeights=[3],
                style=[("LINEABOVE", (0, 0), (-1, 0), 0.7, colors.black)])  # fmt: skip


def _head(letter: Letter) -> Grid:
    left: list[Any] = []
    if letter.superior:
        left.append(_line(letter.superior.upper(), HEAD))
    left.append(_line(letter.organ.upper(), HEAD, bold=True))
    left.append(_rule(28 * mm))
    left.append(_line(letter.number, MOTTO_SIZE))
    if not letter.kind:
        left.append(_line(f"V/v {letter.subject[:1].lower()}{letter.subject[1:]}", HEAD))
    under = stringWidth(MOTTO, fonts.SERIF_BOLD, MOTTO_SIZE)
    right = [
        _line(NATION, HEAD, bold=True),
        _line(MOTTO, MOTTO_SIZE, bold=True),
        _rule(under),
        Spacer(1, 2),
        _line(letter.dated, MOTTO_SIZE, italic=True),
    ]
    first = 66 * mm
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER"),
             ("LEFTPADDING", (0, 0), (-1, -1), 0),
             ("RIGHTPADDING", (0, 0), (-1, -1), 0)]  # fmt: skip
    return Grid([[left, right]], colWidths=[first, _WIDTH - first], style=style)


def _title(letter: Letter) -> list[Any]:
    if not letter.kind:
        to = "; ".join(letter.to)
        return [Text(f"Kính gửi: {escape(to)}.", _style(align=TA_CENTER, after=8))]
    return [
        _line(letter.kind.upper(), BODY, bold=True),
        _line(letter.subject, BODY, bold=True),
        Spacer(1, 2),
        _rule(_WIDTH * 0.3),
    ]


def _table(block: Table) -> list[Any]:
    widths = [share * _WIDTH for share in block.widths]
    head = [Text(f"<b>{escape(cell)}</b>", _style(NOTE, align=TA_CENTER, after=0))
            for cell in block.head]  # fmt: skip
    rows = [
        [
            Text(escape(cell), _style(NOTE, align=TA_RIGHT if n in block.right else TA_LEFT,
                                      after=0))
            for n, cell in enumerate(row)
        ]
        for row in block.rows
    ]  # fmt: skip
    grid = Grid([head, *rows], colWidths=widths, repeatRows=1, style=[
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("VALIGN", (0, 0), (-1, 0), "MIDDLE"),
        ("VALIGN", (0, 1), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ])  # fmt: skip
    caption = Text(f"<i>{escape(block.caption)}</i>", _style(MOTTO_SIZE, align=TA_CENTER))
    return [CondPageBreak(45 * mm), caption, grid, Spacer(1, 10)]


def _foot(letter: Letter) -> Grid:
    copies = [Text("<b><i>Nơi nhận:</i></b>", _style(RECIPIENT, align=TA_LEFT, after=0))]
    copies += [Text(escape(line), _style(NOTE, align=TA_LEFT, after=0))
               for line in listed(letter.copies)]  # fmt: skip
    lines = letter.office.upper().split("\n")
    sign: list[Any] = [*(_line(line, BODY, bold=True) for line in lines), Spacer(1, 62)]
    if letter.signer:
        sign.append(_line(letter.signer, BODY, bold=True))
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER"),
             ("LEFTPADDING", (0, 0), (-1, -1), 0),
             ("RIGHTPADDING", (0, 0), (-1, -1), 0)]  # fmt: skip
    return Grid([[copies, sign]], colWidths=[_WIDTH * 0.5, _WIDTH * 0.5], style=style)
