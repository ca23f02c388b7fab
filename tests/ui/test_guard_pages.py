"""The guard's further screens: people without a code, the paper book, lists, shift, clock."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.model import (
    AssertClock,
    AwaitGuard,
    ChangeGuard,
    Direction,
    EnterPaper,
    EnterPerson,
    Health,
    Outcome,
    Person,
    Tally,
    Verdict,
)
from kiosk.screens.services import Services
from tests.ui import gallery
from tests.ui.desk import Desk
from tests.ui.robot import Robot, driven, left_over, texts
from tests.ui.sample import StillSource

PHONE = "0900000001"


@pytest.fixture
def robot(desk: Desk) -> Iterator[Robot]:
    """A kiosk's window, and whoever touches it."""
    from kiosk.ui import KioskApp

    services = Services(paper=desk.send, change_guard=desk.send, households=True)
    app = KioskApp(
        gallery.SETTINGS,
        send=desk.send,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=services,
    )
    with driven(app) as robot:
        yield robot


def keys(robot: Robot, names: str) -> None:
    """Touch keys on the glass one after another."""
    for name in names:
        robot.touch(robot.pad(name))
        robot.settle()


def test_a_phone_number_alone_is_twelve_touches(robot: Robot, desk: Desk) -> None:
    robot.press("Nhập người")
    keys(robot, PHONE)
    robot.press("enter")
    assert desk.asked == [EnterPerson(Person(phone=PHONE))]
    assert robot.app.stage.name == "guard"


def test_a_name_may_follow_typed_in_telex_on_the_glass(robot: Robot, desk: Desk) -> None:
    robot.press("Nhập người")
    keys(robot, PHONE)
    robot.touch(robot.app.stage.face.ids.form.ids.name)
    robot.settle()
    for key in ["shift", *"Vis", "space", "shift", *"Duj"]:
        robot.touch(robot.pad(key))
        robot.settle()
    robot.press("enter")
    assert desk.asked == [EnterPerson(Person(name="Ví Dụ", phone=PHONE))]


def test_tones_have_keys_and_a_held_key_offers_rare_letters(robot: Robot) -> None:
    robot.press("Nhập người")
    form = robot.app.stage.face.ids.form
    form.choose("name")
    robot.settle()
    for key in ["h", "o", "a", "\u0300", "space"]:
        robot.touch(robot.pad(key))
        robot.settle()
    robot.hold("u", "ŭ")
    assert form.name_text == "hòa ŭ"


def test_one_may_speak_for_a_household(robot: Robot, desk: Desk) -> None:
    robot.press("Nhập người")
    keys(robot, PHONE)
    stepper = robot.app.stage.face.ids.form.ids.count
    for _ in range(3):
        robot.touch(stepper.children[0])
    robot.press("enter")
    assert desk.asked == [EnterPerson(Person(phone=PHONE), count=4)]


@pytest.mark.parametrize(
    ("phone", "said"),
    [("", "Hãy nhập số điện thoại."), ("090", "Số điện thoại chưa đúng.")],
)
def test_a_short_phone_is_refused_in_words_and_stays(
    robot: Robot, desk: Desk, phone: str, said: str
) -> None:
    robot.press("Nhập người")
    keys(robot, phone)
    robot.press("enter")
    assert said in texts(robot)
    assert (robot.app.stage.face.ids.form.phone_text, desk.asked) == (phone, [])


def test_no_wrong_letter_enters_the_phone_field(robot: Robot) -> None:
    form = robot.app.stage.go("person").ids.form
    form.type("090")
    for wrong in ("a", "٣", "😀", "1" * 10_000, "12\n", "++"):
        form.type(wrong)
        assert (form.phone_text, bool(form.trouble)) == ("090", True), wrong[:9]


def test_no_wrong_letter_enters_the_name_field(robot: Robot) -> None:
    form = robot.app.stage.go("person").ids.form
    form.choose("name")
    form.type("Duj")
    for wrong in ("4", "😀", "a" * 10_000, "x|y", "\x00"):
        form.type(wrong)
        assert (form.name_text, bool(form.trouble)) == ("Dụ", True), wrong[:9]


