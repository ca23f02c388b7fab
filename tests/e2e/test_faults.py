"""What stops working shows at once: red or out of service, never green; a restart is the cure."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from kiosk.camera import Camera
from kiosk.config import Config
from kiosk.enrolling import join
from kiosk.errors import CameraGone
from kiosk.files import ensure_folder
from kiosk.frames import Frame
from kiosk.gate import Gate, Post
from kiosk.identity import read_code
from kiosk.model import Verdict
from kiosk.queue import FILE, Outbox
from tests.hubs import ROOT, HubProcess
from tests.kiosks import KioskBox, blank, card, pictures
from wire.entry import Entry, Link

SOON_S = 2.0


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with HubProcess(tmp_path_factory.mktemp("hub")) as running:
        yield running


class FaultyCamera(Camera):
    """A camera whose next read fails as told; until then it sees nothing."""

    def __init__(self) -> None:
        super().__init__("faulty")
        self.fault: Exception | None = None

    def read(self, timeout: float) -> Frame | None:
        if self.fault is not None:
            raise self.fault
        self._closed.wait(min(timeout, 0.05))
        return None


class Watched:
    """A running gate and what it told, with when."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.deaths: list[str] = []
        self.cameras: list[str] = []
        self.verdicts: list[Verdict] = []
        self.post = Post(
            verdict=lambda verdict: self._add(self.verdicts, verdict),
            health=lambda health: self._add(self.cameras, health.camera),
            died=lambda name: self._add(self.deaths, name),
        )

    def _add(self, where: list, what: object) -> None:
        with self.changed:
            where.append(what)
            self.changed.notify_all()

    def soon(self, test: object, within: float = SOON_S) -> float:
        """Wait until ``test()`` holds; returns after how many seconds it did."""
        began = time.monotonic()
        with self.changed:
            assert self.changed.wait_for(test, within + 3), vars(self)  # type: ignore[arg-type]  # callable
        took = time.monotonic() - began
        assert took <= within, f"only after {took:.1f} s"
        return took


@contextmanager
def running(tmp_path: Path, hub: HubProcess, camera: Camera) -> Iterator[tuple[Gate, Watched]]:
    data = ensure_folder(tmp_path / "kiosk")
    code = read_code(hub.code(hub.place()), now_ms=None)
    join(data, code)
    watched = Watched()
    with Gate(data, Config(), watched.post) as gate:
        gate.start(lambda: camera)
        yield gate, watched


def test_a_worker_that_dies_is_told_within_two_seconds(tmp_path: Path, hub: HubProcess) -> None:
    camera = FaultyCamera()
    with running(tmp_path, hub, camera) as (gate, watched):
        camera.fault = RuntimeError("a defect")
        watched.soon(lambda: watched.deaths == ["camera"])
        assert gate.failed.is_set()


def test_an_unplugged_camera_shows_within_two_seconds_and_the_rest_goes_on(
    tmp_path: Path, hub: HubProcess
) -> None:
    from kiosk.model import EnterText

    camera = FaultyCamera()
    with running(tmp_path, hub, camera) as (gate, watched):
        camera.fault = CameraGone("The camera was unplugged.")
        watched.soon(lambda: bool(watched.cameras) and watched.cameras[-1] == "gone")
        gate.send(EnterText(card(1)))
        watched.soon(lambda: any(verdict.recorded for verdict in watched.verdicts))
        assert not gate.failed.is_set()


def test_a_gate_with_a_damaged_outbox_is_green_again_within_five_seconds(
    tmp_path: Path, hub: HubProcess
) -> None:
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(hub)
    queue = pictures(tmp_path / "people", range(8))
    with box.running(queue, fps=8) as run:
        assert run.wait() == 0
    box.enter(card(50))
    database = box.data / FILE
    raw = bytearray(database.read_bytes())
    raw[:400] = os.urandom(400)
    database.write_bytes(raw)
    began = time.monotonic()
    with box.running(queue, fps=8) as again:
        again.wait_for(lambda r: bool(r.greens))
        assert time.monotonic() - began < 5.0 + SOON_S  # the program's own start is not salvage
        assert again.wait() == 0
    assert "entries saved, 0 lost" in again.errors
    place = box.json("status")
    assert place["waiting"] == 0
    ids = {entry["id"] for entry in hub.entries("--limit", "1000")}
    assert {line["id"] for line in run.greens + again.greens} <= ids
    assert box.json("fsck")["findings"] == []


