"""Who is inside: rows of passages say after a restart what was known before it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk import outbox_schema
from kiosk.errors import DiskRefused, OutboxDamaged
from kiosk.outbox_view import OutboxView
from kiosk.presence import PAIRING_S, Passage
from kiosk.queue import FILE, Outbox
from tests.integration.test_outbox_machine import entry_at


def tag(number: int) -> bytes:
    return bytes([number]) * 12


TAGS = [tag(number) for number in range(7)]
passages = st.builds(
    Passage,
    tags=st.lists(st.sampled_from(TAGS), max_size=2, unique=True).map(tuple),
    direction=st.sampled_from(["in", "out"]),
    boot_ms=st.integers(0, 100),
    marks=st.lists(st.sampled_from(TAGS), max_size=2, unique=True).map(tuple),
)


class ByTag:
    """The rule as a table by tag had it, a row each: what the new one is compared with."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.executescript(outbox_schema.MIGRATIONS[0])

    def note(self, passage: Passage, seq: int) -> None:
        if not passage.tags:
            return
        marks = ",".join("?" * len(passage.tags))
        groups = [
            row[0]
            for row in self.db.execute(
                f"SELECT DISTINCT grp FROM presence WHERE tag IN ({marks})", passage.tags
            )
        ]
        group = min(groups, default=seq)
        last = (passage.direction, passage.boot_ms, seq)
        for other in groups:
            self.db.execute(
                "UPDATE presence SET grp = ?, direction = ?, boot_ms = ?, seq = ? WHERE grp = ?",
                (group, *last, other),
            )
        for one in (*passage.tags, *passage.marks):
            self.db.execute(
                "INSERT OR REPLACE INTO presence VALUES (?, ?, ?, ?, ?)", (one, group, *last)
            )

    def said(self, tags: tuple[bytes, ...]) -> tuple[str, int, int] | None:
        rows = [
            row
            for one in tags
            for row in self.db.execute(
                "SELECT direction, boot_ms, seq FROM presence WHERE tag = ?", (one,)
            )
        ]
        return max(rows, key=lambda row: row[2], default=None)

    def inside(self) -> int:
        (count,) = self.db.execute(
            "SELECT count(DISTINCT grp) FROM presence WHERE direction = 'in'"
        ).fetchone()
        return int(count)


def put(outbox: Outbox, passage: Passage) -> None:
    outbox.put(lambda link: entry_at(link, 5), wall_ms=5, passage=passage)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(passages, max_size=14), st.integers(0, 14), st.sampled_from(["own", "file"]))
def test_what_is_known_is_the_same_as_by_tag_before_and_after_a_restart(
    tmp_path_factory: pytest.TempPathFactory, all_: list[Passage], restart: int, index: str
) -> None:
    path = tmp_path_factory.mktemp("presence") / FILE
    model = ByTag()
    outbox = Outbox(path)
    if index == "file":
        outbox.presence.index_in(path.parent)
    for seq, passage in enumerate(all_, 1):
        put(outbox, passage)
        model.note(passage, seq)
        if seq == restart:
            outbox.close()
            outbox = Outbox(path)
    with outbox:
        for _ in range(2):
            for one in TAGS:
                assert outbox.last_passage((one,)) == model.said((one,))
            assert outbox.inside(since_boot_ms=0) == model.inside()
            outbox.presence.close()  # as a restart would
    model.db.close()


@pytest.mark.parametrize("fault", ["gone", "full"])
def test_an_index_whose_memory_fails_is_made_anew_by_the_process_itself(
    tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "memory"
    folder.mkdir()
    with Outbox(tmp_path / FILE) as outbox:
        outbox.presence.index_in(folder)
        if fault == "full":
            put(outbox, Passage((tag(1), tag(2)), "in", 1))
            people = outbox.presence._known()
            pages = people._db.execute("PRAGMA page_count").fetchone()[0]
            people._db.execute(f"PRAGMA max_page_count = {pages}")
        else:
            folder.rmdir()
            put(outbox, Passage((tag(1), tag(2)), "in", 1))
        for number in range(3, 400):
            put(outbox, Passage(((1000 + number).to_bytes(2, "big") * 6,), "in", number))
        assert "kept by the process itself" in caplog.text
        assert outbox.last_passage((tag(2),)) == ("in", 1, 1)
        assert outbox.inside(since_boot_ms=0) == 398


def test_an_index_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "memory").mkdir()
    with Outbox(tmp_path / FILE) as outbox:
        outbox.presence.index_in(tmp_path / "memory")
        put(outbox, Passage((tag(1),), "in", 1))
        (index,) = (tmp_path / "memory").iterdir()
        assert index.stat().st_mode & 0o077 == 0, "its owner's alone"
    assert [*(tmp_path / "memory").iterdir()] == []


def test_a_passage_that_the_disk_refused_is_not_known(tmp_path: Path) -> None:
    with Outbox(tmp_path / FILE) as outbox:
        put(outbox, Passage((tag(1),), "in", 1))
        outbox.file._connection().execute("PRAGMA max_page_count = 1")
        with pytest.raises(DiskRefused):
            put(outbox, Passage((tag(1), tag(2)), "out", 2))
        assert outbox.last_passage((tag(1),)) == ("in", 1, 1)
        assert outbox.last_passage((tag(2),)) is None


def test_what_is_too_old_to_pair_is_forgotten_on_the_disk_too(tmp_path: Path) -> None:
    with Outbox(tmp_path / FILE) as outbox:
        put(outbox, Passage((tag(1),), "in", 1))
        put(outbox, Passage((tag(2),), "in", PAIRING_S * 1000))
        outbox.presence.forget_before(2)
        assert outbox.last_passage((tag(1),)) is None
        assert outbox.inside(since_boot_ms=0) == 1
        assert outbox.file.read("SELECT seq FROM passages") == [(2,)]
        outbox.presence.forget()
        assert outbox.inside(since_boot_ms=0) == 0
        assert outbox.file.read("SELECT seq FROM passages") == []


def test_who_was_inside_before_an_upgrade_still_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / FILE
    with monkeypatch.context() as older:
        older.setattr(outbox_schema, "MIGRATIONS", outbox_schema.MIGRATIONS[:1])
        with Outbox(path) as outbox, outbox.file.transaction() as db:
            for one in (tag(1), tag(2)):
                db.execute("INSERT INTO presence VALUES (?, 4, 'in', 9, 6)", (one,))
    with OutboxView(path) as view:  # its owner has not been started yet
        assert view.last_passage((tag(2),)) == ("in", 9, 6)
    with Outbox(path) as outbox:
        assert outbox.file.version == 2
        put(outbox, Passage((tag(1),), "out", 10))
        # Both are one person's, and stay so.
        assert outbox.last_passage((tag(2),)) == ("out", 10, 1)
        assert outbox.inside(since_boot_ms=0) == 0


def test_an_index_that_cannot_be_told_leaves_no_file(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    with Outbox(tmp_path / FILE) as outbox:
        outbox.presence.index_in(memory)
        with outbox.file.transaction() as db:
            db.execute("ALTER TABLE presence RENAME TO mislaid")
        with pytest.raises(OutboxDamaged):
            outbox.presence.inside(since_boot_ms=0)
        assert list(memory.iterdir()) == []
