"""Official letters as NĐ 30/2020/NĐ-CP, annex I, lays them out: what one says, in blocks.

:mod:`hub.paper.letter_pdf` and :mod:`hub.paper.letter_docx` draw the same letter. Sizes are in
points, margins in millimetres, both within what the annex allows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20.0, 20.0, 30.0, 20.0
"""The annex: 20–25 above and below, 30–35 left, 15–20 right."""
BODY, HEAD, MOTTO_SIZE, NOTE, RECIPIENT = 14.0, 12.0, 13.0, 11.0, 12.0
INDENT_MM = 10.0
NARROW = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body; ``heading`` is bold."""

    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; ``widths`` are shares of the text's width, ``right`` columns of
    numbers.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    right: frozenset[int] = frozenset()


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter or a report; ``kind`` is its name in capitals, empty for a plain letter.

    ``superior`` stands above ``organ``; ``to`` is whom a plain letter addresses.
    """

    superior: str
    organ: str
    mark: str
    town: str
    day: dt.date
    kind: str
    subject: str
    to: tuple[str, ...]
    blocks: tuple[Block, ...]
    copies: tuple[str, ...]
    office: str
    signer: str = ""

    @property
    def number(self) -> str:
        """The line of the number, which the registry fills in."""
        return f"Số:{NARROW * 12}/{self.mark}"

    @property
    def dated(self) -> str:
        """Town and date, with zeros as the annex writes them."""
        month = f"{self.day.month:02}" if self.day.month < 3 else str(self.day.month)
        town = f"{self.town}, " if self.town else ""
        return f"{town}ngày {self.day.day:02} tháng {month} năm {self.day.year}"


def listed(names: Sequence[str]) -> list[str]:
    """Return the lines under “Nơi nhận”: each ends with a semicolon, the last with a stop."""
    return [f"- {name}{';' if n < len(names) else '.'}" for n, name in enumerate(names, 1)]
