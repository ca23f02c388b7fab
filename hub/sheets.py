"""Tables as files: CSV that spreadsheets read as text, and XLSX (ECMA-376) of plain cells.

No cell is ever a formula: what people typed at a gate must not run in an office.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from hub.errors import BadUsage

Cell = str | int | float | None

_ZIP_TIME = (2020, 1, 1, 0, 0, 0)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV in UTF-8 with a byte order mark, as spreadsheets need it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def as_xlsx(sheets: Sequence[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """Return a workbook of sheets (name, headings, rows); texts stay texts."""
    target = io.BytesIO()
    names = [escape(re.sub(r"[\[\]:*?/\\']", " ", name)[:31]) for name, _, _ in sheets]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        _part(book, "[Content_Types].xml", _types(len(sheets)))
        _part(
            book,
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        listed = "".join(
            f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, 1)
        )
        _part(
            book,
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
            f"<sheets>{listed}</sheets></workbook>",
        )
        links = "".join(
            f'<Relationship Id="r{n}" Type="{_RELATIONS}/worksheet" '
            f'Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        _part(
            book,
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        )
        for number, (_, head, rows) in enumerate(sheets, 1):
            _part(book, f"xl/worksheets/sheet{number}.xml", _sheet(head, rows))
    return target.getvalue()


def write(path: Path, name: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Write a table as the file's ending says; raises :class:`BadUsage`."""
    if path.suffix.lower() == ".csv":
        data = as_csv(head, rows)
    elif path.suffix.lower() == ".xlsx":
        data = as_xlsx([(name, head, rows)])
    else:
        raise BadUsage(f"{path} must end in .csv or .xlsx.")
    save(path, data)


def save(path: Path, data: bytes) -> None:
    """Write a file of mode 0600; raises :class:`BadUsage` where that cannot be."""
    try:
        path.touch(mode=0o600)
        path.write_bytes(data)
    except OSError as error:
        raise BadUsage(f"{path} cannot be written: {error.strerror}.") from error


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell


def _types(count: int) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
        f'ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
        for n in range(1, count + 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        f'ContentType="{_SHEET_TYPE}.sheet.main+xml"/>{sheets}</Types>'
    )


def _sheet(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    lines = "".join(f"<row>{''.join(_cell(cell) for cell in row)}</row>" for row in (head, *rows))
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _cell(value: Cell) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        text = escape(_FORBIDDEN.sub("", value))
        return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def _part(book: zipfile.ZipFile, name: str, body: str) -> None:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    info = zipfile.ZipInfo(name, _ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    book.writestr(info, head + body)
