"""The two stories of the README: a gate that never sees a network, and one that loses it."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.hubs import HubProcess
from tests.kiosks import KioskBox, blank, card, number, pictures

NOWHERE = "http://127.0.0.1:9"
PASSWORD = "lúa-mì-rau-cải-7\n"
SLACK = dt.timedelta(seconds=2)


class Gate:
    """A kiosk, its courier's stick, and what its people saw."""

    def __init__(self, hub: HubProcess, folder: Path, *, url: str) -> None:
        self.hub, self.folder = hub, folder
        self.box = KioskBox(folder / "kiosk")
        self.place = hub.place("Bệnh viện Ví Dụ", kind="hospital")
        self.claim = self.box.json("enrol", hub.code(self.place, "--url", url))["claim"]
        self.stick, self.slot = folder / "stick", folder / "media" / "usb"
        self.stick.mkdir()
        self.slot.parent.mkdir()
        self.config = folder / "kiosk.toml"
        self.config.write_text(f'[carry]\nroots = []\nfolders = ["{self.slot}"]\n')
        self.greens: dict[str, int] = {}
        self.windows: list[tuple[dt.datetime, dt.datetime, int, int]] = []
        self.days = 0

    def day(self, people: Iterable[int], *, cut_after: int | None = None) -> int:
        """Let people pass; ``cut_after`` so many greens the power goes. Returns the greens."""
        self.days += 1
        queue = pictures(self.folder / f"day{self.days}", people)
        began, first = _now(), self.head + 1
        with self.box.running(queue, "--config", str(self.config), fps=15) as run:
            if cut_after is None:
                assert run.wait() == 0, run.errors
            else:
                run.wait_for(lambda r: len(r.greens) >= cut_after)
                run.kill()
            seen = run.greens
        self.greens |= {line["id"]: line["seq"] for line in seen}
        self.windows.append((began, _now(), first, self.head))
        return len(seen)

    @property
    def head(self) -> int:
        """The last number in the kiosk's chain."""
        return int(self.box.status()["head"])

    def visit(self) -> dict[str, Any]:
        """The courier comes: plugs the stick in, waits for "it can be removed", pulls it."""
        with self.box.running("none", "--config", str(self.config)) as run:
            self.stick.rename(self.slot)
            run.wait_for(lambda r: any(_copied(line) for line in r.lines))
            self.slot.rename(self.stick)
            (said,) = [line["stick"] for line in run.lines if _copied(line)]
        return dict(said)

    def taken_in(self) -> dict[str, Any]:
        """The stick is taken in at the hub."""
        (came,) = self.hub.json("import", str(self.stick))
        return came

    def entries(self) -> list[dict[str, Any]]:
        """What the hub has of it, in order, with names."""
        rows = self.hub.entries("--limit", "100000", "--reveal", "--reason", "story")
        return sorted(rows, key=lambda row: row["seq"])


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _copied(line: dict[str, Any]) -> bool:
    return bool(line.get("stick", {}).get("word") == "copied")


def offline(folder: Path, people: int, days: int) -> None:
    """Enrol offline, people, power cuts, stick, hub: everyone is there, with a stated time."""
    chance = random.Random(20261122)
    hub = HubProcess(folder / "hub")
    try:
        hub.cli("migrate")
        gate = Gate(hub, folder, url=NOWHERE)
        assert gate.claim == "pending"
        hub.cli("courier", "issue", "Anh Tư", "--out", str(gate.stick), "--place", gate.place)
        each = people // days
        for day in range(days):
            todays = range(day * each, (day + 1) * each)
            done = gate.day(todays, cut_after=chance.randint(1, each - 1))
            # After the power cut those who saw no green come again; whoever was on the disk
            # without having seen it is there twice, and both are true passages.
            gate.day(list(todays)[done:])
        said = gate.visit()
        head = gate.head
        assert said["count"] == head
        came = gate.taken_in()
        assert (came["stored"], came["claim"], came["missing"]) == (head, "accepted", 0)
        entries = gate.entries()
        assert [entry["seq"] for entry in entries] == list(range(1, head + 1))
        by_id = {entry["id"]: entry["seq"] for entry in entries}
        assert gate.greens.items() <= by_id.items()
        assert {e["person"]["number"] for e in entries} == {number(n) for n in range(people)}
        assert head - people <= days  # at most the one in flight at each power cut
        _times_hold(gate, entries)
        said = gate.visit()
        assert (said["count"], said["retired"]) == (0, head)
        status = gate.box.status()
        assert (status["waiting"], status["acked"], status["refused"]) == (0, head, 0)
        again = gate.taken_in()
        assert (again["stored"], again["missing"]) == (0, 0)
        assert gate.box.json("fsck") == {"entries": head, "findings": []}
        (kiosk,) = hub.json("kiosk", "list")
        assert (kiosk["status"], kiosk["flags"]) == ("active", [])
    finally:
        hub.close()


