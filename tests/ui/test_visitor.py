"""Self-service: the start, the declaration by touch alone, the receipt, left alone half-way."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from kiosk.model import Declare, Outcome, Person
from kiosk.screens.attract import EVERY_S, STEPS
from kiosk.screens.questions import PURPOSES, questions
from kiosk.screens.services import Modules, Services
from kiosk.words import Words, load
from tests.ui import faults, gallery
from tests.ui.desk import Desk
from tests.ui.robot import Robot, driven, left_over, texts
from tests.ui.sample import StillSource
from wire import qr

SETTINGS = replace(gallery.SETTINGS, self_service=True, mirror=True, purposes=PURPOSES, form=())


class Board:
    """A place's own code, which changes."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> str:
        """Return the next one."""
        self.asked += 1
        return f"https://hub.example/b#{self.asked}"


@pytest.fixture
def robot(desk: Desk) -> Iterator[Robot]:
    """A self-service kiosk, and the visitor before it."""
    from kiosk.ui import KioskApp

    app = KioskApp(
        SETTINGS,
        send=desk.send,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=Services(declare=desk.send, board=Board()),
    )
    with driven(app) as robot:
        yield robot


def test_the_start_shows_where_to_hold_the_code_mirrored(robot: Robot) -> None:
    assert {"Đưa mã vào khung", "Tôi không có mã"} <= texts(robot)
    assert robot.app.stage.face.ids.hero.preview.mirrored


def test_the_animation_plays_now_and_then_and_rests(robot: Robot) -> None:
    how = robot.app.stage.face.ids.how
    how.rest()
    for _ in range(EVERY_S):
        robot.app.stage.tick()
    assert how.way < 1
    robot.until(lambda: how.way == 1, within=4)


def test_the_animation_redraws_the_window_a_few_times_only(robot: Robot) -> None:
    how, ways = robot.app.stage.face.ids.how, []
    how.rest()
    how.bind(way=lambda _, way: ways.append(way))
    how.play()
    robot.until(lambda: how.way == 1, within=4)
    assert len(ways) <= STEPS + 1, "each costs a drawing of the whole window"
    assert ways == sorted(ways)


def test_the_window_draws_at_the_pace_that_was_set() -> None:
    """Kivy's clock takes it from the process's surroundings, before anything else is set."""
    words = "import kiosk.ui, kivy.clock; print(kivy.clock.Clock._max_fps)"
    found = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True
    )
    assert float(found.stdout) == 40


def test_a_visitors_verdict_fills_the_screen_and_takes_no_orders(robot: Robot, desk: Desk) -> None:
    robot.app.show_verdict(gallery.RECORDED)
    robot.settle()
    assert robot.app.stage.ground == "go"
    assert "Hoàn tác" not in texts(robot)
    hero = robot.app.stage.face.ids.hero
    robot.touch_at(hero.x + 60, hero.center_y)
    assert desk.asked == []


def test_the_places_own_code_changes_with_the_minute(robot: Robot) -> None:
    face = robot.app.stage.face
    first = face.board_text
    face.tick()
    assert face.board_text == first
    face.clock_text = "14:31"
    face.tick()
    assert face.board_text != first


def test_the_code_is_worked_out_elsewhere_and_the_one_before_stands_until_then(
    desk: Desk,
) -> None:
    from kiosk.ui import KioskApp

    asked: list[tuple[str, Callable[[Modules], None]]] = []
    services = Services(board=Board(), modules=lambda *job: asked.append(job))
    app = KioskApp(
        SETTINGS, send=desk.send, latest=StillSource(), now=lambda: gallery.AT, services=services
    )
    with driven(app) as robot:
        face: Any = robot.app.stage.go("board")
        code = face.ids.code
        assert not code.drawn
        text, done = asked.pop()
        done(qr.smallest(text))
        robot.settle()
        first = code._texture
        assert code.drawn
        face.minute = ""
        face.tick()
        robot.settle()
        assert code._texture is first
        late, done = asked.pop()
        face.minute = ""
        face.tick()
        done(qr.smallest(late))
        robot.settle()
        assert code._texture is first, "what came too late is no longer this minute's"
        text, done = asked.pop()
        done(qr.smallest(text))
        robot.settle()
        assert code._texture is not first