def test_fsck_salvages_what_can_be_read_and_hands_out_the_damaged_file(
    tmp_path: Path, hub: HubProcess
) -> None:
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(hub)
    for who in range(3):
        assert box.enter(card(who))["verdict"] == "recorded"
    (box.data / FILE).write_bytes(bytes(512) + (box.data / FILE).read_bytes()[512:])
    told = box.json("fsck", check=False)
    assert told["findings"]
    assert "rescued" not in told
    stick = tmp_path / "stick"
    told = box.json("fsck", "--salvage", str(stick), check=False)
    assert (told["rescued"], told["waiting"], told["lost"]) == (3, 3, [])
    assert {path.name for path in stick.iterdir()} == {FILE, "salvage.json"}
    assert not any(path.stat().st_mode & 0o077 for path in (stick, *stick.iterdir()))
    assert box.json("fsck") == {"entries": 3, "findings": []}
    box.drain(tmp_path)
    (kiosk,) = [k for k in hub.json("kiosk", "list") if k["entries"] == 4]  # and a chain-start
    assert len(kiosk["chains"]) == 2
    assert kiosk["flags"] == []


def test_the_kiosks_own_folder_takes_no_copy_of_what_was_damaged(
    tmp_path: Path, hub: HubProcess
) -> None:
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(hub)
    assert box.enter(card(1))["verdict"] == "recorded"
    damaged = bytes(512) + (box.data / FILE).read_bytes()[512:]
    (box.data / FILE).write_bytes(damaged)
    for inside in (box.data, box.data / "damaged-1"):
        done = box.cli("fsck", "--salvage", str(inside), check=False)
        assert (done.returncode, "own folder" in done.stderr) == (2, True), done.stderr
        assert (box.data / FILE).read_bytes() == damaged
    assert box.enter(card(2))["verdict"] == "recorded"
    assert box.status()["waiting"] == 3  # and a chain-start


