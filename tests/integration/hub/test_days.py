"""PostgreSQL keeps a table for each day's entries: a day goes as a whole, a person from each."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psycopg
import pytest

from tests.hubs import PERSON, ROOT, Gate, HubProcess, PostgreSQL, statuses
from wire.entry import Entry

DAY_MS = 24 * 3600 * 1000
VIETNAM = dt.timezone(dt.timedelta(hours=7))
OTHER = PERSON | {"number": "054199054321", "name": "Trần Văn Mẫu", "phone": "0900000002"}


@pytest.fixture
def province(postgresql: PostgreSQL, tmp_path: Path):
    with HubProcess(tmp_path / "hub", database=postgresql.database()) as hub:
        yield hub


def aged(gate: Gate, days: float, person: dict[str, str] = PERSON) -> Entry:
    wall = time.time_ns() // 1_000_000 - int(days * DAY_MS)
    return gate.entry(person, wall_ms=wall, boot_id=uuid.uuid4(), boot_ms=1000)


def day_of(entry: Entry) -> dt.date:
    return dt.datetime.fromtimestamp(entry.header.wall_ms / 1000, VIETNAM).date()


def asked(hub: HubProcess, statement: str, *values: object) -> list[tuple]:
    with psycopg.connect(hub.database, autocommit=True) as db:
        return db.execute(statement, values).fetchall()


def days(hub: HubProcess) -> dict[str, tuple[int, int]]:
    """Return bytes of rows and of indexes of each day's table."""
    found = asked(
        hub,
        "SELECT c.relname, pg_relation_size(c.oid), pg_indexes_size(c.oid)"
        " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = 'intake_entry'::regclass",
    )
    return {name[-8:]: (rows, indexes) for name, rows, indexes in found}


def files_with(hub: HubProcess, *marks: bytes) -> list[str]:
    """Search every file of the database, its free pages included, once all is written."""
    asked(hub, "SELECT 1 FROM pg_stat_activity LIMIT 1")
    with psycopg.connect(hub.database, autocommit=True) as db:
        db.execute("CHECKPOINT")
        (folder,) = db.execute("SHOW data_directory").fetchone() or ("",)
        (oid,) = db.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone() or (0,)
    files = [path for path in Path(folder, "base", str(oid)).iterdir() if path.is_file()]
    assert len(files) > 100
    return [f.name for f in files if any(mark in f.read_bytes() for mark in marks)]


def test_each_day_has_a_table_and_goes_with_its_files(province: HubProcess) -> None:
    gate = Gate.joined(province)
    old, older, young = aged(gate, 25), aged(gate, 25, OTHER), aged(gate, 0.01)
    assert statuses(gate.send([old, older, young])) == ["stored"] * 3
    day, today = f"{day_of(old):%Y%m%d}", f"{day_of(young):%Y%m%d}"
    tables = days(province)
    assert tables[day][0] > 0 < tables[today][0]
    fresh = f"{dt.datetime.now(VIETNAM) + dt.timedelta(days=1):%Y%m%d}"
    assert tables[fresh][0] == 0  # made before its midnight
    (done,) = province.json("purge", "--days", "20")
    assert done["entries"] == 2
    tables = days(province)
    assert tables[day] == (0, tables[fresh][1])
    assert tables[today][0] > 0
    assert [e["seq"] for e in province.entries()] == [3]
    assert files_with(province, old.sealed, older.sealed, old.header_bytes) == []
    # That they were counted stays, and the day can still be written to.
    assert statuses(gate.send([old, older])) == ["known", "known"]
    assert statuses(gate.send([aged(gate, 25)])) == ["stored"]


def test_a_day_that_nothing_can_come_for_has_no_table(province: HubProcess) -> None:
    gate = Gate.joined(province)
    gate.send([aged(gate, 1)])
    gone = dt.datetime.now(VIETNAM).date() - dt.timedelta(days=32)
    name = f"intake_entry_{gone:%Y%m%d}"
    with psycopg.connect(province.database, autocommit=True) as db:
        db.execute(
            f"CREATE TABLE {name} PARTITION OF intake_entry"
            f" FOR VALUES FROM ('{gone}') TO ('{gone + dt.timedelta(days=1)}')"
        )
        reader = psycopg.connect(province.database)
        reader.execute(f"SELECT count(*) FROM {name}")  # and takes its time
        province.json("purge")
        assert f"{gone:%Y%m%d}" in days(province)
        reader.close()
        province.json("purge")
    assert f"{gone:%Y%m%d}" not in days(province)


