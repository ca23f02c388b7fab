"""The outbox's file: opened, migrated, its errors made ours. The door to sqlite3.

One writing connection behind one lock, WAL with ``synchronous=FULL``: one fsync per
commit, and none of the two-connection hazards of WAL mode before SQLite 3.51.3, because
there are no two. What is found damaged is remembered beside the file
(:func:`mark_damaged`), so that the next start salvages instead of failing in the same place.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from kiosk import outbox_schema
from kiosk.errors import DiskRefused, OutboxDamaged, OutboxNewer
from kiosk.files import is_read_only, sync_folder
from kiosk.outbox_place import Place, mark_damaged

SQLITE = sqlite3.sqlite_version

PAGE_BYTES = 512
"""Small pages: a scan then writes 9 KB to the card, with 1,024 bytes 12, with 4,096 19."""

CACHE_KIB = 512
"""What the process keeps of the file; the system keeps more, as long as it has memory to spare."""

CHECKPOINT_PAGES = 1000
"""The journal's length at which it is written back and begun anew. A journal that is long
enough already takes a commit without growing, which a file system does in half the time.
"""


class OutboxFile:
    """A database file and its only writing connection; safe between threads."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open and migrate; raises ``DiskRefused``, ``OutboxDamaged`` or ``OutboxNewer``."""
        self.path = path
        self.lock = threading.RLock()
        self._read_only = read_only
        self._place = Place(path)
        self._db: sqlite3.Connection | None = _connect(path, read_only=read_only)
        try:
            with self._faults():
                self.version = _sound_version(self._db, path, mark=not read_only)
                """How many migrations it has seen; read only, 0 before it was made."""
                if not read_only:
                    _migrate(self._db, self.version)
                    self.version = len(outbox_schema.MIGRATIONS)
        except BaseException:
            self.close()
            raise

    @property
    def open(self) -> bool:
        """Whether the file is still open."""
        return self._db is not None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock and commit at the end, or change nothing."""
        with self.lock, self._faults():
            db = self._connection()
            self._place.check(partial(_copy, db))
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def read(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self.lock, self._faults():
            return self._connection().execute(sql, values).fetchall()

    def fact(self, name: str) -> bytes | None:
        """Return a remembered fact."""
        found = self.read("SELECT value FROM facts WHERE name = ?", (name,))
        return found[0][0] if found else None

    def remember(self, db: sqlite3.Connection, name: str, value: bytes | None) -> None:
        """Keep a small fact within a transaction; None forgets it."""
        if value is None:
            db.execute("DELETE FROM facts WHERE name = ?", (name,))
        else:
            db.execute(
                "INSERT INTO facts (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    def journal(self) -> str:
        """Return SQLite's journal mode and durability, e.g. ``wal/full``."""
        mode = self.read("PRAGMA journal_mode")[0][0]
        level = self.read("PRAGMA synchronous")[0][0]
        return f"{mode}/{('off', 'normal', 'full', 'extra')[level]}".replace(" ", "")

    def checkpoint(self) -> None:
        """Write the journal back into the file; for idle moments."""
        if self._read_only:
            return
        with self.lock, self._faults():
            self._connection().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    @property
    def _journal(self) -> Path:
        return self.path.with_name(self.path.name + "-wal")

    @property
    def journal_bytes(self) -> int:
        """How long the journal is."""
        with suppress(OSError):
            return self._journal.stat().st_size
        return 0

    def lengthen_journal(self) -> None:
        """Give the journal its full length at once, in zeros, which SQLite takes for its end.

        A commit that makes the journal longer makes the file system write its own records,
        too, 12 kB on a card; the first 250 entries after each start did so.
        """
        length = CHECKPOINT_PAGES * (PAGE_BYTES + 24) + 32  # a frame's and the file's header
        with self.lock, suppress(OSError), self._journal.open("r+b") as journal:
            journal.seek(0, os.SEEK_END)
            before = journal.tell()
            try:
                journal.write(bytes(max(0, length - before)))
                journal.flush()
                os.fsync(journal.fileno())
            except OSError:
                journal.truncate(before)  # no room: it grows as it must
                raise

    def close(self) -> None:
        """Close the file; harmless twice."""
        with self.lock:
            db, self._db = self._db, None
            if db is not None:
                # What closing could not write back is in the journal, for the next start.
                with suppress(sqlite3.Error):
                    db.close()

    def _faults(self) -> AbstractContextManager[None]:
        return faults(self.path, mark=not self._read_only)

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            raise DiskRefused("The outbox is closed.")
        return self._db