def _times_hold(gate: Gate, entries: list[dict[str, Any]]) -> None:
    """Each entry's stated time ± error meets the time in which it was really made."""
    for began, ended, first, last in gate.windows:
        for entry in entries[first - 1 : last]:
            at = dt.datetime.fromisoformat(entry["at"])
            error = dt.timedelta(seconds=entry["at_error_s"]) + SLACK
            assert at - error <= ended, entry["seq"]
            assert at + error >= began, entry["seq"]


def test_a_gate_that_never_sees_a_network_loses_nobody(tmp_path: Path) -> None:
    offline(tmp_path, people=16, days=2)


@pytest.mark.slow
def test_three_weeks_without_network_lose_nobody_of_three_hundred(tmp_path: Path) -> None:
    offline(tmp_path, people=300, days=6)


def test_from_an_outage_over_a_stick_to_a_case_its_contacts_and_the_report(
    tmp_path: Path,
) -> None:
    with HubProcess(tmp_path / "hub") as hub:
        gate = Gate(hub, tmp_path, url=hub.url)
        assert gate.claim == "accepted"
        for who in ("lan", "mai"):
            hub.cli("account", "add", who, "--role", "official", "--password-stdin", stdin=PASSWORD)
        assert gate.day(range(4)) == 4
        assert gate.box.status()["waiting"] == 0
        hub.stop()  # the outage
        assert gate.day(range(4, 9)) == 5
        assert gate.box.status()["waiting"] == 5
        hub.cli("courier", "issue", "Anh Tư", "--out", str(gate.stick))
        assert gate.visit()["count"] == 5
        came = gate.taken_in()
        assert (came["stored"], came["known"], came["missing"]) == (5, 0, 0)
        assert gate.visit()["retired"] == 5
        assert gate.box.status()["waiting"] == 0
        people = {number(n) for n in range(9)}
        assert {e["person"]["number"] for e in gate.entries()} == people

        opened = hub.cli(
            "case", "open", "--number", number(6), "--reason", "ca dương tính 12",
            "--account", "lan", "--password-stdin", "--json", stdin=PASSWORD,
        )  # fmt: skip
        case = json.loads(opened.stdout)["case"]
        hub.cli("case", "approve", case, "--account", "mai", "--password-stdin", stdin=PASSWORD)
        (found,) = hub.json("trace", "--case", case)
        assert len(found["visits"]) == 1
        met = {contact["person"]["number"] for contact in found["contacts"]}
        assert met == people - {number(6)}
        # Seven days, so that a midnight on the way changes nothing.
        today = dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).date().isoformat()
        (report,) = hub.json("report", "--week", today)
        (line,) = [row for row in report["places"] if row["place"] == gate.place]
        assert (line["scanned"], line["people"]) == (9, 9)


@pytest.mark.slow
def test_a_stick_that_nobody_issued_is_left_as_it_was_by_a_running_kiosk(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub")
    try:
        hub.cli("migrate")
        gate = Gate(hub, tmp_path, url=NOWHERE)
        gate.box.enter(card(1))
        (gate.stick / "holiday.txt").write_text("not ours", encoding="utf-8")
        before = gate.stick.stat().st_mtime_ns
        queue = blank(tmp_path / "nobody", 60)
        with gate.box.running(queue, "--config", str(gate.config), fps=20) as run:
            run.until(lambda: run.process.poll() is None and gate.box.data.exists())
            gate.stick.rename(gate.slot)
            assert run.wait() == 0, run.errors
            assert not any("stick" in line for line in run.lines)
        assert [file.name for file in gate.slot.iterdir()] == ["holiday.txt"]
        assert gate.slot.stat().st_mtime_ns == before
    finally:
        hub.close()
