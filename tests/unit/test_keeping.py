"""What is kept for the next start: the lock, the choices, the time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiosk import pin
from kiosk.clock import SystemClock
from kiosk.config import Config
from kiosk.model import ClockState
from kiosk.preferences import Preferences, profiles
from kiosk.safe import FILE, LockedDrawer
from kiosk.timekeeping import Timekeeper


def untrusted() -> SystemClock:
    """A clock of this boot that no network has set."""
    return SystemClock(synchronised=lambda: False)


def test_wrong_tries_outlive_a_restart_and_the_pin_is_nowhere(tmp_path: Path) -> None:
    drawer = LockedDrawer(tmp_path)
    lock, opened = pin.attempt(pin.lock("2468"), "1111")
    drawer.save(lock)
    assert not opened
    again = LockedDrawer(tmp_path).load()
    assert again == lock
    assert again is not None
    assert again.failures == 1
    assert pin.attempt(again, "2468")[1]
    assert "2468" not in (tmp_path / FILE).read_text()
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_cure_takes_the_pin_away_and_is_remembered(tmp_path: Path) -> None:
    drawer = LockedDrawer(tmp_path)
    drawer.save(pin.lock("2468"))
    drawer.cure(7)
    again = LockedDrawer(tmp_path)
    assert again.load() is None
    assert again.cured_ms == 7


@pytest.mark.parametrize("text", ["", "{", "[]", '{"lock": {"salt": "xx"}}', "\x00"])
def test_a_lock_that_cannot_be_read_opens_for_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    lock = LockedDrawer(tmp_path).load()
    assert lock is not None
    assert not pin.attempt(lock, "2468")[1]


def test_choices_lie_over_the_file_and_hold_after_a_restart(tmp_path: Path) -> None:
    chosen = Preferences(tmp_path)
    for name, value in (
        ("language", "en"),
        ("dark", True),
        ("text", 1.25),
        ("volume", 0.3),
        ("camera", "/dev/video2"),
        ("profile", "hospital"),
    ):
        assert chosen.keep(name, value)
    config = Preferences(tmp_path).applied(Config())
    assert (config.screen.language, config.screen.theme) == ("en", "dark")
    assert config.screen.text_scale == 1.25, "the choice beats the profile's 1.2"
    assert (config.sound.volume, config.camera.source) == (0.3, "/dev/video2")
    assert config.policy.declaration, "a hospital asks for one"
    assert "hospital" in profiles()


@pytest.mark.parametrize(
    "kept", [{"volume": 11}, {"text": "big"}, {"profile": "moon"}, {"language": 3}, [], "x"]
)
def test_a_choice_without_sense_is_left_out_and_the_gate_starts(
    tmp_path: Path, kept: object
) -> None:
    (tmp_path / "preferences.json").write_text(json.dumps(kept))
    assert Preferences(tmp_path).applied(Config()) == Config()


def test_what_was_learnt_of_the_time_is_known_at_the_next_start_of_the_same_boot(
    tmp_path: Path,
) -> None:
    clock = untrusted()
    keeper = Timekeeper(tmp_path, clock)
    now = clock.now()
    assert now.state == "untrusted"
    clock.learn(1_800_000_000_000, at_boot_ms=now.boot_ms, state=ClockState.TRUSTED)
    keeper.keep()
    later = untrusted()
    Timekeeper(tmp_path, later)
    assert later.now().state == "trusted"
    assert 0 <= later.now().wall_ms - 1_800_000_000_000 < 60_000


@pytest.mark.parametrize("change", [{"boot": "0" * 32}, {"state": "sure"}, {"boot": None}])
def test_another_boots_time_is_not_believed(tmp_path: Path, change: dict[str, object]) -> None:
    clock = untrusted()
    clock.learn(1_800_000_000_000, at_boot_ms=0, state=ClockState.TRUSTED)
    Timekeeper(tmp_path, clock).keep()
    file = tmp_path / "clock.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    later = untrusted()
    Timekeeper(tmp_path, later)
    assert later.now().state == "untrusted"