@pytest.mark.parametrize(("long", "read"), [(20, True), (600, False)])
def test_a_code_too_small_to_be_read_is_offered_not_shown(
    robot: Robot, *, long: int, read: bool
) -> None:
    face: Any = robot.app.stage.face
    face.board_text = "A" * long
    robot.settle()
    assert face.ids.code.drawn == read
    assert ("Chạm để xem mã của nơi này" in texts(robot)) != read
    robot.touch(face.ids.board)
    assert robot.app.stage.name == "board"


def press(robot: Robot, *pads: str) -> int:
    """Touch pads one after another; return how many touches it took."""
    for pad in pads:
        robot.press(pad)
    return len(pads)


def strike(robot: Robot, keys: str) -> None:
    """Type on the glass."""
    for key in keys:
        robot.touch(robot.pad("space" if key == " " else key))
        robot.settle()


@pytest.mark.slow
def test_a_declaration_takes_twelve_touches_beside_typing(robot: Robot, desk: Desk) -> None:
    touches = press(robot, "Tôi không có mã", "Cho tôi")
    strike(robot, "0900000001")
    touches += press(robot, "enter")
    strike(robot, "nguyeenx thij duj")
    touches += press(robot, "enter")
    strike(robot, "1950")
    touches += press(robot, "enter", "Nữ", "enter", "enter", "Khám, chữa bệnh")
    touches += press(robot, "Không có", "Không có", "agree")
    assert touches == 12
    person = Person(name="Nguyễn Thị Dụ", birth="1950", sex="female", phone="0900000001")
    declared = desk.asked[-1]
    assert isinstance(declared, Declare)
    assert declared.person == person
    assert (declared.summary, declared.purpose, declared.by_other) == ((), "patient", False)
    assert dict(declared.answers)["consent"] == "yes"
    assert "Đang ghi…" in texts(robot)


@pytest.mark.slow
def test_what_the_profile_asks_besides_is_asked_and_only_where_it_matters(desk: Desk) -> None:
    from kiosk.ui import KioskApp

    settings = replace(SETTINGS, purposes=(), form=("nationality", "email", "places"))
    app = KioskApp(
        settings, send=desk.send, now=lambda: gallery.AT, services=Services(declare=desk.send)
    )
    with driven(app) as robot:
        face = robot.app.stage.go("declare")
        face._answers.given.update(whom="self", phone="0900000001", name="Dụ", year="1950")
        order = [question.key for question in questions((), settings.form)]
        face.at = order.index("address")
        robot.settle()
        press(robot, "enter", "Việt Nam")
        assert "Thư điện tử?" in texts(robot), "whoever is from here is not asked which country"
        press(robot, "Quay lại", "Nước khác")
        strike(robot, "laof")
        press(robot, "enter")
        strike(robot, "a")
        press(robot, "enter")
        assert "Địa chỉ thư chưa đúng." in texts(robot)
        strike(robot, "@hue.vn")
        press(robot, "enter")
        strike(robot, "hue")
        press(robot, "enter", "Không có", "Không có", "agree")
    declared = desk.asked[-1]
    assert isinstance(declared, Declare)
    given = dict(declared.answers)
    assert (given["nationality"], given["country"]) == ("abroad", "lào")
    assert (given["email"], given["places"]) == ("a@hue.vn", "hue")


