"""Rows read out of a damaged outbox, page by page, without asking SQLite (pure).

Every version of every leaf page counts, in the database and in its journal; what proves a
row is its own mark or the entry after it. Format: https://www.sqlite.org/fileformat2.html
("B-tree Pages", "Record Format", "WAL Format").
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from kiosk.rows import Rescued, State
from wire.batch import DISCARD, EXPIRED, KNOWN, STORED
from wire.entry import Entry
from wire.errors import WireError


class Buffer(Protocol):
    """Bytes by slices: a file's (:class:`kiosk.worn.WornFile`), or bytes themselves."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, wanted: slice, /) -> bytes:
        """Return some of them."""


PAGE_BYTES = 512
"""The outbox's page size, for a file whose first page no longer tells it."""

_TABLE_LEAF, _INDEX_LEAF = 13, 10
_LEAVES = {_INDEX_LEAF, _TABLE_LEAF} | {_TABLE_LEAF ^ 1 << bit for bit in range(8)}
"""First bytes of pages read as leaves: a row proves itself, so one flip may be forgiven."""

_WAL_HEADER, _FRAME_HEADER = 32, 24
_BIG_ENDIAN = 0x377F0683
_LONGEST = 64 * 1024
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
_PAGE_SIZES = (512, 1024, 2048, 4096, 8192, 16384, 32768)
_DONE = (STORED, KNOWN, EXPIRED, DISCARD)


def plain_header(head: bytes) -> bool:
    """Whether a database begins as every outbox does; an empty one has not begun yet.

    SQLite believes some flipped bits there, and opens the file for reading only.
    """
    if not head:
        return True
    return (
        head[:16] == b"SQLite format 3\0"
        and all(version in (1, 2) for version in head[18:20])
        and head[20:24] == b"\0\x40\x20\x20"
        and head[44:48] in (bytes(4), b"\0\0\0\4")
        and head[56:60] in (bytes(4), b"\0\0\0\1")
    )