def test_a_line_of_the_paper_book_has_its_own_time_and_its_doubt(robot: Robot, desk: Desk) -> None:
    for pad in ("Thêm", "Nhập sổ giấy", "Hôm qua", "RA", "± 2 giờ"):
        robot.press(pad)
    robot.touch(robot.app.stage.face.ids.hour.children[2])  # one hour earlier
    robot.press("Tiếp")
    assert "RA · 13:30" in texts(robot)
    keys(robot, PHONE)
    robot.press("enter")
    at = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)
    assert desk.asked == [EnterPaper(Person(phone=PHONE), at, 7200, Direction.OUT)]
    assert robot.app.stage.face.step == "who", "the next line of the book follows"


def test_a_time_still_to_come_is_refused(robot: Robot) -> None:
    face = robot.app.stage.go("paper")
    face.ids.hour.step(1)
    robot.settle()
    robot.press("Tiếp")
    assert "Giờ này chưa tới." in texts(robot)
    assert face.step == "when"


def test_the_last_entries_are_listed_masked(robot: Robot) -> None:
    robot.app.show_verdict(gallery.RECORDED)
    robot.app.show_verdict(replace(gallery.RECORDED, direction=Direction.OUT))
    for pad in ("Thêm", "Các lượt gần đây"):
        robot.press(pad)
    seen = texts(robot)
    assert {"14:32 · VÀO · N. T. H. V. Dụ", "14:32 · RA · N. T. H. V. Dụ"} <= seen
    assert not any("Nguyễn" in text or "1990" in text for text in seen)


def test_alerts_stack_while_scanning_goes_on_and_are_put_away_one_by_one(robot: Robot) -> None:
    for _ in range(2):
        robot.app.show_verdict(replace(gallery.RECORDED, alerts=("number-birth-mismatch",)))
        robot.settle()
    robot.app.stage.face.watch()
    robot.app.stage.tick()
    robot.settle()
    robot.press("2")
    rows = [pad for pad in robot.pads() if "Ngày sinh" in pad.text]
    assert len(rows) == 2
    robot.touch(rows[0])
    robot.settle()
    assert len(robot.app.recollection.alerts) == 1


def test_a_verdict_shows_in_a_strip_where_somebody_is_busy(robot: Robot) -> None:
    form = robot.app.stage.go("person").ids.form
    form.type("090")
    robot.app.show_verdict(gallery.RECORDED)
    robot.settle()
    assert "ĐÃ GHI VÀO" in texts(robot)
    assert (robot.app.stage.name, form.phone_text) == ("person", "090")
    robot.until(lambda: "ĐÃ GHI VÀO" not in texts(robot), within=4)


def test_the_shifts_slip_gives_the_share_that_was_recorded(robot: Robot, desk: Desk) -> None:
    robot.app.show_health(Health(tally=Tally(unscanned=5), waiting=7))
    for verdict in (gallery.RECORDED, gallery.RECORDED, replace(gallery.RECORDED, kind="hand")):
        robot.app.show_verdict(verdict)
    robot.app.show_health(Health(tally=Tally(unscanned=6), waiting=7))
    robot.app.stage.go("shift")
    robot.settle()
    seen = texts(robot)
    assert {"Tỉ lệ ghi được", "75%", "7"} <= seen
    keys(robot, "17")
    robot.press("Bàn giao ca")
    assert desk.asked == [AwaitGuard(on=True), ChangeGuard("17")]
    assert "75%" not in texts(robot)


def test_a_guards_own_pass_begins_the_shift_and_others_pass_meanwhile(
    robot: Robot, desk: Desk
) -> None:
    robot.app.show_verdict(gallery.RECORDED)
    robot.app.stage.go("shift")
    assert desk.asked[-1] == AwaitGuard(on=True)
    robot.app.show_verdict(replace(gallery.RECORDED, id="another"))
    assert robot.app.recollection.shift.scanned == 2
    robot.app.show_verdict(
        Verdict(Outcome.NOT_FOR_US, gallery.AT, kind="pass", reason="guard-signed-in")
    )
    robot.settle()
    assert robot.app.recollection.shift.scanned == 0
    assert {"ĐÃ NHẬN CA", "Đã bàn giao. Ca mới bắt đầu."} <= texts(robot)
    robot.press("Quay lại")
    assert desk.asked[-1] == AwaitGuard(on=False)


