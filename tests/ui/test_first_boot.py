"""From a kiosk that belongs nowhere to its gate, on the glass alone: real hub, real window."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk import config as configuration
from kiosk import pin
from kiosk.identity import FILE as IDENTITY
from kiosk.identity import Identity
from kiosk.screens.design import DESIGN
from kiosk.window import Windowed
from kiosk.words import load
from tests.hubs import HubProcess
from tests.kiosks import KioskBox, card, pictures
from tests.ui.robot import Robot, driven, texts

ESCAPES = (27, 282, 283, 292, 293, 306)  # Escape, F1, F2, F11, F12, Ctrl


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """One hub for the whole story."""
    with HubProcess(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@contextmanager
def standing(data: Path, camera: str = "none") -> Iterator[tuple[Robot, Windowed]]:
    """A kiosk whose window is open, before that camera."""
    config = configuration.read({"sound": {"volume": 0}, "screen": {"hotline": "1900 0000"}},
                                source="test")  # fmt: skip
    window = Windowed(data, config)
    with driven(window.app) as robot:
        with window:
            window.start(camera, fps=4)
            yield robot, window
        robot.settle()  # what the threads said last
    DESIGN.dark, DESIGN.text, DESIGN.reach = False, 1.0, False


def said(robot: Robot, part: str) -> bool:
    """Whether any text that can be seen holds this."""
    return any(part in text for text in texts(robot))


def test_a_code_shown_to_the_camera_opens_the_gate_without_a_restart(
    hub: HubProcess, tmp_path: Path
) -> None:
    place = hub.place("Chợ Ví Dụ")
    code = hub.code(place, "--language", "en", "--profile", "market")
    film = pictures(tmp_path / "film", range(3), text=lambda _: code)
    with standing(tmp_path / "kiosk", f"file:{film}") as (robot, window):
        assert robot.app.stage.name == "welcome"
        assert said(robot, "Không cần mạng")
        robot.until(lambda: said(robot, "Chợ Ví Dụ"), within=30)
        robot.until(lambda: robot.app.stage.name == "guard", within=30)
        robot.until(lambda: said(robot, load("en")["guard.enter_code"]), within=10)
        robot.until(lambda: window.gate.identity.claim == "accepted", within=30)
        assert window.gate.config.policy.purpose == "customer", "the market's profile"
        robot.until(window.gate.finished.is_set, within=30)
        robot.settle()
        assert sum(window.gate.counted.values()) == 0, "the code that is still held up is no one's"
        second = KioskBox(tmp_path / "kiosk").cli("run", "--headless", check=False)
        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        assert "Another kiosk is running" in second.stderr


@pytest.mark.slow
def test_a_hub_out_of_reach_is_joined_all_the_same_and_people_are_recorded(
    hub: HubProcess, tmp_path: Path
) -> None:
    code = hub.code(hub.place(), "--url", "http://127.0.0.1:9")
    film = pictures(tmp_path / "film", range(2), text=lambda _: code)
    with standing(tmp_path / "kiosk", f"file:{film}") as (robot, window):
        robot.until(lambda: robot.app.stage.name == "guard", within=40)
        robot.scan(card(1))
        robot.until(lambda: window.gate.outbox.stock().waiting == 1, within=20)


@pytest.mark.slow
def test_the_ten_characters_are_typed_and_a_slip_loses_nothing(
    hub: HubProcess, tmp_path: Path
) -> None:
    (made,) = hub.json("kiosk", "enrol", hub.place("Trường Ví Dụ", kind="school"))
    with standing(tmp_path / "kiosk") as (robot, window):
        robot.press("typed")
        for key in hub.url:
            if key in ":/":
                robot.hold(".", key)
            else:
                robot.touch(robot.pad(key))
        robot.settle()
        robot.press("enter")
        face = robot.app.stage.face
        assert face.address == hub.url
        short = made["short"].replace("-", "")
        wrong = short[:-1] + ("A" if short[-1] != "A" else "B")
        for key in (*wrong, "enter"):
            robot.touch(robot.pad(key))
            robot.settle()
        robot.until(lambda: bool(face.trouble), within=20)
        assert face.address == hub.url
        assert face.code.replace("-", "") == wrong
        robot.press("backspace")
        robot.press(short[-1])
        robot.press("enter")
        robot.until(lambda: robot.app.stage.name == "guard", within=40)
        assert window.gate.identity.code.place_name == "Trường Ví Dụ"


def test_an_address_where_no_hub_is_is_named_so(tmp_path: Path) -> None:
    with standing(tmp_path / "kiosk") as (robot, _):
        face = robot.app.stage.go("typed")
        face.type("http://127.0.0.1:9")
        face.press("enter")
        face.type("NMPKYJM5PX")
        face.press("enter")
        robot.until(lambda: "địa chỉ" in face.trouble, within=20)
        assert (face.address, face.code) == ("http://127.0.0.1:9", "NMPKY-JM5PX")


@pytest.mark.slow
def test_the_wifi_of_the_code_is_joined_and_its_password_kept_nowhere(
    hub: HubProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("mật khẩu thử\n", encoding="utf-8")
    code = hub.code(hub.place(), "--wifi", "Gate", "--wifi-password-file", str(tmp_path / "secret"))
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "nmcli").write_text(f'#!/bin/sh\necho "$@" > {tools}/told\ncat >> {tools}/told\n')
    (tools / "nmcli").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    with standing(tmp_path / "kiosk") as (robot, _):
        robot.scan(code)
        robot.until(lambda: said(robot, "Đã nối Wi-Fi Gate"), within=20)
        robot.until(lambda: robot.app.stage.name == "guard", within=30)
    arguments, password = (tools / "told").read_text(encoding="utf-8").splitlines()
    assert arguments == "--ask device wifi connect Gate"
    assert password == "mật khẩu thử"
    kept = b"".join(f.read_bytes() for f in (tmp_path / "kiosk").rglob("*") if f.is_file())
    assert "mật khẩu thử".encode() not in kept


@pytest.mark.slow
def test_what_is_no_enrolment_code_leaves_the_welcome_as_it_is(tmp_path: Path) -> None:
    with standing(tmp_path / "kiosk", f"file:{pictures(tmp_path / 'film', [1])}") as (robot, _):
        robot.scan("GATE1:NONSENSE")
        robot.until(lambda: said(robot, "Mã bị hỏng hoặc hết hạn"), within=20)
        robot.scan(card(1))
        robot.until(lambda: said(robot, "Mã bị hỏng hoặc hết hạn"), within=20)
        assert robot.app.stage.name == "welcome"
        for key in ESCAPES:
            robot.key(key)
        robot.press("settings")
        assert robot.app.stage.name == "settings", "there is nothing to protect yet"
        assert {"camera", "looks", "venue", "device"} <= {pad.value for pad in robot.pads()}
        assert "network" not in {pad.value for pad in robot.pads()}
        for key in ESCAPES:
            robot.key(key)
        assert robot.app.stage.name == "welcome"
    assert not (tmp_path / "kiosk" / IDENTITY).exists()


# -- the steward at a real gate ------------------------------------------------------------------


@pytest.fixture
def gate(hub: HubProcess, tmp_path: Path) -> Iterator[tuple[Robot, Windowed, str]]:
    """A gate whose steward has a PIN; with it the id of its place."""
    place = hub.place("Bệnh viện Ví Dụ", kind="hospital")
    box = KioskBox(tmp_path / "kiosk")
    box.json("enrol", hub.code(place))
    with standing(box.data) as (robot, window):
        assert window.steward is not None
        window.steward.safe.save(pin.lock("2468"))
        yield robot, window, place


def enter(robot: Robot, digits: str) -> None:
    """Type a PIN on the glass."""
    for key in (*digits, "enter"):
        robot.touch(robot.pad(key))
        robot.settle()


def test_a_forgotten_pin_is_cured_by_a_fresh_code_of_the_place_and_only_once(
    gate: tuple[Robot, Windowed, str], hub: HubProcess, tmp_path: Path
) -> None:
    robot, window, place = gate
    assert window.steward is not None
    robot.app.stage.go("steward")
    robot.settle()
    for wrong in ("1111", "2222", "3333"):
        enter(robot, wrong)
    assert 20 <= robot.app.stage.face.wait <= 30
    foreign = hub.code(hub.place())
    robot.scan(foreign)
    robot.until(lambda: "nơi khác" in robot.app.stage.face.trouble, within=20)
    assert window.steward.safe.load() is not None
    fresh = hub.code(place)
    film = pictures(tmp_path / "film", range(2), text=lambda _: fresh)
    window.steward.keep("camera", f"file:{film}")
    robot.until(lambda: robot.app.stage.face.step == "choose", within=40)
    for digits in ("1357", "1357"):
        enter(robot, digits)
    assert robot.app.stage.name == "settings"
    assert Identity.load(window.data).kiosk == window.gate.identity.kiosk, "it stays who it is"
    robot.app.stage.go_home()
    robot.app.stage.go("steward")
    robot.scan(fresh)
    robot.until(lambda: "đã dùng" in robot.app.stage.face.trouble, within=20)
    assert window.steward.safe.load() is not None


@pytest.mark.slow
def test_the_steward_reaches_everything_behind_the_pin_and_nothing_leads_out(
    gate: tuple[Robot, Windowed, str],
) -> None:
    robot, window, _ = gate
    robot.app.stage.go("steward")
    robot.settle()
    enter(robot, "2468")
    assert robot.app.stage.name == "settings"
    found = {str(pad.value) for pad in robot.pads() if pad.value}
    assert {"network", "rows", "camera", "looks", "enrol", "venue", "about", "device"} <= found
    for name in sorted(found):
        robot.app.stage.go(name)
        robot.settle()
        for key in ESCAPES[1:]:
            robot.key(key)
        assert robot.app.stage.name == name
        robot.app.stage.go("settings")
    robot.app.stage.go("network")
    robot.until(lambda: said(robot, "Kết nối tốt"), within=30)
    assert said(robot, "Các lượt đã ghi vẫn an toàn")
    robot.app.stage.go("device")
    robot.settle()
    robot.press("fsck")
    robot.until(lambda: said(robot, "Sổ ghi tốt"), within=30)
    robot.press("diagnostics")
    robot.until(lambda: said(robot, "Đã lưu"), within=30)
    (file,) = window.data.glob("kiosk-*.json")
    assert "machine" in file.read_text("utf-8")
    assert not window.gate.failed.is_set()


def test_the_places_code_is_new_each_minute_and_still_while_the_time_is_unknown(
    gate: tuple[Robot, Windowed, str],
) -> None:
    from wire import tokens

    robot, window, place = gate
    robot.until(lambda: window.gate.clock.now().state == "trusted", within=40)
    member, chain = window.gate.membership, window.gate.outbox.chain
    token = tokens.read(member.board(chain), member.identity.issuers)
    assert token.certificate is not None, "whoever reads it can check who shows it"
    assert (token.facts.place, token.facts.chain) == (place, chain.bytes)
    now = window.gate.clock.now()
    assert token.facts.boot == now.boot_id.bytes
    assert 0 <= now.boot_ms - token.facts.boot_ms < 10_000


@pytest.mark.slow
def test_moving_to_another_place_waits_until_nothing_waits(
    gate: tuple[Robot, Windowed, str], hub: HubProcess
) -> None:
    robot, window, _ = gate
    before = window.gate.identity.kiosk
    robot.scan(card(3))
    robot.until(lambda: window.gate.outbox.head()[0] == 1, within=20)
    robot.app.stage.face.means.session.open = True
    robot.app.stage.go("enrol")
    other = hub.code(hub.place("Nhà máy Ví Dụ"))
    if window.gate.outbox.stock().waiting:
        robot.scan(other)
        robot.until(lambda: robot.app.stage.face.result_tone != "ink", within=20)
    robot.until(lambda: not window.gate.outbox.stock().waiting, within=30)
    robot.scan(other)
    robot.until(lambda: said(robot, "Chuyển máy sang đó?"), within=20)
    robot.settle()
    robot.press("move")
    robot.until(lambda: window.gate.identity.kiosk != before, within=40)
    robot.until(lambda: robot.app.stage.name == "guard", within=20)
    assert window.gate.identity.code.place_name == "Nhà máy Ví Dụ"
    assert list((window.data / "former").glob(f"{before}-*/outbox.sqlite3"))


def test_without_a_place_and_without_a_window_it_is_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        KioskBox(tmp_path).command("run", "--headless"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "kiosk enrol" in done.stderr
