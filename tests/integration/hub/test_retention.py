"""What is over its days and who was erased are gone, and nothing brings them back."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
import uuid
from pathlib import Path
from typing import Any

from tests.hubs import PERSON, Gate, HubProcess, statuses
from tests.kiosks import KioskBox, card, name, number

DAY_MS = 24 * 3600 * 1000
SECRET = "lúa-mì-rau-cải-7\n"


def aged(gate: Gate, days: float, **facts: Any):
    """An entry of an earlier boot whose trusted clock showed ``days`` ago."""
    wall = time.time_ns() // 1_000_000 - int(days * DAY_MS)
    return gate.entry(wall_ms=wall, boot_id=uuid.uuid4(), boot_ms=1000, **facts)


def test_what_is_older_than_30_days_is_counted_and_never_kept(hub: HubProcess, gate: Gate) -> None:
    old, young = aged(gate, 32), aged(gate, 28)
    assert statuses(gate.send([old, young])) == ["expired", "stored"]
    assert [
        e["id"]
        for e in hub.entries("--place", gate.code.place)
        if e["kiosk"] == str(gate.code.kiosk)
    ] == [str(young.header.id)]
    assert statuses(gate.send([old, young])) == ["known", "known"]
    assert gate.pulsed().held[0].ranges == ((1, 2),)


def test_a_purge_leaves_the_count_and_an_old_stick_brings_nothing_back(
    hub: HubProcess, gate: Gate
) -> None:
    entries = [aged(gate, 29.5), aged(gate, 0.1)]
    gate.send(entries)
    hub.json("purge", "--days", "20")
    mine = [e for e in hub.entries() if e["kiosk"] == str(gate.code.kiosk)]
    assert [e["seq"] for e in mine] == [2]
    assert statuses(gate.send(entries)) == ["known", "known"]
    assert len([e for e in hub.entries() if e["kiosk"] == str(gate.code.kiosk)]) == 1


def test_an_entry_whose_time_is_unknown_is_kept_its_days_from_its_arrival(
    hub: HubProcess, gate: Gate
) -> None:
    entry = aged(gate, 2000, clock="untrusted")
    assert statuses(gate.send([entry])) == ["stored"]
    hub.json("purge")
    assert str(entry.header.id) in hub.cli("entries", "--json").stdout


def test_an_erased_person_is_gone_from_every_byte_and_stays_gone(
    own_hub: HubProcess, tmp_path: Path
) -> None:
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(own_hub)
    for who in (1, 2):
        box.enter(card(who))
    box.drain(tmp_path)
    own_hub.stop()
    shutil.copy(own_hub.data / "hub.sqlite3", tmp_path / "yesterday")
    own_hub.start()
    gate = Gate.joined(own_hub)
    hers = {"name": name(1), "birth": "1999-02-01", "number": number(1)}
    sealed = gate.entries(3, person=hers)
    gate.send(sealed)
    (done,) = own_hub.json("erase", "--number", number(1), "--reason", "request 12")
    assert done["entries"] == 4
    left = own_hub.entries("--reveal")
    assert [e["person"]["number"] for e in left] == [number(2)]
    raw = (own_hub.data / "hub.sqlite3").read_bytes()
    assert not any(entry.sealed in raw or entry.header_bytes in raw for entry in sealed)
    # A second gate comes late with what she did before; then with what she does after.
    late, other = aged(gate, 1, person=hers), aged(gate, 1)
    assert statuses(gate.send([late, other])) == ["discard", "stored"]
    assert statuses(gate.send(gate.entries(1, person=hers))) == ["stored"]
    (told,) = [
        json.loads(x)
        for x in own_hub.cli("audit", "--action", "erase", "--json").stdout.splitlines()
    ][-1:]
    assert number(1) not in json.dumps(told)
    # Yesterday's copy is put back: she is in it, and goes before anybody sees her.
    own_hub.stop()
    shutil.copy(tmp_path / "yesterday", own_hub.data / "hub.sqlite3")
    own_hub.start()
    assert [e["person"]["number"] for e in own_hub.entries("--reveal")] == [number(2)]


def test_erasing_needs_a_reason_and_somebody(own_hub: HubProcess) -> None:
    assert own_hub.cli("erase", "--number", "054199012345", check=False).returncode == 3
    assert own_hub.cli("erase", "--reason", "x", check=False).returncode == 2
    assert own_hub.cli("erase", "--name", "Ví Dụ", "--reason", "x", check=False).returncode == 2


def test_an_erased_bearers_pass_still_counts_and_names_nobody(own_hub: HubProcess) -> None:
    (made,) = own_hub.json("pass", "issue", PERSON["name"], "--number", PERSON["number"])
    own_hub.json("erase", "--number", PERSON["number"], "--reason", "request 13")
    assert (
        own_hub.cli(
            "pass", "revoke", "--number", PERSON["number"], "--reason", "x", check=False
        ).returncode
        == 2
    )
    own_hub.json("pass", "revoke", made["pass"], "--reason", "lost")


def test_an_erased_person_leaves_the_call_lists_too(own_hub: HubProcess) -> None:
    secret = "lúa-mì-rau-cải-7\n"
    for who in ("lan", "mai"):
        own_hub.cli("account", "add", who, "--role", "official", "--password-stdin", stdin=secret)
    gate = Gate.joined(own_hub)
    hers = {"name": name(3), "birth": "1999-02-01", "number": number(3)}
    gate.send([gate.entry(), gate.entry(person=hers)])
    said = ("--password-stdin", "--json")
    asked = ("case", "open", "--number", PERSON["number"], "--reason", "ca dương tính 9")
    case = json.loads(own_hub.cli(*asked, "--account", "lan", *said, stdin=secret).stdout)["case"]
    own_hub.cli("case", "approve", case, "--account", "mai", *said, stdin=secret)
    own_hub.cli("trace", "--case", case, "--json")
    with sqlite3.connect(own_hub.data / "hub.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM tracing_contact").fetchone() == (1,)
    own_hub.json("erase", "--number", number(3), "--reason", "request 14")
    with sqlite3.connect(own_hub.data / "hub.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM tracing_contact").fetchone() == (0,)


def marks_of(hub: HubProcess, column: str, value: object) -> set[bytes]:
    """Return what leads to these entries: their ids and all their tags, as tables may hold them."""
    with sqlite3.connect(hub.data / "hub.sqlite3") as db:
        rows = db.execute(
            "SELECT id, tag_number, tag_phone, tag_qid, tag_bhyt, tag_name FROM intake_entry"
            f" WHERE {column} = ?", [value],
        ).fetchall()  # fmt: skip
    assert rows
    ids = {str(row[0]) for row in rows}
    tags = {bytes(tag) for row in rows for tag in row[1:] if tag is not None}
    words = {*ids, *(str(uuid.UUID(id_)) for id_ in ids), *(tag.hex() for tag in tags)}
    return tags | {word.encode() for word in words}


def tables_with(hub: HubProcess, marks: set[bytes]) -> set[str]:
    """Look for them in every column of every row of every table."""
    with sqlite3.connect(hub.data / "hub.sqlite3") as db:
        tables = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert len(tables) > 30
        return {
            table
            for table in tables
            for row in db.execute(f'SELECT * FROM "{table}"')
            for cell in row
            if isinstance(cell, str | bytes)
            for raw in [cell if isinstance(cell, bytes) else cell.encode()]
            if any(mark in raw for mark in marks)
        }


def officials(hub: HubProcess) -> None:
    for who in ("lan", "mai"):
        hub.cli("account", "add", who, "--role", "official", "--password-stdin", stdin=SECRET)


def traced(hub: HubProcess, who: int) -> list[str]:
    """Open, approve and trace a case; returns the contacts' numbers."""
    said = ("--password-stdin", "--json")
    asked = ("case", "open", "--number", number(who), "--reason", "ca dương tính 9")
    case = json.loads(
        hub.cli(*asked, "--account", "lan", "--days", "31", *said, stdin=SECRET).stdout
    )
    hub.cli("case", "approve", case["case"], "--account", "mai", *said, stdin=SECRET)
    (found,) = hub.json("trace", "--case", case["case"])
    return [line["person"]["number"] for line in found["contacts"]]