def test_an_undone_entry_no_longer_counts_in_the_shift(robot: Robot) -> None:
    robot.app.show_verdict(gallery.RECORDED)
    robot.app.show_verdict(replace(gallery.RECORDED, reason="undone"))
    assert robot.app.recollection.shift.scanned == 0


def test_the_guard_confirms_one_big_clock(robot: Robot, desk: Desk) -> None:
    for pad in ("Thêm", "Giờ máy", "Giờ này đúng"):
        robot.press(pad)
    assert desk.asked == [AssertClock(gallery.AT)]


@pytest.mark.parametrize(("month", "year", "last"), [(2, 2026, 28), (2, 2028, 29), (12, 2026, 31)])
def test_no_date_can_be_set_that_does_not_exist(
    robot: Robot, month: int, year: int, last: int
) -> None:
    face = robot.app.stage.go("clock")
    face.year, face.month, face.day = year, 1, 31
    face.month = month
    robot.settle()
    assert face.day == last


def test_help_names_the_hotline(robot: Robot) -> None:
    for pad in ("Thêm", "Trợ giúp"):
        robot.press(pad)
    assert "Gọi 1900 0000" in texts(robot)


def test_what_has_no_service_is_not_offered(desk: Desk) -> None:
    from kiosk.ui import KioskApp

    app = KioskApp(gallery.SETTINGS, send=desk.send, now=lambda: gallery.AT)
    with driven(app) as robot:
        robot.press("Thêm")
        assert {"Nhập sổ giấy", "Cài đặt"}.isdisjoint(texts(robot))


def left_alone(robot: Robot, seconds: int) -> None:
    """Let seconds pass without a touch."""
    for _ in range(seconds):
        robot.app.stage.tick()
    robot.settle()


def test_a_screen_left_alone_warns_and_then_forgets_everything(robot: Robot) -> None:
    robot.press("Nhập người")
    form = robot.app.stage.face.ids.form
    form.type("0911111111")
    form.choose("name")
    form.type("Zyxwvut")
    left_alone(robot, 46)
    assert "Bạn còn ở đây không?" in texts(robot)
    left_alone(robot, 15)
    assert robot.app.stage.name == "guard"
    del form
    robot.settle()
    assert left_over("Zyxwvut", "0911111111") == []


def test_the_question_is_answered_by_any_touch_and_presses_nothing(robot: Robot) -> None:
    robot.press("Nhập người")
    form = robot.app.stage.face.ids.form
    form.type("090")
    left_alone(robot, 50)
    robot.touch(form.ids.keyboard.key("1"))
    robot.settle()
    assert form.phone_text == "090"
    assert "Bạn còn ở đây không?" not in texts(robot)
    left_alone(robot, 40)
    assert robot.app.stage.name == "person"


def test_the_first_touch_on_a_sleeping_screen_only_wakes_it(robot: Robot, desk: Desk) -> None:
    left_alone(robot, 901)
    assert robot.app.stage.asleep
    robot.touch(robot.pad("RA"))
    robot.settle()
    assert (robot.app.stage.asleep, desk.asked) == (False, [])
    left_alone(robot, 901)
    robot.app.show_verdict(gallery.RECORDED)
    assert not robot.app.stage.asleep


@pytest.mark.slow
def test_visits_leave_no_widgets_behind(robot: Robot) -> None:
    from kivy.uix.widget import Widget

    def count() -> int:
        gc.collect()
        # By type(): a weak proxy calls itself a widget, and its widget may be gone.
        return sum(1 for known in gc.get_objects() if issubclass(type(known), Widget))

    def visit(times: int) -> None:
        for _ in range(times):
            for name in ("menu", "person", "paper", "clock"):
                robot.app.stage.go(name)
                robot.settle()
            robot.app.stage.go_home()
            robot.app.show_verdict(Verdict(gallery.RECORDED.outcome, gallery.AT))
            robot.settle()
            robot.app.stage.face.watch()

    visit(2)
    before = count()
    visit(5)
    assert count() <= before + 5
