"""``stored`` is true: it was on disk before it was said, and what is lost is asked for again."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.hubs import Gate, HubProcess, PostgreSQL, statuses


def test_what_a_restored_backup_lacks_is_told_and_stored_again(own_hub: HubProcess) -> None:
    gate = Gate.joined(own_hub)
    gate.send(gate.entries(30))
    own_hub.stop()
    database = own_hub.data / "hub.sqlite3"
    shutil.copy(database, own_hub.data / "backup")
    own_hub.start()
    later = gate.entries(50)
    assert statuses(gate.send(later)) == ["stored"] * 50
    own_hub.stop()
    shutil.copy(own_hub.data / "backup", database)
    own_hub.start()
    (held,) = gate.pulsed().held
    assert held.ranges == ((1, 30),)
    assert held.gaps()[0][0] == 31
    assert statuses(gate.send(later)) == ["stored"] * 50
    assert [line["seq"] for line in own_hub.entries()] == list(range(1, 81))


def test_what_was_answered_survives_a_kill(own_hub: HubProcess) -> None:
    gate = Gate.joined(own_hub)
    for _ in range(3):
        entries = gate.entries(20)
        assert statuses(gate.send(entries)) == ["stored"] * 20
        own_hub.kill()
        own_hub.start()
        assert statuses(gate.send(entries)) == ["known"] * 20
    assert len(own_hub.entries()) == 60


def test_a_row_stands_in_ledger_and_entries_or_in_neither(own_hub: HubProcess) -> None:
    gate = Gate.joined(own_hub)
    db = sqlite3.connect(own_hub.data / "hub.sqlite3")
    db.execute(
        "CREATE TRIGGER full BEFORE INSERT ON intake_entry WHEN NEW.seq = 3"
        " BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    db.commit()
    entries = gate.entries(5)
    answer = gate.post("/v1/entries", gate.batch_bytes(entries))
    assert answer.status == 503
    counts = db.execute(
        "SELECT (SELECT count(*) FROM intake_ledger), (SELECT count(*) FROM intake_entry)"
    ).fetchone()
    assert counts == (0, 0)
    db.execute("DROP TRIGGER full")
    db.commit()
    db.close()
    assert statuses(gate.send(entries)) == ["stored"] * 5


def test_when_the_database_fails_the_kiosk_is_asked_to_come_again(own_hub: HubProcess) -> None:
    gate = Gate.joined(own_hub)
    db = sqlite3.connect(own_hub.data / "hub.sqlite3")
    db.execute("DROP TABLE intake_receipt")  # a fault that every statement after it meets
    db.close()
    answer = gate.post("/v1/entries", gate.batch_bytes(gate.entries(1)))
    assert answer.status == 503
    assert answer.body == b""


def test_sqlite_has_synced_the_commit_and_its_directory_before_the_answer(
    own_hub: HubProcess, tmp_path: Path
) -> None:
    gate = Gate.joined(own_hub)
    gate.send(gate.entries(1))
    worker = subprocess.run(
        ["pgrep", "-P", str(own_hub._process.pid)],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    trace = tmp_path / "trace"
    tracer = subprocess.Popen(
        ["strace", "-f", "-y", "-o", trace, "-p", worker[0],
         "-e", "trace=fsync,fdatasync,unlink,sendto,sendmsg,write"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert tracer.stderr is not None
    assert "attached" in tracer.stderr.readline()
    gate.send(gate.entries(10))
    tracer.terminate()
    tracer.communicate(timeout=20)
    steps = []
    for line in trace.read_text().splitlines():
        if re.search(r"(fsync|fdatasync)\(.*hub\.sqlite3>", line):
            steps.append("database")
        elif re.search(r"(fsync|fdatasync)\(.*hub\.sqlite3-journal>", line):
            steps.append("journal")
        elif re.search(r"(fsync|fdatasync)\(.*/hub>", line):
            steps.append("folder")
        elif "HTTP/1.1 200" in line or "gate-receipt-v1" in line:
            steps.append("answer")
    answered = steps.index("answer")
    committed = steps[:answered]
    assert committed.index("journal") < committed.index("database")
    assert committed[-1] == "folder"


def test_postgresql_commits_synchronously_whatever_the_database_defaults_to(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    url = postgresql.database()

    def ask(sql: str) -> str:
        return subprocess.run(
            ["psql", "-XAtq", url, "-c", sql], capture_output=True, text=True, check=True
        ).stdout.strip()

    ask("ALTER ROLE hub SET synchronous_commit = off")
    try:
        with HubProcess(tmp_path / "hub", database=url) as hub:
            gate = Gate.joined(hub)
            ask(
                "CREATE TABLE seen (setting text);"
                "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " INSERT INTO seen VALUES (current_setting('synchronous_commit'));"
                " RETURN NEW; END $$;"
                "CREATE TRIGGER look BEFORE INSERT ON intake_ledger"
                " FOR EACH ROW EXECUTE FUNCTION look()"
            )
            gate.send(gate.entries(2))
            assert ask("SELECT DISTINCT setting FROM seen") == "on"
    finally:
        ask("ALTER ROLE hub RESET synchronous_commit")


@pytest.mark.slow
def test_replays_from_many_processes_of_a_hub_count_once(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    url = postgresql.database()
    with HubProcess(tmp_path / "hub", database=url, serve=("--processes", "3")) as hub:
        gates = [Gate.joined(hub) for _ in range(6)]
        bodies = []
        for gate in gates:
            for _ in range(10):
                entries = gate.entries(50)
                bodies += [(gate, gate.batch_bytes(entries)) for _ in range(5)]
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda pair: pair[0].post("/v1/entries", pair[1]), bodies))
        said = [status for answer in answers for status in statuses(answer.receipt)]
        assert said.count("stored") == 6 * 10 * 50
        assert len(hub.entries()) == 6 * 10 * 50
        assert {flag for kiosk in hub.json("kiosk", "list") for flag in kiosk["flags"]} == set()
