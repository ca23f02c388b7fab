"""The whole kiosk under a scripted gate: what is shown, what is asked, what the hub holds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Carry, Config, Gate, Screen
from kiosk.couriers import News
from kiosk.model import DirectionMode, GatePolicy, Outcome
from kiosk.preferences import Preferences
from kiosk.screens.faces import FACES
from kiosk.screens.parts import ShapeView
from kiosk.words import Words, load
from tests.hubs import HubProcess
from tests.kiosks import card, name, national
from tests.ui import faults, live
from tests.ui.robot import texts
from wire import tokens
from wire.claims import Declaration

AWAY = "http://127.0.0.1:9"
"""Where no hub is: what is recorded stays here until somebody carries it."""

ASKING = Config(policy=GatePolicy(purposes=("patient", "relative")))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """One hub for all."""
    with HubProcess(tmp_path_factory.mktemp("hub")) as running:
        yield running


def masked(who: int) -> str:
    """Return how a person of :func:`tests.kiosks.name` is shown."""
    words = name(who).split()
    return " ".join([f"{word[0]}." for word in words[:-1]] + [words[-1]])


def test_everything_a_guard_does_reaches_the_hub(tmp_path: Path, hub: HubProcess) -> None:
    place = hub.place("Bệnh viện Ví Dụ")
    with live.kiosk(
        tmp_path / "k", hub, ASKING, mode=DirectionMode.IN, code=hub.code(place)
    ) as gate:
        robot, face = gate.robot, gate.window.app.stage.face
        first = gate.show(card(1))
        assert (first.ground, first.title) == ("go", "ĐÃ GHI VÀO")
        assert masked(1) in first.person
        assert gate.asked(lambda: robot.press("relative")).verdict.reason == "purpose"
        robot.settle()
        assert any("Người nhà" in text for text in texts(robot))
        gate.passes(2)
        gate.show(card(2))
        assert gate.asked(lambda: robot.press("undo-asked")).title == "ĐÃ HOÀN TÁC"
        gate.passes(2)
        gate.show(card(3))
        hero = face.ids.hero
        flipped = gate.asked(lambda: robot.touch_at(hero.x + 60, hero.top - 60))
        assert flipped.title == "ĐÃ ĐỔI THÀNH RA"
        face.watch()
        gate.asked(lambda: robot.press("+1 không quét"))
        gate.asked(lambda: robot.press("+1 không quét"))
        robot.settle()
        gate.asked(lambda: robot.press("Hoàn tác"))
        robot.press("RA")
        robot.press("Nhập người")
        for key in "0900000009":
            robot.touch(robot.pad(key))
        robot.touch(robot.app.stage.face.ids.form.ids.count.children[0])
        robot.settle()
        by_hand = gate.asked(lambda: robot.press("enter"))
        assert by_hand.title == "ĐÃ GHI RA"
        robot.press("Thêm")
        robot.press("paper")
        paper = robot.app.stage.face
        paper.hour, paper.minute, paper.days_ago = 9, 30, 1
        paper.go_on()
        robot.settle()
        for key in "0900000008":
            robot.touch(robot.pad(key))
        gate.asked(lambda: robot.press("enter"))
        gate.sent()
        tally = gate.window.gate.desk.tally()
        assert (tally.entered, tally.left, tally.unscanned) == (2, 3, 1)
    rows = {row["seq"]: row for row in hub.entries("--reveal") if row["place"] == place}
    kinds = Counter(row["type"] for row in rows.values())
    assert kinds == {"passage": 3, "correction": 3, "unscanned": 3, "hand": 1, "paper": 1}
    by_type = {
        type_: [row for row in rows.values() if row["type"] == type_] for type_ in sorted(kinds)
    }
    purpose, undone, turned = by_type["correction"]
    passages = by_type["passage"]
    assert (purpose["purpose"], purpose["corrects"]) == ("relative", passages[0]["id"])
    assert [row["purpose"] for row in passages] == ["relative", None, None]
    assert (undone["direction"], undone["corrects"]) == (None, passages[1]["id"])
    assert (turned["direction"], turned["corrects"]) == ("out", passages[2]["id"])
    assert [row["count"] for row in by_type["unscanned"]] == [1, 1, -1]
    assert (by_type["hand"][0]["count"], by_type["hand"][0]["direction"]) == (2, "out")
    assert by_type["paper"][0]["at_error_s"] == 1800


@pytest.mark.slow
@pytest.mark.parametrize("self_service", [False, True])
def test_a_code_shown_on_any_screen_is_recorded(
    tmp_path: Path, hub: HubProcess, *, self_service: bool
) -> None:
    config = replace(Config(), screen=Screen(self_service=self_service))
    screens = ("attract", "declare", "notice", "language") if self_service else (
        "guard", "menu", "code", "person", "paper", "shift", "entries", "alerts", "help",
    )  # fmt: skip
    with live.kiosk(tmp_path / "k", hub, config, mode=DirectionMode.IN) as gate:
        for who, screen in enumerate(screens, 40):
            gate.window.app.stage.go(screen)
            gate.passes(2)
            seen = gate.show(card(who))
            assert (seen.verdict.outcome, gate.window.app.stage.name) == (
                Outcome.RECORDED,
                screen,
            )


FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "code": ("0541990", ("text",)),
    "person": ("0900000001", ("ids", "form", "phone_text")),
    "declare": ("0900000001", ("typed",)),
    "express": ("0900000001", ("phone_text",)),
    "shift": ("123", ("guard",)),
    "trip": ("hue", ("typed",)),
    "typed": ("hub.example", ("address",)),
    "steward": ("246", ("_digits",)),
}
"""Where something is typed: what, and what holds it."""

BUSY = ("person", "declare", "typed", "steward", "rows")
"""Screens of each kind; the slow tier walks over all."""


def typed(face: Any, way: tuple[str, ...]) -> str:
    """Return what a form holds."""
    for part in way:
        face = getattr(face, part)
    return str(face)


@pytest.mark.parametrize(
    "screens",
    [
        BUSY,
        pytest.param(
            tuple(one for one in FACES if one not in {*BUSY, "out", "receipt", "welcome"}),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["some", "all"],
)
def test_a_hand_scanner_records_on_every_screen_and_leaves_its_form_as_it_was(
    tmp_path: Path, hub: HubProcess, screens: tuple[str, ...]
) -> None:
    config = Config(gate=Gate(trips=True))
    with live.kiosk(tmp_path / "k", hub, config, mode=DirectionMode.IN) as gate:
        app, robot = gate.window.app, gate.robot
        for who, screen in enumerate(screens, 200):
            app.stage.face.means.session.open = screen != "steward"
            face: Any = app.stage.go(screen)
            if screen == "declare":
                face.at = 1
            text, way = FORMS.get(screen, ("", ()))
            if text:
                face.type(text)
                robot.settle()
            gate.passes(2)
            seen = gate.asked(lambda who=who: robot.scan(card(who)))  # type: ignore[misc]
            robot.settle()
            assert (seen.verdict.outcome, app.stage.name) == (Outcome.RECORDED, screen)
            if text:
                assert typed(app.stage.face, way) == text, screen
            assert getattr(app.stage.face, "trouble", "") == "", screen
        assert gate.window.gate.desk.tally().entered == len(screens)


def test_the_trip_stands_in_the_entries_until_the_guard_names_the_next(
    tmp_path: Path, hub: HubProcess
) -> None:
    place = hub.place("Xe ví dụ")
    config = Config(
        gate=Gate(trip="Huế–Tuy Hòa 14:45", trips=True), policy=GatePolicy(purpose="passenger")
    )
    with live.kiosk(tmp_path / "k", hub, config, code=hub.code(place)) as gate:
        robot = gate.robot
        gate.show(card(60))
        robot.press("Thêm")
        robot.press("trip")
        assert "Chuyến: Huế–Tuy Hòa 14:45" in texts(robot)
        for key in (*"huees", "space", "1", "5", ":", "3", "0"):
            robot.touch(robot.pad(key))
            robot.settle()
        robot.press("enter")
        robot.settle()
        assert any("Huế 15:30" in text for text in texts(robot))
        gate.until(lambda: gate.window.gate.desk._book._recorder.station.trip == "Huế 15:30")
        gate.passes(2)
        gate.show(card(61))
        robot.press("Thêm")
        robot.press("trip")
        robot.press("end")
        gate.until(lambda: gate.window.gate.desk._book._recorder.station.trip is None)
        gate.passes(2)
        gate.show(card(62))
        gate.sent()
        assert Preferences(tmp_path / "k").applied(config).gate.trip == ""
    rows = [row for row in hub.entries() if row["place"] == place]
    assert [row["trip"] for row in rows] == ["Huế–Tuy Hòa 14:45", "Huế 15:30", None]
    assert {row["purpose"] for row in rows} == {"passenger"}


def test_who_has_no_phone_declares_in_twelve_touches_and_all_of_it_reaches_the_hub(
    tmp_path: Path, hub: HubProcess
) -> None:
    config = Config(
        policy=GatePolicy(purposes=("patient", "relative")), screen=Screen(self_service=True)
    )
    place = hub.place("Trạm y tế Ví Dụ")
    with live.kiosk(
        tmp_path / "k", hub, config, mode=DirectionMode.IN, code=hub.code(place)
    ) as gate:
        robot = gate.robot
        gate.until(lambda: gate.window.gate.identity.claim == "accepted")
        touches = 0

        def press(*pads: str) -> None:
            nonlocal touches
            for pad in pads:
                robot.press(pad)
                touches += 1

        def strike(keys: str) -> None:
            for key in keys:
                robot.touch(robot.pad("space" if key == " " else key))
                robot.settle()

        press("Tôi không có mã", "Cho tôi")
        strike("0900000077")
        press("enter")
        strike("leef thij vis duj")
        press("enter")
        strike("1950")
        press("enter", "Nữ", "enter", "enter", "Thăm người nhà", "Không có", "Không có")
        seen = gate.asked(lambda: press("agree"))
        assert touches <= 12
        assert robot.app.stage.name == "receipt"
        token = robot.app.stage.face.token
        assert robot.app.stage.face.code == seen.verdict.receipt
        press("done")
        gate.sent()
        issuers = gate.window.gate.identity.issuers
    declared = tokens.read(token, issuers).facts
    assert isinstance(declared, Declaration)
    assert (declared.name, declared.birth_year, declared.purpose) == (
        "L. T. V. Dụ",
        1950,
        "relative",
    )
    (row,) = [row for row in hub.entries("--reveal") if row["place"] == place]
    assert (row["type"], row["kind"], row["purpose"]) == ("hand", "declaration", "relative")
    assert row["person"]["phone"] == "0900000077"
    assert row["content"]["declaration"]["consent"] == "yes"


@pytest.mark.slow
def test_a_couriers_stick_says_when_it_can_be_pulled_and_the_stewards_how_far_it_is(
    tmp_path: Path, hub: HubProcess
) -> None:
    slot, stick = tmp_path / "slot", tmp_path / "stick"
    stick.mkdir()
    hub.json("courier", "issue", "Anh Tư", "--out", str(stick))
    config = Config(carry=Carry(roots=(), folders=(str(slot),)))
    with live.kiosk(tmp_path / "k", hub, config, code=hub.code(hub.place(), "--url", AWAY)) as gate:
        window, robot = gate.window, gate.robot

        def said(text: str) -> bool:
            robot.settle()
            return text in texts(robot)

        gate.show(card(80))
        gate.passes(2)
        gate.show(card(81))
        window.app.stage.face.watch()
        stick.rename(slot)
        gate.until(lambda: said("Đã chép 2 lượt. Rút được."))
        assert window.app.stage.ground == "again"
        slot.rename(stick)
        window._show_carried(News("copied", count=1234))
        gate.until(lambda: said("Đã chép 1.234 lượt. Rút được."))
        window.app.stage.face.means.session.open = True
        face: Any = window.app.stage.go("rows")
        robot.press("export")
        gate.until(lambda: said("Chưa thấy USB. Cắm USB rồi thử lại."))
        stick.rename(slot)
        told: list[str] = []
        face.fbind("result", lambda _, text: told.append(text))
        robot.press("export")
        gate.until(lambda: any("ra USB. Rút USB được rồi." in text for text in told))
        assert any("Đừng rút USB." in text for text in told)


def test_who_cannot_read_sees_and_hears_what_happened(tmp_path: Path, hub: HubProcess) -> None:
    """All words emptied: what is left are colours, shapes, a beat, and three rhythms."""
    config = Config(policy=GatePolicy(kinds=("cccd",)), screen=Screen(self_service=True))
    with live.kiosk(tmp_path / "k", hub, config, mode=DirectionMode.IN) as gate:
        app = gate.window.app
        played: list[str] = []
        assert app.sounds is not None
        app.sounds.play = played.append  # type: ignore[assignment]  # this machine is mute
        app.stage.words = Words("vi", dict.fromkeys(load("vi").own, ""), {})

        def seen() -> tuple[str, set[str]]:
            gate.robot.settle()
            drawn = {
                w.shape for w in faults.shown(app.stage)
                if isinstance(w, ShapeView) and w.height > 90
            }  # fmt: skip
            return app.stage.ground, drawn & {"tick", "cross", "bars", "other-code"}

        assert gate.show(card(70)).beat
        assert seen() == ("go", {"tick"})
        gate.passes(2)
        gate.show(national(71))
        assert seen() == ("stop", {"cross"})
        gate.passes(2)
        gate.show("WIFI:T:WPA;S:Benh vien;P:khongbaogio;;")
        assert seen() == ("look", {"other-code"})
        gate.window.gate.outbox.full = True
        gate.passes(2)
        gate.show(card(72))
        assert seen() == ("stop", {"bars"})
        assert played == ["ok", "stop", "look", "stop"]


def test_the_minutes_code_is_read_from_the_screen_and_is_another_the_next_minute(
    tmp_path: Path, hub: HubProcess
) -> None:
    import cv2
    import zxingcpp

    config = Config(screen=Screen(self_service=True))
    with live.kiosk(tmp_path / "k", hub, config, mode=DirectionMode.IN) as gate:
        gate.until(lambda: gate.window.gate.identity.claim == "accepted")
        gate.robot.touch(gate.window.app.stage.face.ids.board)
        face = gate.window.app.stage.face
        found: list[str] = []
        drawn: list[float] = []

        def drawing(*facts: Any) -> None:
            began = time.thread_time()
            draw(*facts)
            drawn.append((time.thread_time() - began) * 1000)

        gate.until(lambda: face.ids.code.drawn)
        draw, face.ids.code._draw = face.ids.code._draw, drawing
        for _ in range(2):
            gate.passes(61)
            face.minute = ""  # the hub's time is the kiosk's: it has not moved on
            began = time.thread_time()
            face.tick()
            asking = (time.thread_time() - began) * 1000
            gate.until(lambda: len(drawn) > len(found))
            gate.robot.settle()
            gate.robot.picture(tmp_path / "board.png")
            picture = cv2.imread(str(tmp_path / "board.png"))
            assert picture is not None
            (code,) = zxingcpp.read_barcodes(picture)
            assert code.text == face.text
            side = code.position.top_right.x - code.position.top_left.x
            assert side >= 320, "large enough for any phone"
            found.append(face.text)
            assert asking + drawn[-1] <= 10, "milliseconds of the screen's own thread"
        issuers = gate.window.gate.identity.issuers
        first, second = (tokens.read(text, issuers) for text in found)
        assert first.facts != second.facts, "time since boot is under the signature"
        assert first.certificate is not None
