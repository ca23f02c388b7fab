"""Lists that people bring, XLSX or CSV: rows of text under known headings, problems by cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.errors import BadUsage
from wire.names import fold

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 100
SHOWN = 20
"""Problems told at once where a list is refused; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell, in words for who filled the list in.

    ``column`` is the spreadsheet's letter with the heading, e.g. ``B (Loại)``.
    """

    row: int
    column: str
    words: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.words}"


class BadList(BadUsage):
    """A list of which nothing was taken: what is said first, and the cells that are wrong."""

    def __init__(self, head: str, problems: Sequence[Problem]) -> None:
        more = f"\n… and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        super().__init__("\n".join([head, *map(str, problems[:SHOWN])]) + more)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells by field name; ``number`` as the spreadsheet shows it."""

    number: int
    cells: Mapping[str, str]
    letters: Mapping[str, str]

    def get(self, field: str) -> str:
        """Return a cell's text, spaces trimmed; empty where the column is missing."""
        return self.cells.get(field, "")

    def problem(self, field: str, words: str) -> Problem:
        """Name what is wrong with a cell."""
        return Problem(self.number, self.letters.get(field, field), words)


def read(path: Path, fields: Mapping[str, Iterable[str]], needed: Iterable[str]) -> list[Row]:
    """Return the rows of ``path``; ``fields`` maps each field to the headings it may have.

    Headings are compared without accents, case and signs. Raises :class:`BadUsage` for a file
    that is no list, lacks a heading in ``needed``, or is too large.
    """
    lines = list(_lines(path))
    wanted = {_plain(word): field for field, words in fields.items() for word in (field, *words)}
    head, cells, found = _headings(path, lines, wanted, fields, needed)
    letters = {field: f"{_letter(i)} ({cells[i].strip()})" for field, i in found.items()}
    rows = []
    for number, line in lines:
        if number <= head:
            continue
        values = {f: _clean(line[i]) if i < len(line) else "" for f, i in found.items()}
        if any(values.values()):
            rows.append(Row(number, values, letters))
    if not rows:
        raise BadUsage(f"{path.name} holds no rows under its headings.")
    return rows


def _headings(
    path: Path,
    lines: list[tuple[int, list[str]]],
    wanted: Mapping[str, str],
    fields: Mapping[str, Iterable[str]],
    needed: Iterable[str],
) -> tuple[int, list[str], dict[str, int]]:
    """Return the row of headings: its number, its cells, and which column holds which field."""
    for number, cells in lines[:10]:
        found = {wanted[_plain(c)]: i for i, c in enumerate(cells) if _plain(c) in wanted}
        if set(needed) <= set(found):
            return number, cells, found
    names = ", ".join(next(iter(fields[field]), field) for field in needed)
    raise BadUsage(f"{path.name} has no row of headings with: {names}.")


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadUsage(f"{path.name} is larger than 20 MB; split it.")
        data = path.read_bytes()
    except OSError as error:
        raise BadUsage(f"{path} cannot be read: {error.strerror}.") from error
    lines = _xlsx(path, data) if data[:2] == b"PK" else _csv(path, data)
    for number, cells in lines:
        if number > MAX_ROWS:
            raise BadUsage(f"{path.name} has more than {MAX_ROWS} rows; split it.")
        yield number, cells[:MAX_COLUMNS]


def _csv(path: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadUsage(f"{path.name} is no UTF-8 text: save it as “CSV UTF-8” or XLSX.") from error
    if "\0" in text:
        raise BadUsage(f"{path.name} is neither XLSX nor CSV.")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadUsage(f"{path.name}, line {reader.line_num}: {error}.") from error


def _xlsx(path: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    # openpyxl reads its XML through defusedxml where that is installed, as it is here.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(item.file_size for item in packed.infolist()) > MAX_UNPACKED:
                raise BadUsage(f"{path.name} is far larger than it looks; save it anew.")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, [_text(value) for value in cells]
        book.close()
    except (
        zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, SyntaxError,
    ) as error:  # fmt: skip
        raise BadUsage(f"{path.name} is no spreadsheet that can be read; save it anew.") from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.replace("\0", "")).split())


def _plain(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def _letter(index: int) -> str:
    first, last = divmod(index, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)