def exported(hub: HubProcess, folder: Path) -> list[str]:
    """Export everything with names; returns the numbers in it."""
    hub.cli(
        "export", str(folder), "--account", "lan", "--password-stdin", "--reveal", "--settle", "0",
        "--reason", "công văn 3", stdin=SECRET,
    )  # fmt: skip
    return sorted(
        json.loads(line)["number"]
        for path in folder.glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    )


def test_an_erased_person_is_in_no_table_and_neither_backup_nor_stick_brings_her_back(
    own_hub: HubProcess, tmp_path: Path
) -> None:
    officials(own_hub)
    place = own_hub.place()
    near, far = KioskBox(tmp_path / "near"), KioskBox(tmp_path / "far")
    sticks = tmp_path / "stick-near", tmp_path / "stick-far"
    for box, stick in zip((near, far), sticks, strict=True):
        box.enrol(own_hub, place=place)
        box.enter(card(1))
        box.enter(card(2))
        stick.mkdir()
        box.cli("export", str(stick))
    own_hub.json("import", str(sticks[0]))  # the other stick is forgotten in a drawer
    gate = Gate.joined(own_hub, place)
    whole = {"qid": "16297938858617001", "bhyt": "HS4010120878811", "phone": "0900000001"}
    hers = {"name": name(1), "birth": "1999-02-01", "number": number(1)} | whole
    gate.send(gate.entries(1, person=hers))
    own_hub.json("pass", "issue", name(1), "--number", number(1))
    listed = tmp_path / "roster.csv"
    rows = "".join(f"{name(who)},{number(who)},1999\n" for who in (1, 2))
    listed.write_text(f"Họ và tên,Số CCCD,Năm sinh\n{rows}", encoding="utf-8")
    own_hub.cli("roster", "set", place, str(listed))
    assert traced(own_hub, 2) == [number(1)]
    assert traced(own_hub, 1) == [number(2)]
    assert exported(own_hub, tmp_path / "before") == [number(1), number(1), number(2)]
    with sqlite3.connect(own_hub.data / "hub.sqlite3") as db:
        (tag,) = db.execute(
            "SELECT tag_number FROM intake_entry WHERE tag_qid IS NOT NULL"
        ).fetchone()
    marks = marks_of(own_hub, "tag_number", tag)
    assert tables_with(own_hub, marks) == {
        "intake_entry", "intake_ledger", "owners_member", "tracing_case", "tracing_contact",
        "trust_issuedpass",
    }  # fmt: skip
    own_hub.stop()
    shutil.copy(own_hub.data / "hub.sqlite3", tmp_path / "yesterday")
    own_hub.start()
    own_hub.json("erase", "--number", number(1), "--reason", "đơn 15")
    # That they were counted stays, and by which keyed mark they are turned away.
    stays = {"intake_ledger", "retention_erased"}
    assert tables_with(own_hub, marks) == stays
    for again in range(2):
        for stick in sticks:
            own_hub.cli("import", str(stick))
        assert tables_with(own_hub, marks) == stays
        assert exported(own_hub, tmp_path / f"after-{again}") == [number(2), number(2)]
        raw = (own_hub.data / "hub.sqlite3").read_bytes()
        assert tag in raw  # the one mark; nothing that says whose it is
        assert number(1).encode() not in raw
        if not again:  # yesterday's copy is put back, and the sticks come once more
            own_hub.stop()
            shutil.copy(tmp_path / "yesterday", own_hub.data / "hub.sqlite3")
            own_hub.start()
            assert tables_with(own_hub, marks) == stays


def test_after_its_days_an_entry_is_in_no_table_but_the_one_that_counts(
    own_hub: HubProcess, tmp_path: Path
) -> None:
    officials(own_hub)
    gate = Gate.joined(own_hub)
    people = [{"name": name(who), "birth": "1999", "number": number(who)} for who in (1, 2)]
    wall = time.time_ns() // 1_000_000 - int(29.5 * DAY_MS)
    facts: dict[str, Any] = {"wall_ms": wall, "boot_id": uuid.uuid4(), "boot_ms": 1000}
    old = [gate.entry(person, **facts) for person in people]
    gate.send(old)
    assert traced(own_hub, 1) == [number(2)]
    marks = marks_of(own_hub, "id", old[1].header.id.hex)
    assert tables_with(own_hub, marks) == {"intake_entry", "intake_ledger", "tracing_contact"}
    own_hub.json("purge", "--days", "20")
    assert tables_with(own_hub, marks) == {"intake_ledger"}
    assert statuses(gate.send(old)) == ["known", "known"]
    assert tables_with(own_hub, marks) == {"intake_ledger"}
    assert exported(own_hub, tmp_path / "out") == []