def walk_to(robot: Robot, key: str) -> None:
    """Open the form at a question, with the answers before it given."""
    face = robot.app.stage.go("declare")
    order = [question.key for question in questions(PURPOSES)]
    given = {"whom": "self", "phone": "0900000001", "name": "Dụ", "year": "1950", "sex": "male"}
    face._answers.given.update(given)
    face.at = order.index(key)
    robot.settle()


@pytest.mark.slow
def test_several_symptoms_can_be_chosen_and_taken_back(robot: Robot, desk: Desk) -> None:
    walk_to(robot, "symptoms")
    press(robot, "Sốt", "Ho", "Ho", "Khó thở", "next")
    press(robot, "Không có", "agree")
    declared = desk.asked[-1]
    assert isinstance(declared, Declare)
    assert declared.summary == ("fever", "short-breath")


def test_a_question_that_is_not_answered_is_not_left(robot: Robot) -> None:
    walk_to(robot, "symptoms")
    press(robot, "next")
    assert "Hãy trả lời câu này." in texts(robot)


@pytest.mark.slow
def test_back_keeps_every_answer(robot: Robot) -> None:
    press(robot, "Tôi không có mã", "Cho tôi")
    strike(robot, "0900000001")
    press(robot, "enter", "Quay lại")
    assert robot.app.stage.face.typed == "0900000001"
    press(robot, "Quay lại")
    assert "Bạn khai cho ai?" in texts(robot)
    press(robot, "Quay lại")
    assert robot.app.stage.name == "attract"


WRONG_ANSWERS = (
    ("phone", "", "Hãy trả lời câu này."),
    ("phone", "12345", "Số điện thoại chưa đúng."),
    ("name", "", "Hãy trả lời câu này."),
    ("year", "1776", "Năm sinh chưa đúng."),
    ("year", "2027", "Năm sinh chưa đúng."),
    ("year", "50", "Năm sinh chưa đúng."),
    ("document", "123", "Số căn cước có 9 hoặc 12 chữ số."),
)


def test_a_wrong_answer_is_refused_at_its_field_and_stays(robot: Robot) -> None:
    for key, typed, said in WRONG_ANSWERS:
        robot.app.stage.go_home()
        walk_to(robot, key)
        face = robot.app.stage.face
        for _ in range(20):
            face.press("backspace")
        face.type(typed)
        press(robot, "enter")
        assert said in texts(robot), (key, typed)
        assert face.typed == typed


@pytest.mark.slow
def test_no_wrong_letter_enters_any_field(robot: Robot) -> None:
    for key in ("phone", "name", "year", "document", "address"):
        robot.app.stage.go_home()
        walk_to(robot, key)
        face = robot.app.stage.face
        for wrong in ("😀", "x" * 10_000, "\x00", "a\nb", "\u202e"):
            before = face.typed
            face.type(wrong)
            assert (face.typed, bool(face.trouble)) == (before, True), (key, wrong[:9])


def test_who_does_not_agree_leaves_nothing(robot: Robot, desk: Desk) -> None:
    walk_to(robot, "consent")
    press(robot, "Không đồng ý")
    assert (robot.app.stage.name, desk.asked) == ("attract", [])


def test_a_receipt_shows_a_code_to_write_down_and_one_to_photograph(robot: Robot) -> None:
    walk_to(robot, "consent")
    press(robot, "agree")
    robot.app.show_verdict(replace(gallery.RECORDED, receipt="K7P-42Q", token="VD1:SAMPLE"))
    robot.settle()
    assert "K7P-42Q" in texts(robot)
    press(robot, "done")
    assert robot.app.stage.name == "attract"
    del robot.app.recollection
    gc.collect()
    assert left_over("K7P-42Q", "VD1:SAMPLE") == []


def test_the_receipts_code_can_be_read_from_a_picture_of_the_screen(
    robot: Robot, tmp_path: object
) -> None:
    import pathlib

    import cv2
    import zxingcpp

    robot.app.show_verdict(replace(gallery.RECORDED, receipt="K7P-42Q", token="VD1:SAMPLE"))
    robot.settle()
    file = pathlib.Path(str(tmp_path)) / "receipt.png"
    robot.picture(file)
    image = cv2.imread(str(file))
    assert image is not None
    assert [code.text for code in zxingcpp.read_barcodes(image)] == ["VD1:SAMPLE"]