def test_who_is_erased_is_in_no_page_of_any_file_and_a_copy_brings_nothing_back(
    province: HubProcess, postgresql: PostgreSQL
) -> None:
    gate = Gate.joined(province)
    hers = [aged(gate, 3), aged(gate, 3), aged(gate, 0.01)]
    gate.send([*hers, aged(gate, 3, OTHER), aged(gate, 0.01, OTHER)])
    boxes = [bytes(row[0]) for row in asked(
        province, "SELECT content FROM intake_entry WHERE seq <= 3")]  # fmt: skip
    marks = [*boxes, *(e.sealed for e in hers), *(e.header_bytes for e in hers)]
    assert files_with(province, *marks)
    province.close()
    name = province.database.partition("@/")[2].partition("?")[0]
    with psycopg.connect(postgresql.database(), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}_yesterday TEMPLATE {name}")
    province.start()
    (done,) = province.json("erase", "--number", PERSON["number"], "--reason", "đơn 16")
    assert done["entries"] == 3
    assert files_with(province, *marks) == []
    assert [e["seq"] for e in province.entries()] == [4, 5]
    province.close()
    restored = province.database.replace(name, f"{name}_yesterday")
    with HubProcess(province.data, database=restored) as again:
        assert [e["seq"] for e in again.entries()] == [4, 5]
        assert files_with(again, *marks) == []


def test_an_entry_whose_time_is_found_later_moves_to_its_day(province: HubProcess) -> None:
    gate = Gate.joined(province, clock="untrusted", boot_ms=3 * DAY_MS)
    entry = gate.entry(wall_ms=1_000, boot_ms=DAY_MS)  # two days ago, by the boot's clock
    other = uuid.uuid4()
    lost = gate.entry(wall_ms=1_000, boot_id=other, boot_ms=2_000)
    gate.send([entry, lost])
    ago = f"{dt.datetime.now(VIETNAM) - dt.timedelta(days=2):%Y%m%d}"
    stored = asked(province, "SELECT to_char(day, 'YYYYMMDD') FROM intake_entry WHERE seq = 1")
    assert stored == [(ago,)]
    late = Gate(gate.code, gate.url, key=gate.key, boot_id=other, clock="untrusted")
    late.boot_ms = 5 * DAY_MS
    late.pulsed()
    (found,) = asked(
        province, "SELECT to_char(day, 'YYYYMMDD'), basis_of_time FROM intake_entry WHERE seq = 2"
    )
    assert found == (f"{dt.datetime.now(VIETNAM) - dt.timedelta(days=5):%Y%m%d}", "hub")
    assert len(province.entries()) == 2


_AS_IT_WAS = """
import django, os
from django.core.management import call_command
django.setup()
call_command("migrate", "intake", "0005", verbosity=0)
call_command("migrate", "tracing", verbosity=0)
"""


def test_one_table_of_an_older_version_is_divided_and_keeps_its_rows(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    hub = HubProcess(tmp_path / "hub", database=postgresql.database())
    hub.data.mkdir()
    more = {"HUB_DATA": str(hub.data), "HUB_DATABASE": hub.database,
            "DJANGO_SETTINGS_MODULE": "hub.settings"}  # fmt: skip
    subprocess.run([sys.executable, "-c", _AS_IT_WAS], env=os.environ | more, cwd=ROOT, check=True)
    with psycopg.connect(hub.database, autocommit=True) as db:
        columns = db.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = 'intake_entry' AND is_nullable = 'NO'"
        ).fetchall()
        plain = {"uuid": uuid.uuid4(), "bigint": 1, "smallint": 0, "bytea": b"x",
                 "character varying": "x", "date": dt.date(2026, 11, 5)}  # fmt: skip
        for number in range(3):
            row = {name: plain[kind] for name, kind in columns} | {"id": uuid.uuid4()}
            row |= {"day": dt.date(2026, 11, 5 + number // 2), "type": "passage"}
            marks = ", ".join(["%s"] * len(row))
            db.execute(
                f"INSERT INTO intake_entry ({', '.join(row)}) VALUES ({marks})", list(row.values())
            )
    hub.cli("migrate")
    assert set(days(hub)) >= {"20261105", "20261106"}
    assert asked(hub, "SELECT count(*) FROM intake_entry_20261105") == [(2,)]
    assert asked(hub, "SELECT count(*) FROM intake_entry") == [(3,)]
    indexes = asked(hub, "SELECT indexname FROM pg_indexes WHERE tablename = 'intake_entry'")
    wanted = {"entry_by_place", "entry_by_boot", "entry_by_arrival", "entry_by_corrects"}
    tags = {f"entry_by_{field}" for field in ("number", "phone", "qid", "bhyt", "name")}
    assert {name for (name,) in indexes} == wanted | tags | {"intake_entry_pkey"}
    hub.close()