@contextmanager
def faults(path: Path, *, mark: bool = True) -> Iterator[None]:
    """Turn SQLite's errors into ours: damage stops, a disk that refuses is said so.

    Whoever only reads (``mark=False``) leaves no mark: the owner sees for itself.
    """
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # a defect of ours, not of the file
    except sqlite3.OperationalError as error:
        if _primary(error) in _DAMAGE or not hasattr(error, "sqlite_errorcode"):
            raise damaged(path, mark=mark) from error
        raise DiskRefused(f"The disk does not take entries: {error}.") from error
    except (sqlite3.DatabaseError, OverflowError, UnicodeDecodeError) as error:
        # Values of another type than we wrote are the file's fault, too.
        raise damaged(path, mark=mark) from error


def damaged(path: Path, *, mark: bool = True) -> OutboxDamaged:
    """Return the error for a damaged file, which is remembered as such from now on."""
    if mark:
        mark_damaged(path)
    return OutboxDamaged(
        f"{path} is damaged; start the kiosk again (or run “kiosk fsck --salvage”) and it "
        "saves what can be read."
    )


_DAMAGE = frozenset(
    # SQLITE_ERROR: our statements are fixed, so a schema that they do not fit is not ours.
    # No code at all: SQLite found nothing, but Python found a text that is none (no UTF-8).
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_SCHEMA}
)


def _primary(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    with faults(path, mark=not read_only):
        if read_only:
            if not path.is_file():
                raise DiskRefused(f"There is no outbox at {path}.")
            journal = path.with_name(path.name + "-wal")
            empty = not journal.exists() or not journal.stat().st_size
            # On a disk without writes SQLite cannot make the journal's files anew; with an empty
            # journal it need not, because nobody changes what is here.
            how = "mode=ro&immutable=1" if empty and is_read_only(path.parent) else "mode=ro"
            db = sqlite3.connect(
                f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None
            )
        else:
            _create(path)
            db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            if not read_only:
                db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
                db.execute("PRAGMA journal_mode = WAL")
                db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute("PRAGMA cell_size_check = ON")
        except BaseException:
            db.close()
            raise
        return db


def _copy(db: sqlite3.Connection, target: Path) -> None:
    """Write all that ``db`` shows into a file, whether its own has a name or not."""
    try:
        with closing(sqlite3.connect(target)) as copy:
            db.backup(copy)
    except sqlite3.Error as error:
        raise DiskRefused(f"The disk does not take a copy: {error}.") from error


def _create(path: Path) -> None:
    if path.exists():
        return
    try:
        path.touch(mode=0o600)
        sync_folder(path.parent)
    except OSError as error:
        raise DiskRefused(f"{path} cannot be made: {error.strerror}.") from error


def _fits(db: sqlite3.Connection, version: int) -> bool:
    """Whether the tables are, letter by letter, those that the migrations to ``version`` make."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as wanted:
        for script in outbox_schema.MIGRATIONS[:version]:
            wanted.executescript(script)
        query = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
        return db.execute(query).fetchall() == wanted.execute(query).fetchall()


def _sound_version(db: sqlite3.Connection, path: Path, *, mark: bool) -> int:
    """Return the version, before any other use: SQLite itself takes a flipped name for a name."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(outbox_schema.MIGRATIONS):
        # A newer program tells it as a fact, too: one flipped bit fools nobody.
        told = db.execute("SELECT value FROM facts WHERE name = 'version'").fetchone()
        if told is None or int.from_bytes(told[0], "big") != version:
            raise damaged(path, mark=mark)
        raise OutboxNewer(
            f"{path} was written by a newer version of this program; install that version."
        )
    if not _fits(db, version):
        raise damaged(path, mark=mark)
    return version


def _migrate(db: sqlite3.Connection, version: int) -> None:
    for number, script in enumerate(outbox_schema.MIGRATIONS[version:], version + 1):
        # One transaction for the change and its record (executescript would commit).
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in script.split(";\n"):
                if statement.strip():
                    db.execute(statement)
            if number == 1:
                chain = uuid.uuid4().bytes
                db.execute("INSERT INTO facts (name, value) VALUES ('chain', ?)", (chain,))
            db.execute(f"PRAGMA user_version = {number}")
            db.execute(
                "INSERT OR REPLACE INTO facts (name, value) VALUES ('version', ?)",
                (number.to_bytes(4, "big"),),
            )
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