def test_a_receipt_goes_by_itself(robot: Robot) -> None:
    robot.app.show_verdict(replace(gallery.RECORDED, receipt="K7P-42Q"))
    for _ in range(30):
        robot.app.stage.tick()
    assert robot.app.stage.name == "attract"


def test_a_desk_that_does_not_answer_is_told_of(robot: Robot) -> None:
    walk_to(robot, "consent")
    press(robot, "agree")
    for _ in range(8):
        robot.app.stage.tick()
    robot.settle()
    assert "Chưa ghi được. Hãy gọi bảo vệ." in texts(robot)


@pytest.mark.slow
def test_left_alone_at_any_step_it_warns_and_forgets(robot: Robot) -> None:
    for question in questions(PURPOSES):
        walk_to(robot, question.key)
        face = robot.app.stage.face
        if face.kind in ("name", "address"):
            face.type("Zyxwvut")
        for _ in range(46):
            robot.app.stage.tick()
        robot.settle()
        assert "Bạn còn ở đây không?" in texts(robot), question.key
        for _ in range(15):
            robot.app.stage.tick()
        robot.settle()
        assert robot.app.stage.name == "attract", question.key
        del face
    assert left_over("Zyxwvut", "0900000001") == []


def test_at_a_bus_bay_a_group_is_three_touches_beside_the_phone(desk: Desk) -> None:
    from kiosk.ui import KioskApp

    settings = replace(SETTINGS, trip="Xe 000-00.000 · Huế – Tuy Hòa")
    app = KioskApp(
        settings, send=desk.send, now=lambda: gallery.AT, services=Services(declare=desk.send)
    )
    with driven(app) as robot:
        press(robot, "Tôi không có mã")
        assert "Xe 000-00.000 · Huế – Tuy Hòa" in texts(robot)
        press(robot, "agree")
        assert "Hãy trả lời câu này." in texts(robot)
        strike(robot, "0900000001")
        robot.touch(robot.app.stage.face.ids.count.children[0])
        robot.settle()
        press(robot, "agree")
    declared = desk.asked[-1]
    assert isinstance(declared, Declare)
    assert (declared.count, declared.person.phone) == (2, "0900000001")


def test_the_notice_tells_what_why_how_long_for_whom_and_how_to_ask(robot: Robot) -> None:
    press(robot, "notice")
    seen = " ".join(texts(robot))
    assert all(word in seen for word in ("họ tên", "30 ngày", "cơ quan y tế", "1900 0000"))


def test_the_language_is_one_touch_away(robot: Robot) -> None:
    press(robot, "English")
    assert "Hold your code in the frame" in texts(robot)


def test_who_cannot_read_manages_without_a_word(robot: Robot) -> None:
    silent = Words("vi", dict.fromkeys(load("vi").own, ""), {})
    robot.app.stage.words = silent
    robot.settle()
    shapes = set()
    for verdict in (
        gallery.RECORDED,
        replace(gallery.RECORDED, outcome=Outcome.REFUSED, reason="revoked"),
        replace(gallery.RECORDED, outcome=Outcome.OUT_OF_SERVICE, reason="disk"),
    ):
        robot.app.show_verdict(verdict)
        robot.settle()
        drawn = {
            w.shape
            for w in faults.shown(robot.app.stage)
            if getattr(w, "shape", "") and type(w).__name__ == "ShapeView" and w.height > 90
        }
        shapes.add((robot.app.stage.ground, *sorted(drawn & {"tick", "cross", "bars"})))
    assert shapes == {("go", "tick"), ("stop", "cross"), ("stop", "bars")}
