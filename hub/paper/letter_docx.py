"""A letter as DOCX, for an office that goes on writing in it."""

# The library has no words for rules, repeated heads and page numbers: its elements do.
# ruff: noqa: SLF001

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

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
    Table,
    listed,
)  # fmt: skip

FONT = "Times New Roman"
_CENTER, _LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
_RIGHT, _JUSTIFY = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
_WIDTH_MM = 210 - LEFT_MM - RIGHT_MM


def draw(letter: Letter) -> bytes:
    """Return the letter as DOCX."""
    page = Document()
    _page(page, letter)
    _head(page, letter)
    _title(page, letter)
    for block in letter.blocks:
        if isinstance(block, Table):
            _table(page, block)
            continue
        line = page.add_paragraph()
        line.alignment = _JUSTIFY
        if not block.heading:
            line.paragraph_format.first_line_indent = Mm(INDENT_MM)
        _write(line, block.text, BODY, bold=block.heading)
    _foot(page, letter)
    target = io.BytesIO()
    page.save(target)
    return target.getvalue()


def _page(page: Any, letter: Letter) -> None:
    section = page.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = _CENTER
    _field(number, "PAGE")
    normal = page.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.space_before = Pt(0)
    page.core_properties.title = letter.subject[:255]
    page.core_properties.author = letter.organ[:255]
    day = dt.datetime.combine(letter.day, dt.time())
    page.core_properties.created = page.core_properties.modified = day


def _head(page: Any, letter: Letter) -> None:
    first = 66.0
    left, right = _columns(page, (first, _WIDTH_MM - first))
    if letter.superior:
        _centred(left, letter.superior.upper(), HEAD)
    _centred(left, letter.organ.upper(), HEAD, bold=True)
    _ruled(left, 19.0)
    _centred(left, letter.number, MOTTO_SIZE)
    if not letter.kind:
        _centred(left, f"V/v {letter.subject[:1].lower()}{letter.subject[1:]}", HEAD)
    _centred(right, NATION, HEAD, bold=True)
    _centred(right, MOTTO, MOTTO_SIZE, bold=True)
    _ruled(right, 16.0)
    _centred(right, letter.dated, MOTTO_SIZE, italic=True)
    for cell in (left, right):
        cell._element.remove(cell.paragraphs[0]._element)  # a cell begins with an empty line


def _title(page: Any, letter: Letter) -> None:
    page.add_paragraph().paragraph_format.space_after = Pt(0)
    line = page.add_paragraph()
    line.alignment = _CENTER
    if not letter.kind:
        _write(line, f"Kính gửi: {'; '.join(letter.to)}.", BODY)
        return
    line.paragraph_format.space_after = Pt(0)
    _write(line, letter.kind.upper(), BODY, bold=True)
    subject = page.add_paragraph()
    subject.alignment = _CENTER
    subject.paragraph_format.space_after = Pt(2)
    _write(subject, letter.subject, BODY, bold=True)
    _border(page.add_paragraph(), 55.0)


def _table(page: Any, block: Table) -> None:
    caption = page.add_paragraph()
    caption.alignment = _CENTER
    caption.paragraph_format.keep_with_next = True
    _write(caption, block.caption, MOTTO_SIZE, italic=True)
    grid = page.add_table(rows=1, cols=len(block.head))
    grid.style = "Table Grid"
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    for n, text in enumerate(block.head):
        _cell(grid.rows[0].cells[n], text, _CENTER, bold=True)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in block.rows:
        cells = grid.add_row().cells
        for n, text in enumerate(row):
            _cell(cells[n], text, _RIGHT if n in block.right else _LEFT)
    for row in grid.rows:
        for n, share in enumerate(block.widths):
            row.cells[n].width = Mm(share * _WIDTH_MM)
    page.add_paragraph().paragraph_format.space_after = Pt(4)


def _foot(page: Any, letter: Letter) -> None:
    left, right = _columns(page, (_WIDTH_MM / 2, _WIDTH_MM / 2))
    lines = [("Nơi nhận:", RECIPIENT, True), *((one, NOTE, False) for one in listed(letter.copies))]
    for text, size, head in lines:
        line = left.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        _write(line, text, size, bold=head, italic=head)
    for office in letter.office.upper().split("\n"):
        _centred(right, office, BODY, bold=True)
    for _ in range(4):
        _centred(right, "", BODY)
    _centred(right, letter.signer, BODY, bold=True)
    for cell in (left, right):
        cell._element.remove(cell.paragraphs[0]._element)


def _columns(page: Any, widths: tuple[float, float]) -> tuple[Any, Any]:
    grid = page.add_table(rows=1, cols=2)
    grid.autofit = False
    for cell, width in zip(grid.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
    found: tuple[Any, Any] = tuple(grid.rows[0].cells)
    return found


def _cell(cell: Any, text: str, align: Any, *, bold: bool = False) -> None:
    line = cell.paragraphs[0]
    line.alignment = align
    line.paragraph_format.space_after = Pt(0)
    _write(line, text, NOTE, bold=bold)


def _centred(
    cell: Any, text: str, size: float, *, bold: bool = False, italic: bool = False
) -> None:
    line = cell.add_paragraph()
    line.alignment = _CENTER
    line.paragraph_format.space_after = Pt(1)
    _write(line, text, size, bold=bold, italic=italic)


def _ruled(cell: Any, indent: float) -> None:
    _border(cell.add_paragraph(), indent)


def _border(line: Any, indent: float) -> None:
    """Make an empty line a rule, ``indent`` mm shorter at each side."""
    shape = line.paragraph_format
    shape.left_indent = shape.right_indent = Mm(indent)
    shape.space_after, shape.line_spacing = Pt(2), Pt(4)
    edge = OxmlElement("w:pBdr")
    above = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        above.set(qn(f"w:{name}"), value)
    edge.append(above)
    line._p.get_or_add_pPr().append(edge)


def _write(line: Any, text: str, size: float, *, bold: bool = False, italic: bool = False) -> None:
    run = line.add_run(text)
    run.font.size, run.font.name = Pt(size), FONT
    run.bold, run.italic = bold, italic


def _field(line: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = line.add_run()
        run.font.size, run.font.name = Pt(MOTTO_SIZE), FONT
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)
