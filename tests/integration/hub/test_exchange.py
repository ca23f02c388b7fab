"""What leaves the hub as files: every entry once, nothing unasked, and a sheet of what lacks."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hubs import PERSON, ROOT, Gate, HubProcess
from tests.kiosks import name, number

SECRET = "lúa-mì-rau-cải-7\n"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HubProcess]:
    """A hub with an official, on each database."""
    database = ""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgresql").database()
    with HubProcess(tmp_path_factory.mktemp("office"), database=database) as hub:
        hub.cli("account", "add", "lan", "--role", "official", "--password-stdin", stdin=SECRET)
        yield hub


def exported(hub: HubProcess, folder: Path, *args: str) -> dict[str, Any]:
    done = hub.cli(
        "export", str(folder), "--account", "lan", "--password-stdin", "--json", "--settle", "0",
        "--reason", "công văn 12", *args, stdin=SECRET,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def lines(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted(folder.glob("entries-*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def test_parts_bear_every_entry_once_and_the_sheet_names_what_lacks(
    office: HubProcess, tmp_path: Path
) -> None:
    gate = Gate.joined(office, office.place("Chợ Một"))
    sent = gate.entries(5)
    gate.send(sent[:4])  # the fifth is still at the gate, and the gate says so
    gate.pulsed()
    folder = tmp_path / "out"
    first = exported(office, folder, "--limit", "3", "--reveal")
    assert (first["entries"], first["left"] > 0, first["complete"]) == (3, True, False)
    # A run that was cut off before its sheet is done again, and nothing comes twice.
    exported(office, folder, "--limit", "3", "--reveal")
    (folder / "entries-000002.sheet.json").unlink()
    last = exported(office, folder, "--reveal")
    assert (last["part"], last["left"]) == (2, 0)
    found = [line for line in lines(folder) if line["kiosk"] == str(gate.code.kiosk)]
    assert sorted(line["id"] for line in found) == sorted(str(e.header.id) for e in sent[:4])
    assert {line["number"] for line in found} == {PERSON["number"]}
    assert all(day["held"] == day["exported"] for day in last["days"])
    assert str(gate.code.kiosk) in {gap["kiosk"] for gap in last["gaps"]}
    assert not last["complete"]
    # The gate delivers: the next part bears that entry alone, and the gap is gone.
    gate.send(sent[4:])
    gate.pulsed()
    rest = exported(office, folder, "--reveal")
    assert (rest["part"], rest["entries"]) == (3, 1)
    before, now = (
        {gap["kiosk"]: gap["complete_until"] for gap in sheet["gaps"]}[str(gate.code.kiosk)]
        for sheet in (last, rest)
    )
    assert before < now  # whole up to its last word; the day itself is not over
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    assert all(sorted(line) == sorted(schema["required"]) for line in lines(folder))


def test_a_table_without_reveal_names_nobody(office: HubProcess, tmp_path: Path) -> None:
    gate = Gate.joined(office, office.place("Chợ Hai"))
    gate.send(gate.entries(2))
    exported(office, tmp_path / "out", "--format", "csv")
    (path,) = (tmp_path / "out").glob("entries-*.csv")
    text = path.read_text(encoding="utf-8-sig")
    assert all(PERSON[field] not in text for field in ("name", "number", "phone", "address"))
    rows = [r for r in csv.DictReader(text.splitlines()) if r["kiosk"] == str(gate.code.kiosk)]
    assert [row["birth"] for row in rows] == ["1999", "1999"]
    assert path.stat().st_mode & 0o077 == 0


def test_an_erased_person_leaves_later_parts_and_is_withdrawn_from_earlier_ones(
    office: HubProcess, tmp_path: Path
) -> None:
    gate = Gate.joined(office, office.place("Chợ Ba"))
    hers = gate.entry({"name": name(5), "birth": "1999-02-01", "number": number(5)})
    gate.send([hers])
    exported(office, tmp_path / "out", "--reveal")
    office.json("erase", "--number", number(5), "--reason", "đơn 7")
    after = exported(office, tmp_path / "out", "--reveal")
    assert after["withdrawn"] == [str(hers.header.id)]
    assert exported(office, tmp_path / "out", "--reveal")["withdrawn"] == []
    exported(office, tmp_path / "anew", "--reveal")
    assert number(5) not in (tmp_path / "anew" / "entries-000001.jsonl").read_text("utf-8")


def test_the_audit_has_an_export_and_its_reveal_before_the_file(
    office: HubProcess, tmp_path: Path
) -> None:
    exported(office, tmp_path / "out", "--reveal")
    actions = [row["action"] for row in office.json("audit")][-2:]
    assert actions == ["export", "reveal"]


def test_exports_are_refused_without_an_official_a_reason_or_a_folder_of_their_own(
    office: HubProcess, tmp_path: Path
) -> None:
    given = ("export", str(tmp_path / "out"), "--password-stdin")
    wrong = office.cli(*given, "--account", "lan", "--reason", "x", stdin="another\n", check=False)
    empty = office.cli(*given, "--account", "lan", "--reason", " ", stdin=SECRET, check=False)
    assert (wrong.returncode, empty.returncode) == (3, 3)
    exported(office, tmp_path / "out")
    other = office.cli(
        *given, "--account", "lan", "--reason", "x", "--format", "csv", stdin=SECRET, check=False
    )
    assert (other.returncode, "new folder" in other.stderr) == (2, True)


def test_an_export_that_is_killed_at_work_goes_on_where_its_last_whole_part_ended(
    office: HubProcess, tmp_path: Path
) -> None:
    gate = Gate.joined(office, office.place("Chợ Hai"))
    for _ in range(10):
        gate.send(gate.entries(200))
    folder = tmp_path / "out"
    first = exported(office, folder, "--limit", "700", "--reveal")
    run = subprocess.Popen(
        [
            sys.executable, "-m", "hub", "export", str(folder), "--account", "lan",
            "--password-stdin", "--settle", "0", "--reason", "công văn 12", "--limit", "1200",
            "--reveal", "--data", str(office.data),
            *(("--database", office.database) if office.database else ()),
        ],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert run.stdin is not None
    run.stdin.write(SECRET)
    run.stdin.close()
    draft = folder / "entries-000002.jsonl.new"
    while not (draft.exists() and draft.stat().st_size):  # some are written, and not all
        assert run.poll() is None
    run.kill()
    run.wait()
    assert not (folder / "entries-000002.sheet.json").exists()
    made = [first]
    while made[-1]["left"]:
        made.append(exported(office, folder, "--limit", "1200", "--reveal"))
    ids = [line["id"] for line in lines(folder)]
    held = office.entries("--place", gate.code.place)
    assert len(ids) == len(set(ids)) == sum(one["entries"] for one in made)
    assert {one["id"] for one in held} <= set(ids)
    assert len(held) == 2000