def torn_inside(journal: bytes) -> bool:
    """Whether the journal is broken before its end: synced commits follow the broken frame.

    A power cut can only tear the last transaction, so two commits behind a frame (or a
    header) that does not fit mean that the medium lost what it had kept. Behind a whole header
    only its own frames count: those of the writing before lie there until they are overwritten.
    """
    if len(journal) < _WAL_HEADER + _FRAME_HEADER:
        return False
    size, order = _geometry(journal)
    told = (_number(journal[24:28]), _number(journal[28:32]))
    broken = _checksum(journal[:24], order, (0, 0)) != told
    salts, sums, commits = _salts(journal) if broken else journal[16:24], told, 0
    for at in range(_WAL_HEADER, len(journal) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        head = journal[at : at + _FRAME_HEADER]
        page = journal[at + _FRAME_HEADER : at + _FRAME_HEADER + size]
        told = (_number(head[16:20]), _number(head[20:24]))
        # Each sum continues from the one before as it is told, so one flip breaks one frame.
        fits = head[8:16] == salts and _checksum(head[:8] + page, order, sums) == told
        sums = told
        if not fits:
            broken, commits = True, 0
        elif broken and _number(head[4:8]):
            commits += 1
            if commits == 2:
                return True
    return False


def holds_pages(journal: bytes) -> bool:
    """Whether anything was written to the journal: zeros that only reserve its room are nothing."""
    return any(number for number, _ in _frames(journal, _geometry(journal)[0]))


def _geometry(journal: bytes) -> tuple[int, str]:
    """Return the page size and byte order that the journal's header tells, or our own."""
    size, magic = _number(journal[8:12]), _number(journal[:4])
    return size if size in _PAGE_SIZES else PAGE_BYTES, ">" if magic == _BIG_ENDIAN else "<"


def _salts(journal: bytes) -> bytes:
    """Return what marks this writing's frames: as the first frame has it, if two agree."""
    size, _ = _geometry(journal)
    first = journal[_WAL_HEADER + 8 : _WAL_HEADER + 16]
    second = _WAL_HEADER + _FRAME_HEADER + size
    if first in (journal[16:24], journal[second + 8 : second + 16]):
        return first
    return journal[16:24]


class Carver:
    """Reads a damaged database and its journal; newer pages know a row's state better.

    :meth:`rows` yields each proved row once. Afterwards ``unproved`` holds rows whose own
    mark does not fit (the entry after one may prove it yet) and ``facts`` the small facts.
    """

    def __init__(self, database: Buffer, journal: bytes) -> None:
        self._database = database
        told = _number(database[16:18])
        self._size = size = told if told in _PAGE_SIZES else PAGE_BYTES
        self._frames = list(_frames(journal, size))
        self._newest = dict(self._frames)
        self._seen: set[int] = set()
        self._found: list[tuple[int, Rescued]] = []
        self.unproved: dict[int, Rescued] = {}
        self.facts: dict[str, bytes] = {}

    def rows(self) -> Iterator[tuple[int, Rescued]]:
        """Yield ``(number in the file, row)``, in no particular order."""
        for number, page in reversed(self._frames):
            yield from self._leaf(number, page)
        for number in range(1, len(self._database) // self._size + 1):
            yield from self._leaf(number, self._old(number))

    def _old(self, number: int) -> bytes:
        return self._database[(number - 1) * self._size : number * self._size]

    def _new(self, number: int) -> bytes:
        return self._newest.get(number) or self._old(number)

    def _leaf(self, number: int, page: bytes) -> Iterator[tuple[int, Rescued]]:
        start = 100 if number == 1 else 0
        if len(page) != self._size or page[start] not in _LEAVES:
            return
        # Pointers fill the room up to the first cell; how many there are may be a flipped count,
        # and a flipped pointer may name a first cell among them: the longer of both counts.
        table = page[start] != _INDEX_LEAF
        at, end = start + 8, self._size
        told = at + 2 * _number(page[start + 3 : start + 5]) if table else 0
        while at < max(end, min(told, self._size)) - 1:
            place = _number(page[at : at + 2])
            at += 2
            if not start + 8 <= place < self._size:
                continue
            end = min(end, place)
            try:
                found = self._cell(page, place, table=table)
            except (IndexError, ValueError, WireError, struct.error):
                continue  # this cell is gone; its neighbours may not be
            if found is not None:
                yield found

    def _cell(self, page: bytes, at: int, *, table: bool) -> tuple[int, Rescued] | None:
        length, at = _varint(page, at)
        if not 4 < length < _LONGEST:
            return None
        if not table:
            self._fact(_record(self._payload(page, at, length, self._new, table=False)))
            return None
        place, at = _varint(page, at)
        place -= 2**64 if place >= 2**63 else 0
        if place in self._seen:
            return None
        for pages in (self._new, self._old):
            row, proved = _row(place, _record(self._payload(page, at, length, pages, table=True)))
            if proved:
                self._seen.add(place)
                self.unproved.pop(place, None)
                return place, row
            self.unproved.setdefault(place, row)
        return None

    def _payload(
        self, page: bytes, at: int, length: int, pages: Callable[[int], bytes], *, table: bool
    ) -> bytes:
        most = self._size - 35 if table else (self._size - 12) * 64 // 255 - 23
        if length <= most:
            return page[at : at + length]
        least = (self._size - 12) * 32 // 255 - 23
        local = least + (length - least) % (self._size - 4)
        local = local if local <= most else least
        payload = page[at : at + local]
        following = _number(page[at + local : at + local + 4])
        while len(payload) < length and following:
            more = pages(following)
            if len(more) != self._size:
                break
            payload += more[4 : 4 + length - len(payload)]
            following = _number(more[:4])
        return payload

    def _fact(self, record: Sequence[object]) -> None:
        if len(record) == 2 and isinstance(record[0], str) and isinstance(record[1], bytes):
            self.facts.setdefault(record[0], record[1])


def _row(place: int, record: Sequence[object]) -> tuple[Rescued, bool]:
    """Return a row and whether its mark proves it; raises ``ValueError`` for other records."""
    if len(record) != 8 or record[0] is not None:
        raise ValueError("No row of ours.")
    header, sealed, mark, state, wall_ms, receipt_ms, reason = record[1:]
    if not (isinstance(header, bytes) and isinstance(sealed, bytes)):
        raise ValueError("No row of ours.")  # noqa: TRY004  # what the record is, not its type
    entry = Entry(header, sealed)
    facts = entry.header
    if place > 0 and place != facts.seq:
        raise ValueError("The row lies in a foreign place.")
    done = state == State.ACKED and reason in _DONE and isinstance(receipt_ms, int)
    refused = state == State.REFUSED and isinstance(reason, str)
    row = Rescued(
        facts.chain,
        facts.seq,
        entry,
        # Sent once too often is harmless; never sent is not.
        State.ACKED if done else State.REFUSED if refused else State.WAITING,
        wall_ms if isinstance(wall_ms, int) else facts.wall_ms,
        receipt_ms if done and isinstance(receipt_ms, int) else None,
        reason if (done or refused) and isinstance(reason, str) else None,
    )
    return row, isinstance(mark, bytes) and len(mark) == 8 and entry.hash.startswith(mark)


def _frames(journal: bytes, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield ``(page number, page)`` of the journal's last writing, oldest first."""
    salts = _salts(journal)
    for at in range(_WAL_HEADER, len(journal) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        if journal[at + 8 : at + 16] == salts:
            page = journal[at + _FRAME_HEADER : at + _FRAME_HEADER + size]
            yield _number(journal[at : at + 4]), page


def _record(payload: bytes) -> list[object]:
    length, at = _varint(payload, 0)
    kinds = []
    while at < length:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[object] = []
    for kind in kinds:
        size = (kind - 12) // 2 if kind >= 12 else _SIZES[kind]
        body = payload[at : at + size]
        if len(body) != size:
            raise ValueError("The record is cut.")
        at += size
        if kind >= 12:
            # A text that a flipped bit made none costs its letter, not its row.
            values.append(body if kind % 2 == 0 else body.decode("utf-8", "replace"))
        elif kind == 0:
            values.append(None)
        elif kind == 7:
            values.append(struct.unpack(">d", body)[0])
        elif kind in (8, 9):
            values.append(kind - 8)
        else:
            values.append(int.from_bytes(body, "big", signed=True))
    return values


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for count in range(9):
        byte = data[at + count]
        if count == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, at + count + 1
    raise ValueError("No varint.")


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _checksum(data: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for one, two in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second
