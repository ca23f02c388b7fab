"""The outbox's tables, as migrations: each is one step, made and recorded in one transaction."""

from __future__ import annotations

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE entries (        -- the chain; seq is gap-free from 1, rescued rows below 0
        seq        INTEGER PRIMARY KEY,
        header     BLOB NOT NULL, -- wire.entry.Header, as hashed and sent
        sealed     BLOB NOT NULL, -- HPKE; nobody here can open it
        mark       BLOB NOT NULL, -- the hash's first 8 bytes: a flipped bit is found
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
    """
    CREATE TABLE passages (       -- who is inside; "presence" holds what was noted before this
        seq       INTEGER PRIMARY KEY,
        boot_ms   INTEGER NOT NULL,
        direction TEXT NOT NULL,
        linked    INTEGER NOT NULL, -- how many of the tags are one person's; the others are marks
        tags      BLOB NOT NULL
    );
    """,
)
