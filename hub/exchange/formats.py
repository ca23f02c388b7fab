"""The interface of an export format, and its two: JSON Lines and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Protocol

from hub import sheets
from hub.exchange.records import COLUMNS, Record


class Format(Protocol):
    """How records become the bytes of a file, and how their ids are read back from it."""

    @property
    def ending(self) -> str:
        """Return the file name's ending, with its dot."""

    def written(self, records: Iterable[Record]) -> Iterator[bytes]:
        """Yield the file's bytes."""

    def ids(self, data: bytes) -> list[str]:
        """Return the ids of the entries in such a file."""


class JsonLines:
    """A record as one line of JSON in UTF-8."""

    ending = ".jsonl"

    def written(self, records: Iterable[Record]) -> Iterator[bytes]:
        """Yield a line for each record."""
        for record in records:
            yield json.dumps(record, ensure_ascii=False).encode() + b"\n"

    def ids(self, data: bytes) -> list[str]:
        """Return the ids in a file of lines."""
        return [json.loads(line)["id"] for line in data.splitlines()]


class Csv:
    """A table with a heading, as spreadsheets read it; no cell is a formula."""

    ending = ".csv"

    def written(self, records: Iterable[Record]) -> Iterator[bytes]:
        """Yield the heading, then a row for each record."""
        yield sheets.as_csv(list(COLUMNS), [])
        for record in records:
            row = sheets.as_csv([], [[record[name] for name in COLUMNS]])
            yield row.partition(b"\r\n")[2]

    def ids(self, data: bytes) -> list[str]:
        """Return the ids in a table."""
        table = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        return [row["id"] for row in table]


FORMATS: dict[str, Format] = {"jsonl": JsonLines(), "csv": Csv()}
"""By the name that ``hub export --format`` takes; another system's format is added here."""