def test_an_outbox_that_is_removed_while_people_pass_loses_no_green(
    tmp_path: Path, hub: HubProcess
) -> None:
    box = KioskBox(tmp_path / "kiosk")
    place = hub.place()
    box.enrol(hub, place=place)
    queue = pictures(tmp_path / "people", range(60))
    with box.running(queue, fps=8) as run:
        run.wait_for(lambda r: len(r.greens) >= 3)
        for file in box.data.glob(FILE + "*"):
            file.unlink()
        assert run.wait() == 1
    assert "was taken away while it was used" in run.errors
    with box.running(queue, fps=8) as again:
        again.wait_for(lambda r: bool(r.greens))
        assert again.wait() == 0
    assert not again.errors
    box.drain(tmp_path)
    ids = {entry["id"] for entry in hub.entries("--place", place, "--limit", "1000")}
    assert {line["id"] for line in run.greens + again.greens} <= ids


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("enrol", "x" * 5000), 2, "neither a file"),
        (("run", "--headless", "--camera", "file:" + "x" * 5000), 2, "xxx"),
        (("run", "--headless", "--config", "x" * 5000), 2, "xxx"),
        (("accept", "x" * 5000), 2, "xxx"),
        (("export", "x" * 5000), 1, "xxx"),
        (("fsck", "--data", "x" * 5000), 1, "xxx"),
        (("run", "--headless", "--camera", "file:nowhere"), 2, "nowhere"),
        (("run", "--headless", "--camera", "file:{empty}"), 2, "picture"),
        (("run", "--headless", "--camera", "file:{video}"), 2, "noise.mp4"),
        (("run", "--headless", "--camera", "periscope"), 2, "periscope"),
        (("run", "--headless", "--config", "nowhere.toml"), 2, "nowhere.toml"),
        (("run", "--headless", "--config", "{config}"), 2, "did you mean “source”"),
        (("enrol", "GATE1:CUT"), 2, "fresh one"),
        (("enrol", "nowhere.png"), 2, "nowhere.png"),
        (("status", "--data", "{empty}"), 1, "belongs to no place"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_gets_one_sentence(
    words: tuple[str, ...], code: int, sentence: str, tmp_path: Path, joined: KioskBox
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "noise.mp4").write_bytes(os.urandom(5000))
    (tmp_path / "kiosk.toml").write_text('[camera]\nsuorce = "0"\n', encoding="utf-8")
    names = {
        "empty": tmp_path / "empty",
        "video": tmp_path / "noise.mp4",
        "config": tmp_path / "kiosk.toml",
    }
    filled = [word.format(**names) for word in words]
    if "--data" not in filled:
        filled += ["--data", str(joined.data)]
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", *filled],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    (said,) = [line for line in done.stderr.splitlines() if line]
    assert said.startswith("kiosk: ")
    assert sentence in said
    assert said.endswith((".", "?"))


@pytest.fixture(scope="module")
def joined(hub: HubProcess, tmp_path_factory: pytest.TempPathFactory) -> KioskBox:
    box = KioskBox(tmp_path_factory.mktemp("joined"))
    box.enrol(hub)
    return box


def test_a_used_code_a_foreign_one_and_a_cut_one_are_told_apart(
    hub: HubProcess, tmp_path: Path
) -> None:
    code = hub.code(hub.place())
    assert KioskBox(tmp_path / "first").json("enrol", code)["claim"] == "accepted"
    assert KioskBox(tmp_path / "second").json("enrol", code)["claim"] == "held"
    cut = KioskBox(tmp_path / "third").cli("enrol", code[:-30], check=False)
    assert cut.returncode == 2
    assert "whole code" in cut.stderr
    other = hub.code(hub.place())
    foreign = KioskBox(tmp_path / "first").cli("enrol", other, check=False)
    assert foreign.returncode == 2
    assert "belongs to" in foreign.stderr


def test_a_second_kiosk_on_the_same_data_is_refused(joined: KioskBox, tmp_path: Path) -> None:
    with joined.running(blank(tmp_path / "blank", 200), fps=5) as run:
        run.until((joined.data / "ballast").exists)
        second = joined.cli(
            "run", "--headless", "--camera", f"file:{tmp_path / 'blank'}", check=False
        )
        assert second.returncode == 1
        assert "Another kiosk is running" in second.stderr
        assert joined.status()["running"]
        entered = joined.enter(card(1))
        assert entered["verdict"] == "out_of_service"


def test_a_database_of_a_newer_program_is_left_alone(hub: HubProcess, tmp_path: Path) -> None:
    import sqlite3

    box = KioskBox(tmp_path / "kiosk")
    box.enrol(hub)
    with sqlite3.connect(box.data / FILE) as db:
        db.execute("PRAGMA user_version = 99")
        db.execute("UPDATE facts SET value = ? WHERE name = 'version'", ((99).to_bytes(4, "big"),))
    db.close()
    before = (box.data / FILE).read_bytes()
    done = box.cli("enter", card(1), check=False)
    assert done.returncode == 1
    assert "newer version" in done.stderr
    assert (box.data / FILE).read_bytes() == before


@pytest.mark.parametrize("place", ["/", "{root}/kiosk", "{tmp}"])
def test_main_runs_as_a_script_from_any_folder(place: str, tmp_path: Path) -> None:
    folder = place.format(root=ROOT, tmp=tmp_path)
    done = subprocess.run(
        [sys.executable, str(ROOT / "kiosk" / "main.py"), "--version"],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("kiosk ")


def test_a_gate_that_was_killed_reads_and_goes_on(hub: HubProcess, tmp_path: Path) -> None:
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(hub)
    queue = pictures(tmp_path / "people", range(6))
    for _ in range(2):
        with box.running(queue, fps=6) as run:
            run.wait_for(lambda r: bool(r.greens))
            run.kill()
    assert box.json("fsck")["findings"] == []
    assert box.status()["waiting"] + box.status()["acked"] >= 2


def anothers(like: Entry, link: Link) -> Entry:
    """Return an entry that is in its place in the chain and names another kiosk."""
    header = replace(like.header, id=uuid.uuid4(), kiosk=uuid.uuid4(), seq=link.seq, prev=link.prev)
    return Entry(header.to_bytes(), like.sealed)


def test_refused_entries_are_listed_and_sent_again_also_while_the_kiosk_runs(
    hub: HubProcess, tmp_path: Path
) -> None:
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(hub)
    box.enter(card(1))
    with Outbox(box.data / FILE) as outbox:
        (ours,) = outbox.due(limit=1, max_bytes=100_000)
        outbox.put(partial(anothers, ours.entry), wall_ms=1)
    summary = box.drain(tmp_path)
    assert (summary["waiting"], summary["refused_by_hub"]) == (0, 1)
    assert box.status()["refused"] == 1
    listed = box.json("refused", check=False)
    assert listed["seq"] == 2
    assert listed["reason"]
    assert box.cli("refused", check=False).returncode == 1
    assert box.json("refused", "--again") == {"again": 1}
    assert box.status()["waiting"] == 1
    with box.running(blank(tmp_path / "long", 400), fps=10) as run:
        run.until(lambda: box.status()["refused"] == 1)  # refused once more
        assert box.json("refused", "--again") == {"again": 1}
        run.until(lambda: not (box.data / "refused.again").exists())
    assert box.status()["refused"] + box.status()["waiting"] == 1
