"""A stick with the hub's token is copied to by being plugged in; any other is left as it is."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from kiosk.clock import SetClock
from kiosk.couriers import Couriers, News, watched
from kiosk.model import ClockState
from kiosk.returns import heard_ms
from kiosk.stick import plugged
from tests.hubs import HubProcess
from tests.integration.carry.conftest import Offline, imported, joined
from wire import bundle


class Watch:
    """A kiosk that looks for sticks at one folder."""

    def __init__(self, kiosk: Offline, slot: Path) -> None:
        self.kiosk, self.slot = kiosk, slot
        self.news: list[News] = []
        self.couriers = Couriers(
            kiosk.carrier,
            me=lambda: kiosk.me,
            clock=kiosk.clock,
            heard_ms=lambda: heard_ms(kiosk.outbox),
            seen=watched([], [str(slot)]),
            tell=self.news.append,
        )

    def plug(self, stick: Path) -> News | None:
        """Plug a stick in, look, and pull it; returns what was said last."""
        self.news.clear()
        stick.rename(self.slot)
        self.couriers.step()
        self.couriers.step()  # it is served once
        self.slot.rename(stick)
        self.couriers.step()
        return self.news[-1] if self.news else None


@pytest.fixture
def watch(kiosk: Offline, tmp_path: Path) -> Watch:
    return Watch(kiosk, tmp_path / "slot")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    (made / "holiday.jpg").write_bytes(b"not ours")
    return made


def content(root: Path) -> dict[str, str]:
    """Return every file under a folder, with what it holds and when it was written."""
    return {
        str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest()
        + str(file.stat().st_mtime_ns)
        for file in root.rglob("*")
        if file.is_file()
    } | {"": str(root.stat().st_mtime_ns)}


def issue(hub: HubProcess, stick: Path, *args: str) -> str:
    (made,) = hub.json("courier", "issue", "Anh Tư", "--out", str(stick), *args)
    return str(made["courier"])


def test_a_courier_s_stick_is_copied_to_once_each_time_it_is_plugged_in(
    hub: HubProcess, watch: Watch, stick: Path
) -> None:
    issue(hub, stick)
    watch.kiosk.record(1_234)
    news = watch.plug(stick)
    assert news is not None
    assert (news.word, news.ok, dict(news.facts)["count"]) == ("copied", True, "1.234")
    assert [one.word for one in watch.news].count("copied") == 1
    news = watch.plug(stick)
    assert news is not None
    assert (news.word, news.count, news.left_out) == ("copied", 1_234, 0)
    assert watch.kiosk.waiting == 1_234


def test_nothing_is_written_to_a_stick_without_a_token(watch: Watch, stick: Path) -> None:
    watch.kiosk.record(3)
    before = content(stick)
    assert watch.plug(stick) is None
    assert content(stick) == before


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ("foreign", "stick_foreign"),
        ("garbage", "stick_foreign"),
        ("elsewhere", "courier_elsewhere"),
        ("expired", "courier_expired"),
        ("revoked", "courier_revoked"),
    ],
)
def test_a_token_that_does_not_count_writes_nothing_and_says_why(
    hub: HubProcess, watch: Watch, stick: Path, tmp_path: Path, how: str, word: str
) -> None:
    kiosk = watch.kiosk
    kiosk.record(2)
    if how == "foreign":
        other = HubProcess(tmp_path / "other")
        issue(other, stick)
        other.close()
    elif how == "garbage":
        (stick / "gate").mkdir()
        (stick / "gate" / "courier.cose").write_bytes(b"\xd2\x84\x00")
    elif how == "elsewhere":
        issue(hub, stick, "--place", hub.place("Nơi khác"))
    elif how == "expired":
        issue(hub, stick, "--days", "0.0001")
        assert isinstance(kiosk.clock, SetClock)
        kiosk.clock.advance(2 * 86_400)
    else:
        token = issue(hub, stick)
        hub.cli("courier", "revoke", token)
        fresh = tmp_path / "fresh"  # the next courier brings the news of it
        fresh.mkdir()
        issue(hub, fresh)
        assert watch.plug(fresh) is not None
        kiosk.copy(fresh)
        imported(hub, fresh)
        assert kiosk.accept(fresh).settings + kiosk.me.settings.version > 0
    before = content(stick)
    news = watch.plug(stick)
    assert news is not None
    assert (news.word, news.ok) == (word, False)
    assert content(stick) == before


def test_a_clock_that_nobody_vouches_for_ends_no_token_but_a_time_the_hub_signed_does(
    hub: HubProcess, stick: Path, tmp_path: Path
) -> None:
    now = time.time_ns() // 1_000_000
    clock = SetClock(now + 10 * 365 * 86_400_000, state=ClockState.UNTRUSTED)
    kiosk = joined(hub, tmp_path / "k", clock=clock)
    watch = Watch(kiosk, tmp_path / "slot")
    issue(hub, stick, "--days", "0.0001")
    news = watch.plug(stick)
    assert news is not None
    assert news.word == "copied"
    kiosk.carrier.hear(now + 86_400_000)
    news = watch.plug(stick)
    assert news is not None
    assert news.word == "courier_expired"
    kiosk.close()


def test_a_stick_without_token_still_brings_answers_and_is_not_written_to(
    hub: HubProcess, watch: Watch, stick: Path
) -> None:
    watch.kiosk.record(2)
    watch.kiosk.copy(stick)  # the steward did it
    imported(hub, stick)
    before = content(stick)
    news = watch.plug(stick)
    assert news is not None
    assert (news.word, news.retired, watch.kiosk.waiting) == ("received", 2, 0)
    assert content(stick) == before


def test_a_stick_that_is_pulled_while_it_is_copied_to_is_named_and_costs_nothing(
    hub: HubProcess, watch: Watch, stick: Path
) -> None:
    from tests.integration.carry.breaking import broken

    issue(hub, stick)
    watch.kiosk.record(2)
    with broken(9, "eio"):
        news = watch.plug(stick)
    assert news is not None
    assert (news.word, news.ok, watch.kiosk.waiting) == ("stick_gone", False, 2)
    news = watch.plug(stick)
    assert news is not None
    assert news.word == "copied"


def test_the_steward_needs_no_token_and_is_told_when_there_is_no_stick(
    watch: Watch, stick: Path
) -> None:
    from kiosk.errors import StickRefused

    with pytest.raises(StickRefused) as none:
        watch.couriers.wanted(beat=lambda: None)
    assert none.value.word == "no_stick"
    watch.kiosk.record(2)
    stick.rename(watch.slot)
    news = watch.couriers.wanted(beat=lambda: None)
    assert (news.word, news.count, news.asked) == ("exported", 2, True)


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    """What the kernel says of mounts, with a blank in a stick's name."""
    made = tmp_path / "mountinfo"
    made.write_text(
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "40 22 8:17 / /media/USB\\040TU rw - vfat /dev/sdb1 rw\n"
        "41 22 8:18 / /run/media/pi/X rw - vfat /dev/sdb2 rw\n"
        "42 22 8:19 / /home rw - ext4 /dev/sdc rw\nbroken line\n"
    )
    return made


def test_mounts_are_found_below_the_roots_and_nowhere_else(mounts: Path) -> None:
    found = list(plugged(["/media", "/run/media"], mounts=mounts))
    assert [str(one.path) for one in found] == ["/media/USB TU", "/run/media/pi/X"]
    assert len({one.mark for one in found}) == 2
    assert list(plugged([], mounts=mounts)) == []
    assert list(plugged(["/media"], mounts=mounts.with_name("none"))) == []


def test_each_file_of_a_long_stick_is_a_sign_of_life(kiosk: Offline, tmp_path: Path) -> None:
    watch = Watch(kiosk, tmp_path / "slot")
    folder = tmp_path / "slot" / bundle.FOLDER
    folder.mkdir(parents=True)
    for number in range(1, 6):
        (folder / bundle.return_name(kiosk.me.kiosk, number)).write_bytes(b"no answer")
    beats: list[int] = []
    watch.couriers.step(beat=lambda: beats.append(1))
    assert len(beats) >= 5
