"""The outbox: entries made durable before anybody sees green. The door to sqlite3.

One SQLite file, one process (the caller holds :class:`kiosk.files.Ownership`), one writing
connection behind a lock. WAL with ``synchronous=FULL``: one fsync per commit, and none of
the two-connection WAL hazards of SQLite before 3.51.3, because there are no two. States:
waiting → acked | refused; there is no "sending", so a crash needs no repair.

All SQL of the kiosk stands in this module.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from types import TracebackType

from kiosk.errors import DiskRefused, OutboxDamaged, OutboxNewer
from kiosk.presence import Passage
from wire.batch import REFUSED, Answer
from wire.entry import GENESIS, Entry, Link

FILE = "outbox.sqlite3"
PAGE_BYTES = 1024
"""Small pages: a scan then writes 5 KB instead of 17 KB to the card (measured, x86-64)."""

SLICE = 50
"""Rows that one settle or purge transaction touches: it holds the lock for < 20 ms."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE entries (        -- the chain; seq is gap-free from 1
        seq        INTEGER PRIMARY KEY,
        header     BLOB NOT NULL, -- wire.entry.Header, as hashed and sent
        sealed     BLOB NOT NULL, -- HPKE; nobody here can open it
        state      INTEGER NOT NULL DEFAULT 0,
        wall_ms    INTEGER NOT NULL,
        receipt_ms INTEGER,       -- the hub's time in the receipt that retired it
        reason     TEXT
    );
    CREATE INDEX entries_state ON entries (state);
    CREATE TABLE presence (       -- who is inside, by tags keyed in memory only
        tag       BLOB PRIMARY KEY,
        grp       INTEGER NOT NULL,
        direction TEXT NOT NULL,
        boot_ms   INTEGER NOT NULL,
        seq       INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE counts (         -- what makes no entry: codes not for us, two at once
        hour INTEGER NOT NULL,    -- wall time in hours since 1970
        name TEXT NOT NULL,
        n    INTEGER NOT NULL,
        PRIMARY KEY (hour, name)
    ) WITHOUT ROWID;
    CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    """,
)


class State(IntEnum):
    """Where a row is on its way."""

    WAITING = 0
    ACKED = 1
    REFUSED = 2


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it lies in the outbox."""

    seq: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Settled:
    """What a receipt says of the row ``seq``."""

    seq: int
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """What lies in the outbox."""

    waiting: int
    acked: int
    refused: int
    oldest_waiting_ms: int | None
    last_receipt_ms: int | None
    head_seq: int
    head_hash: bytes


class Outbox:
    """The durable list of entries of one kiosk; a context manager, safe between threads."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        try:
            self._db = _connect(path, read_only=read_only)
            if not read_only:
                _migrate(self._db, path)
            with _faults(path):
                self.chain = uuid.UUID(bytes=self._fact("chain") or b"")
                self._head = self._read_head()
                self._counts = self._read_counts()
        except (OutboxNewer, OutboxDamaged, DiskRefused):
            self.close()
            raise
        except ValueError as error:
            self.close()
            raise _damaged(path) from error

    # -- writing -----------------------------------------------------------------------

    def put(
        self,
        build: Callable[[Link], Entry],
        *,
        wall_ms: int,
        passage: Passage | None = None,
    ) -> Row:
        """Make one entry durable; returns only after COMMIT with ``synchronous=FULL``.

        ``build`` is called under the lock with the entry's place in the chain and returns
        the sealed entry. ``passage`` updates who is inside in the same transaction. Raises
        :class:`DiskRefused` when the disk does not take it (nothing is recorded then) and
        :class:`OutboxDamaged`.
        """
        with self._lock:
            seq, prev = self._head[0] + 1, self._head[1]
            entry = build(Link(self.chain, seq, prev))
            with self._transaction() as db:
                db.execute(
                    "INSERT INTO entries (seq, header, sealed, wall_ms) VALUES (?, ?, ?, ?)",
                    (seq, entry.header_bytes, entry.sealed, wall_ms),
                )
                if passage is not None:
                    _move(db, passage, seq)
            self._head = (seq, entry.hash)
            self._counts[State.WAITING] += 1
            return Row(seq, entry)

    def settle(self, answers: Iterable[Settled], *, receipt_ms: int) -> int:
        """Apply a receipt; returns how many rows changed. Rows not named stay as they are."""
        changed = 0
        for some in _slices(list(answers), SLICE):
            with self._lock:
                moved: list[tuple[State, State]] = []
                with self._transaction() as db:
                    for answer in some:
                        row = db.execute(
                            "SELECT state FROM entries WHERE seq = ?", (answer.seq,)
                        ).fetchone()
                        # A refused row may be taken later; an acked one never goes back here.
                        if row is None or row[0] == State.ACKED:
                            continue
                        db.execute(
                            "UPDATE entries SET state = ?, receipt_ms = ?, reason = ?"
                            " WHERE seq = ?",
                            (answer.state, receipt_ms, answer.reason or None, answer.seq),
                        )
                        moved.append((State(row[0]), answer.state))
                for old, new in moved:
                    self._counts[old] -= 1
                    self._counts[new] += 1
                changed += len(moved)
        return changed

    def apply(self, answers: Mapping[int, Answer], *, receipt_ms: int) -> int:
        """Settle rows by the hub's answers; only ``refused`` keeps a row from being done."""
        return self.settle(
            (
                Settled(seq, State.REFUSED, answer.reason or "no reason given")
                if answer.status == REFUSED
                else Settled(seq, State.ACKED, answer.status)
                for seq, answer in answers.items()
            ),
            receipt_ms=receipt_ms,
        )

    def reopen(self, gaps: Sequence[tuple[int, int]], *, receipt_ms: int) -> int:
        """Set acked rows that the hub no longer holds back to waiting; returns how many.

        ``gaps`` are inclusive ranges of seq. Only rows whose own receipt is older than
        ``receipt_ms`` count (an old receipt must not undo a newer one), and only rows that
        the hub once held: what it let expire or discarded stays done.
        """
        lost = [
            seq
            for first, last in gaps
            for (seq,) in self._read(
                "SELECT seq FROM entries WHERE seq BETWEEN ? AND ? AND state = 1"
                " AND reason IN ('stored', 'known') AND receipt_ms < ?",
                (first, last, receipt_ms),
            )
        ]
        for some in _slices(lost, SLICE):
            with self._lock:
                with self._transaction() as db:
                    moved = sum(
                        db.execute(
                            "UPDATE entries SET state = 0, receipt_ms = NULL, reason = NULL"
                            " WHERE seq = ? AND state = 1",
                            (seq,),
                        ).rowcount
                        for seq in some
                    )
                self._counts[State.ACKED] -= moved
                self._counts[State.WAITING] += moved
        return len(lost)

    def retry_refused(self) -> int:
        """Send refused rows again when the steward asks for it; returns how many."""
        with self._lock:
            with self._transaction() as db:
                changed = db.execute(
                    "UPDATE entries SET state = 0, reason = NULL WHERE state = 2"
                ).rowcount
            self._counts = self._read_counts()
        return changed

    def purge(self, *, before_ms: int) -> int:
        """Drop acked rows received before ``before_ms`` (hub time); returns how many.

        The head always stays, so the chain goes on; waiting and refused rows always stay.
        """
        dropped = 0
        while True:
            with self._lock, self._transaction() as db:
                gone = db.execute(
                    "DELETE FROM entries WHERE seq IN (SELECT seq FROM entries WHERE state = 1"
                    " AND receipt_ms < ? AND seq < ? ORDER BY seq LIMIT ?)",
                    (before_ms, self._head[0], SLICE),
                ).rowcount
                self._counts[State.ACKED] -= gone
            dropped += gone
            if gone < SLICE:
                return dropped

    def count(self, name: str, *, wall_ms: int) -> None:
        """Count what makes no entry, durably, per hour; ``name`` is a kind, never content."""
        with self._lock, self._transaction() as db:
            db.execute(
                "INSERT INTO counts (hour, name, n) VALUES (?, ?, 1)"
                " ON CONFLICT (hour, name) DO UPDATE SET n = n + 1",
                (wall_ms // 3_600_000, name),
            )

    def remember(self, name: str, value: bytes) -> None:
        """Keep a small fact (never personal)."""
        with self._lock, self._transaction() as db:
            db.execute(
                "INSERT INTO facts (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    def forget_presence(self) -> None:
        """Drop who is inside: the key of the tags is gone, they say nothing any more."""
        with self._lock, self._transaction() as db:
            db.execute("DELETE FROM presence")

    def forget_presence_before(self, boot_ms: int) -> None:
        """Drop passages older than what pairs (18 h)."""
        with self._lock, self._transaction() as db:
            db.execute("DELETE FROM presence WHERE boot_ms < ?", (boot_ms,))

    # -- reading -----------------------------------------------------------------------

    def due(self, *, limit: int, max_bytes: int, skip: Sequence[int] = ()) -> list[Row]:
        """Return the oldest waiting rows that fit one batch (at least one if any waits).

        ``skip`` names rows that are set aside for now (poison), in no particular order.
        """
        apart = set(skip)
        rows: list[Row] = []
        size = 0
        for seq, header, sealed in self._read(
            "SELECT seq, header, sealed FROM entries WHERE state = 0 ORDER BY seq LIMIT ?",
            (limit + len(apart),),
        ):
            if seq in apart:
                continue
            size += len(header) + len(sealed) + 16
            if rows and (size > max_bytes or len(rows) == limit):
                break
            rows.append(Row(seq, Entry(header, sealed)))
        return rows

    def rows(self, *, state: State | None = None, after: int = 0, limit: int = 500) -> list[Row]:
        """Return rows in order, for export, inspection and checks."""
        wanted = -1 if state is None else int(state)
        found = self._read(
            "SELECT seq, header, sealed FROM entries WHERE seq > ? AND (? = -1 OR state = ?)"
            " ORDER BY seq LIMIT ?",
            (after, wanted, wanted, limit),
        )
        return [Row(seq, Entry(header, sealed)) for seq, header, sealed in found]

    def refusals(self) -> list[tuple[int, str]]:
        """Return ``(seq, reason)`` of the refused rows, oldest first."""
        return list(
            self._read("SELECT seq, coalesce(reason, '') FROM entries WHERE state = 2 ORDER BY seq")
        )

    def stock(self) -> Stock:
        """Count what lies here."""
        oldest = self._read("SELECT wall_ms FROM entries WHERE state = 0 ORDER BY seq LIMIT 1")
        last = self._read("SELECT receipt_ms FROM entries WHERE state = 1 ORDER BY seq DESC LIMIT 1")
        with self._lock:
            counts, head = dict(self._counts), self._head
        return Stock(
            counts[State.WAITING],
            counts[State.ACKED],
            counts[State.REFUSED],
            oldest[0][0] if oldest else None,
            last[0][0] if last else None,
            *head,
        )

    def head(self) -> tuple[int, bytes]:
        """Return the last seq and its hash: what the next entry follows."""
        with self._lock:
            return self._head

    def last_wall_ms(self) -> int:
        """Return the last commit's wall time: the clock never goes below it (0: none)."""
        rows = self._read("SELECT wall_ms FROM entries ORDER BY seq DESC LIMIT 1")
        return rows[0][0] if rows else 0

    def headers_since(self, wall_ms: int) -> Iterator[bytes]:
        """Yield the headers written since ``wall_ms``, newest first (for today's tally)."""
        before = 2**62
        while True:
            page = self._read(
                "SELECT seq, wall_ms, header FROM entries WHERE seq < ? ORDER BY seq DESC LIMIT 500",
                (before,),
            )
            for seq, wall, header in page:
                if wall < wall_ms:
                    return
                yield header
                before = seq
            if not page:
                return

    def last_passage(self, tags: Sequence[bytes]) -> tuple[str, int, int] | None:
        """Return ``(direction, boot_ms, seq)`` of the newest passage of any of ``tags``."""
        best: tuple[str, int, int] | None = None
        for tag in tags:
            for row in self._read(
                "SELECT direction, boot_ms, seq FROM presence WHERE tag = ?", (tag,)
            ):
                if best is None or row[2] > best[2]:
                    best = (row[0], row[1], row[2])
        return best

    def inside(self, *, since_boot_ms: int) -> int:
        """Count the people whose last passage was inwards."""
        return int(
            self._read(
                "SELECT count(DISTINCT grp) FROM presence WHERE direction = 'in' AND boot_ms >= ?",
                (since_boot_ms,),
            )[0][0]
        )

    def counts(self, *, since_hour: int = 0) -> Mapping[str, int]:
        """Return the durable counts by name since an hour (hours since 1970)."""
        return dict(
            self._read(
                "SELECT name, sum(n) FROM counts WHERE hour >= ? GROUP BY name", (since_hour,)
            )
        )

    def fact(self, name: str) -> bytes | None:
        """Return a remembered fact."""
        with self._lock:
            return self._fact(name)

    def journal(self) -> str:
        """Return SQLite's journal mode and durability, e.g. ``wal/full``."""
        mode = self._read("PRAGMA journal_mode")[0][0]
        level = self._read("PRAGMA synchronous")[0][0]
        return f"{mode}/{ {0: 'off', 1: 'normal', 2: 'full', 3: 'extra'}[level] }".replace(" ", "")

    # -- checking ----------------------------------------------------------------------

    def check(self) -> list[str]:
        """Check the file and the chain; returns findings, each one plain sentence."""
        try:
            told = [row[0] for row in self._read("PRAGMA integrity_check(20)")]
            findings = [f"The database is damaged: {text}." for text in told if text != "ok"]
            return findings + self._check_chain()
        except OutboxDamaged as error:
            return [str(error)]

    def _check_chain(self) -> list[str]:
        findings: list[str] = []
        after, prev, expected = 0, None, None
        while page := self.rows(after=after):
            for row in page:
                try:
                    header = row.entry.header
                except Exception as error:  # noqa: BLE001  # whatever is wrong is the finding
                    findings.append(f"Entry {row.seq} cannot be read: {error}")
                    prev, expected = None, row.seq + 1
                    continue
                if header.seq != row.seq or header.chain != self.chain:
                    findings.append(f"Entry {row.seq} lies in a foreign place.")
                contiguous = expected is None or row.seq == expected
                if prev is not None and contiguous and header.prev != prev:
                    findings.append(f"Entry {row.seq} does not follow the entry before it.")
                if row.seq == 1 and header.prev != GENESIS:
                    findings.append("The first entry does not begin the chain.")
                prev, expected = row.entry.hash, row.seq + 1
            after = page[-1].seq
        return findings

    # -- inside ------------------------------------------------------------------------

    def close(self) -> None:
        """Close the file; harmless twice."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def __enter__(self) -> Outbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Outbox({str(self.path)!r}, open={self._db is not None})"

    @property
    def _open_db(self) -> sqlite3.Connection:
        if self._db is None:
            raise DiskRefused("The outbox is closed.")
        return self._db

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        db = self._open_db
        with _faults(self.path):
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def _read(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]  # sqlite3 rows
        with self._lock, _faults(self.path):
            return self._open_db.execute(sql, values).fetchall()

    def _fact(self, name: str) -> bytes | None:
        row = self._open_db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def _read_head(self) -> tuple[int, bytes]:
        row = self._open_db.execute(
            "SELECT seq, header, sealed FROM entries ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return (0, GENESIS) if row is None else (row[0], Entry(row[1], row[2]).hash)

    def _read_counts(self) -> dict[State, int]:
        found = self._open_db.execute("SELECT state, count(*) FROM entries GROUP BY state")
        return {state: 0 for state in State} | {State(state): n for state, n in found}


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    with _faults(path):
        if read_only:
            if not path.exists():
                raise DiskRefused(f"There is no outbox at {path}.")
            db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        else:
            path.touch(mode=0o600, exist_ok=True)
            db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA temp_store = MEMORY")
        db.execute("PRAGMA cell_size_check = ON")
        return db


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    with _faults(path):
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise OutboxNewer(
                f"{path} was written by a newer version of this program; install that version."
            )
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            # One transaction for the change and its record (executescript would commit).
            db.execute("BEGIN IMMEDIATE")
            for statement in script.split(";\n"):
                if statement.strip():
                    db.execute(statement)
            if number == 1:
                chain = uuid.uuid4().bytes
                db.execute("INSERT INTO facts (name, value) VALUES ('chain', ?)", (chain,))
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")


def _move(db: sqlite3.Connection, passage: Passage, seq: int) -> None:
    """Note a passage under all of a person's tags, and under those linked to them."""
    marks = ",".join("?" * len(passage.tags))
    if not passage.tags:
        return
    groups = [
        row[0]
        for row in db.execute(
            f"SELECT DISTINCT grp FROM presence WHERE tag IN ({marks})", passage.tags
        )
    ]
    group = min(groups, default=seq)
    for other in groups:
        db.execute(
            "UPDATE presence SET grp = ?, direction = ?, boot_ms = ?, seq = ? WHERE grp = ?",
            (group, passage.direction, passage.boot_ms, seq, other),
        )
    db.executemany(
        "INSERT INTO presence (tag, grp, direction, boot_ms, seq) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (tag) DO UPDATE SET grp = excluded.grp, direction = excluded.direction,"
        " boot_ms = excluded.boot_ms, seq = excluded.seq",
        [(tag, group, passage.direction, passage.boot_ms, seq) for tag in passage.tags],
    )


def _slices(items: list, size: int) -> Iterator[list]:  # type: ignore[type-arg]  # of anything
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _damaged(path: Path) -> OutboxDamaged:
    return OutboxDamaged(f"{path} is damaged; run “kiosk fsck” on its folder.")


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours: damage stops, a disk that refuses is said so."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _damaged(path) from error
        raise DiskRefused(f"The disk does not take entries: {error}.") from error
    except sqlite3.ProgrammingError:
        raise  # a defect of ours, not of the file
    except sqlite3.DatabaseError as error:
        raise _damaged(path) from error
