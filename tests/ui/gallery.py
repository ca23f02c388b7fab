"""Pictures of every screen in every size and language: ``python -m tests.ui.gallery DIR``.

What is shown is made up. The same run looks for text that is cut, targets that are too
small and letters that are too pale, and ends with 1 if it finds any.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from kiosk.model import (
    Basis,
    ClockState,
    Direction,
    Health,
    Outcome,
    Person,
    Tally,
    Trust,
    Verdict,
)
from kiosk.pin import Lock
from kiosk.preferences import profiles
from kiosk.screens.questions import PURPOSES
from kiosk.screens.services import Entry, Services
from kiosk.screens.settings import ScreenSettings
from kiosk.words import languages
from tests.ui.sample import StillSource

SIZES = ((1024, 600), (1280, 800), (800, 1280), (1920, 1080))
TIGHTEST = ((1024, 600), (800, 1280))
"""One of each shape, and the ones with least room; the others scale from these."""

LARGEST = 1.5
"""How much larger letters can be made on the steward's page."""

AT = dt.datetime(2026, 3, 2, 7, 32, tzinfo=dt.UTC)
SOMEBODY = Person(name="Nguyễn Thị Hồng Ví Dụ", birth="1990-02-01", sex="female")
SETTINGS = ScreenSettings(
    place="Bệnh viện Đa khoa Ví Dụ",
    gate="Cổng chính",
    hotline="1900 0000",
    volume=0.0,
    purposes=PURPOSES,
    form=("nationality", "email", "places"),
    trips=True,
)
HEALTH = Health(
    waiting=0,
    acked=221,
    camera="ok",
    hub="ok",
    clock=ClockState.TRUSTED,
    tally=Tally(entered=128, left=96, inside=32, unscanned=3),
)
OFFLINE = replace(
    HEALTH,
    hub="offline",
    waiting=12,
    oldest_waiting_s=11_400.0,
    last_receipt=AT - dt.timedelta(hours=3),
)
RECORDED = Verdict(
    Outcome.RECORDED,
    AT,
    id="0190-sample",
    seq=221,
    direction=Direction.IN,
    basis=Basis.GUARD,
    kind="cccd",
    trust=Trust.UNSIGNED,
    person=SOMEBODY,
)

Scene = Callable[["object"], None]


def verdicts() -> dict[str, Verdict]:
    """Return one verdict of every outcome."""
    return {
        "recorded-in": RECORDED,
        "recorded-out": replace(RECORDED, direction=Direction.OUT, basis=Basis.ASSUMED),
        "duplicate": replace(
            RECORDED,
            outcome=Outcome.DUPLICATE,
            id=None,
            seq=None,
            previous_at=AT - dt.timedelta(minutes=1),
        ),
        "refused": Verdict(Outcome.REFUSED, AT, kind="pass", reason="expired", person=SOMEBODY),
        "not-for-us": Verdict(Outcome.NOT_FOR_US, AT, kind="bank", reason="bank"),
        "two-codes": Verdict(Outcome.TWO_CODES, AT),
    }


def main(arguments: list[str] | None = None) -> int:
    """Make the pictures; return 1 if a screen has a fault."""
    parser = argparse.ArgumentParser(prog="gallery", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--size", action="append", help="only this size, e.g. 1024x600")
    parser.add_argument("--language", action="append", choices=languages())
    parser.add_argument("--scene", help="only scenes whose name holds this")
    parser.add_argument("--dark", action="store_true", help="in the dark colours")
    parser.add_argument("--reach", action="store_true", help="controls in the lower half")
    parser.add_argument("--text", type=float, default=1.0, help="letters this much larger")
    chosen = parser.parse_args(arguments)
    sizes = [_size(text) for text in chosen.size or ()] or list(SIZES)
    looks = [(chosen.text, chosen.reach)]
    if not (chosen.size or chosen.reach or chosen.text != 1.0):
        looks += [(LARGEST, False), (1.0, True), (LARGEST, True)]
    faults = []
    for (text, reach), size in itertools.product(looks, sizes):
        for language in chosen.language or languages():
            settings = replace(
                SETTINGS, size=size, language=language, dark=chosen.dark, text=text, reach=reach
            )
            name = f"{size[0]}x{size[1]}-{language}" + ("-dark" if chosen.dark else "")
            name += "-reach" if reach else ""
            name += f"-{text}x" if text != 1.0 else ""
            faults += list(_pictures(settings, chosen.folder / name, chosen.scene or ""))
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    sys.stdout.write(f"pictures in {chosen.folder}, faults found: {len(faults)}\n")
    return 1 if faults else 0


def everything() -> Services:
    """Return every service, so that every screen can be seen."""
    return Services(
        paper=lambda _: None,
        declare=lambda _: None,
        change_guard=lambda _: None,
        households=True,
        safe=Drawer(),
        errand=lambda _: None,
        errands=frozenset(
            {
                "diagnose",
                "export",
                "accept",
                "send-again",
                "diagnostics",
                "restart",
                "power-off",
                "fsck",
            }
        ),
        enrol=lambda _: None,
        enrol_typed=lambda *_: None,
        rows=lambda _: tuple(
            Entry(seq, f"02/03/2026 07:{seq - 200:02}", "in", "cccd") for seq in range(210, 222)
        ),
        about=lambda: (
            ("place", "Bệnh viện Đa khoa Ví Dụ · Cổng chính"),
            ("hub", "https://hub.example.vn"),
            ("version", "1.0"),
            ("key", "1a2b 3c4d 5e6f 7081 92a3"),
            ("hub_key", "8764 ecae 8ccc 2498 11ff"),
            ("claim", "accepted"),
            ("certificate", "06/04/2027"),
            ("settings", "88321"),
            ("trust_list", "–"),
        ),
        brightness=Lamp(),
        profiles=tuple(profiles()),
        profile="hospital",
        cameras=("/dev/video0", "picamera2", "none"),
        board=lambda: "https://hub.example/b#" + "SAMPLE" * 20,
    )


class Lamp:
    """A screen's light in memory."""

    level = 70

    def set(self, percent: int) -> bool:
        """Set it."""
        self.level = percent
        return True


class Drawer:
    """A safe in memory."""

    def __init__(self) -> None:
        self.lock: Lock | None = None

    def load(self) -> Lock | None:
        """Return the lock."""
        return self.lock

    def save(self, lock: Lock) -> None:
        """Keep the lock."""
        self.lock = lock


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _pictures(settings: ScreenSettings, folder: Path, only: str) -> Iterator[str]:
    from kiosk.ui import KioskApp
    from tests.ui import faults, scenes
    from tests.ui.robot import driven

    source = StillSource()
    for name, scene in scenes.SCENES.items():
        if only not in name:
            continue
        app = KioskApp(
            settings, send=lambda _: None, latest=source, now=lambda: AT, services=everything()
        )
        with driven(app) as robot:
            scene(robot)
            robot.settle()
            robot.picture(folder / f"{name}.png")
            yield from (f"{folder.name}/{name}: {fault}" for fault in faults.of(app.stage))


if __name__ == "__main__":
    sys.exit(main())
