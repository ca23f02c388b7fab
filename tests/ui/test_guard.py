"""The guard's screen under real touches: what is seen, what is asked of the desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.model import (
    ClockState,
    CountUnscanned,
    Direction,
    DirectionMode,
    EnterText,
    Flip,
    Outcome,
    SetDirection,
    SetPurpose,
    Undo,
    Verdict,
)
from kiosk.screens.faces import FACES
from kiosk.screens.steward import StewardFace
from kiosk.words import languages
from tests.ui import faults, gallery, scenes
from tests.ui.desk import Desk
from tests.ui.robot import Robot, driven, texts
from tests.ui.sample import StillSource

STEWARDS = {name for name, face in FACES.items() if issubclass(face, StewardFace)}
"""Screens behind the PIN: tested where the PIN is."""


@pytest.fixture
def robot(desk: Desk) -> Iterator[Robot]:
    """A kiosk's window at 1024×600 in Vietnamese, and whoever touches it."""
    from kiosk.ui import KioskApp

    app = KioskApp(
        gallery.SETTINGS,
        send=desk.send,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=gallery.everything(),
    )
    with driven(app) as robot:
        yield robot


def test_the_screen_shows_the_picture_and_no_verdict_to_begin_with(robot: Robot) -> None:
    assert robot.app.stage.face.ids.hero.preview.live
    assert robot.app.stage.ground == "paper"
    assert "Bệnh viện Đa khoa Ví Dụ" in texts(robot)


def test_a_verdict_changes_the_whole_screens_colour_and_goes_again(robot: Robot) -> None:
    robot.app.show_verdict(gallery.RECORDED)
    robot.frames(1)
    assert robot.app.stage.ground == "go"
    assert {"ĐÃ GHI VÀO", "N. T. H. V. Dụ · Nữ · 1990"} <= texts(robot)
    robot.until(lambda: robot.app.stage.ground == "paper", within=4)
    assert "ĐÃ GHI VÀO" not in texts(robot)


def test_a_verdict_takes_the_place_of_the_one_before_at_once(robot: Robot) -> None:
    robot.app.show_verdict(gallery.RECORDED)
    robot.frames(3)
    robot.app.show_verdict(gallery.verdicts()["not-for-us"])
    robot.frames(1)
    assert robot.app.stage.ground == "look"
    assert "ĐÃ GHI VÀO" not in texts(robot)


def test_the_direction_stays_as_it_was_touched(robot: Robot, desk: Desk) -> None:
    robot.press("RA")
    robot.app.show_verdict(gallery.RECORDED)
    robot.frames(2)
    assert desk.asked == [SetDirection(DirectionMode.OUT)]
    assert [pad.text for pad in robot.pads() if getattr(pad, "chosen", False)] == ["RA"]


def test_the_last_entry_can_be_undone_for_ten_seconds_and_no_longer(
    robot: Robot, desk: Desk
) -> None:
    robot.app.show_verdict(gallery.RECORDED)
    robot.settle()
    for _ in range(9):
        robot.app.stage.face.tick()
    robot.press("Hoàn tác")
    assert desk.asked == [Undo("0190-sample")]
    robot.app.show_verdict(gallery.RECORDED)
    for _ in range(10):
        robot.app.stage.face.tick()
    robot.settle()
    with pytest.raises(KeyError):
        robot.pad("Hoàn tác")


def test_a_touch_on_the_verdict_turns_its_direction(robot: Robot, desk: Desk) -> None:
    robot.app.show_verdict(gallery.RECORDED)
    robot.settle()
    hero = robot.app.stage.face.ids.hero
    robot.touch_at(hero.x + 60, hero.center_y)
    assert desk.asked == [Flip("0190-sample")]
    turned = replace(gallery.RECORDED, id="new", direction=Direction.OUT, reason="flipped")
    robot.app.show_verdict(turned)
    robot.frames(1)
    assert "ĐÃ ĐỔI THÀNH RA" in texts(robot)


def asked_about(entry: str) -> Verdict:
    return replace(gallery.RECORDED, id=entry, ask=("patient", "relative"))


def test_what_somebody_came_for_is_asked_after_they_were_recorded(robot: Robot, desk: Desk) -> None:
    robot.app.show_verdict(asked_about("one"))
    robot.settle()
    assert robot.app.stage.ground == "go", "recorded and green before anything is asked"
    robot.press("relative")
    assert desk.asked == [SetPurpose("one", "relative")]
    with pytest.raises(KeyError):
        robot.pad("relative")
    robot.app.show_verdict(replace(gallery.RECORDED, id="added", reason="purpose"))
    robot.settle()
    assert any("Người nhà" in text for text in texts(robot))
    robot.press("Hoàn tác")
    assert desk.asked[-1] == Undo("one")


def test_the_question_waits_for_nobody_and_goes_by_itself(robot: Robot, desk: Desk) -> None:
    robot.app.show_verdict(asked_about("one"))
    robot.app.show_verdict(asked_about("two"))
    robot.settle()
    robot.press("patient")
    assert desk.asked == [SetPurpose("two", "patient")], "the newer person is asked about"
    robot.app.show_verdict(asked_about("three"))
    for _ in range(6):
        robot.app.stage.face.tick()
    robot.settle()
    with pytest.raises(KeyError):
        robot.pad("patient")
    robot.press("Hoàn tác")
    assert desk.asked[-1] == Undo("three"), "the entry itself can still be taken back"


def test_what_was_refused_offers_nothing_to_take_back(robot: Robot) -> None:
    robot.app.show_verdict(gallery.RECORDED)
    robot.app.show_verdict(gallery.verdicts()["refused"])
    robot.settle()
    with pytest.raises(KeyError):
        robot.pad("Hoàn tác")


def test_one_who_was_not_scanned_is_counted_and_can_be_taken_back(robot: Robot, desk: Desk) -> None:
    robot.press("+1 không quét")
    assert desk.asked == [CountUnscanned(1)]
    counted = Verdict(Outcome.RECORDED, gallery.AT, id="u", seq=3, kind="unscanned")
    robot.app.show_verdict(replace(counted, reason="unscanned"))
    robot.settle()
    assert robot.app.stage.ground == "paper", "the guard's own counting is no visitor's verdict"
    robot.press("Hoàn tác")
    assert desk.asked == [CountUnscanned(1), CountUnscanned(-1)]
    robot.app.show_verdict(replace(counted, reason="unscanned"))
    robot.settle()
    with pytest.raises(KeyError):
        robot.pad("Hoàn tác")


@pytest.mark.parametrize(
    ("pad", "asked"),
    [("+1 không quét", CountUnscanned(1)), ("RA", SetDirection(DirectionMode.OUT))],
)
@pytest.mark.parametrize("name", ["recorded-in", "refused"])
def test_no_touch_is_lost_while_a_verdict_arrives(
    robot: Robot, desk: Desk, pad: str, asked: object, name: str
) -> None:
    def arrive() -> None:
        robot.app.show_verdict(gallery.verdicts()[name])
        assert robot.app.stage.ground != "paper"

    touched = robot.pad(pad)
    robot.touch_at(*touched.to_window(*touched.center), meanwhile=arrive)
    assert desk.asked == [asked]


def test_counts_and_what_waits_are_shown_calmly(robot: Robot) -> None:
    robot.app.show_health(gallery.OFFLINE)
    robot.settle()
    seen = texts(robot)
    assert {"128", "96", "32", "Chưa có mạng", "Dữ liệu an toàn trên máy"} <= seen
    assert "12 lượt chờ gửi · lâu nhất 3 giờ" in seen


def test_without_network_one_line_says_what_is_not_enforced_and_how_old_it_is(
    robot: Robot,
) -> None:
    def told() -> str:
        return str(robot.app.stage.face.footnote.text)

    robot.app.show_health(gallery.HEALTH)
    assert told() == ""
    robot.app.show_health(gallery.OFFLINE)
    robot.settle()
    assert told() in texts(robot)
    assert ("thẻ mới bị thu hồi" in told(), "3 giờ" in told(), "hạn dùng" in told()) == (
        True,
        True,
        False,
    )
    robot.app.show_health(replace(gallery.OFFLINE, clock=ClockState.UNTRUSTED, last_receipt=None))
    assert "hạn dùng" in told()


def test_a_camera_that_is_gone_is_said_where_its_picture_was(robot: Robot) -> None:
    robot.app.stage.face.ids.hero.preview.source = None
    robot.app.show_health(replace(gallery.HEALTH, camera="gone"))
    robot.until(lambda: "Máy quay mất hình" in texts(robot))


def test_a_hint_lies_over_the_picture_until_it_is_taken_away(robot: Robot) -> None:
    robot.app.show_hint("nearer")
    robot.settle()
    assert "Gần hơn một chút" in texts(robot)
    robot.app.show_hint("")
    robot.settle()
    assert "Gần hơn một chút" not in texts(robot)


def test_every_word_changes_with_the_language(robot: Robot) -> None:
    vietnamese = texts(robot)
    for pad in ("Thêm", "Ngôn ngữ", "English"):
        robot.press(pad)
    english = texts(robot)
    common = {"Bệnh viện Đa khoa Ví Dụ", "Cổng chính", "14:32", "0"}
    assert english & vietnamese <= common
    for pad in ("More", "Language", "Tiếng Việt"):
        robot.press(pad)
    assert texts(robot) == vietnamese


def test_a_code_is_typed_on_the_glass_and_goes_to_the_desk(robot: Robot, desk: Desk) -> None:
    robot.press("Nhập mã")
    for key in "054199012345":
        robot.touch(robot.pad(key))
    robot.press("enter")
    assert desk.asked == [EnterText("054199012345")]
    assert robot.app.stage.name == "guard"


def test_a_typed_code_is_mended_by_backspace_and_forgotten_on_the_way_back(
    robot: Robot, desk: Desk
) -> None:
    robot.press("Nhập mã")
    face = robot.app.stage.face
    for key in ("1", "2", "3", "backspace", "letters", "Q", "numbers"):
        robot.touch(robot.pad(key))
        robot.settle()
    assert face.text == "12Q"
    robot.press("Quay lại")
    assert (desk.asked, face.text) == ([], "")


def test_a_code_that_none_can_be_is_refused_in_words_and_nothing_typed_is_lost(
    robot: Robot, desk: Desk
) -> None:
    robot.press("Nhập mã")
    face = robot.app.stage.face
    robot.press("enter")
    assert face.trouble == "Chưa nhập gì."
    face.type("12")
    for wrong in ("é", "😀", "0" * 10_000, "a\nb\tc\x00"):
        face.type(wrong)
        assert (face.text, bool(face.trouble)) == ("12", True), wrong[:9]
    assert desk.asked == []


def test_a_physical_keyboard_types_into_the_field(robot: Robot, desk: Desk) -> None:
    robot.press("Nhập mã")
    robot.type("19b")
    robot.key(8)
    robot.type("9")
    assert robot.app.stage.face.text == "199"
    robot.key(13)
    assert desk.asked == [EnterText("199")]


def test_a_hand_scanner_works_on_every_screen_and_leaves_what_was_typed(
    robot: Robot, desk: Desk
) -> None:
    card = "054199012345||Nguyễn Thị Ví Dụ|01021999|Nữ||22062022"
    for screen in sorted(set(FACES) - STEWARDS):
        robot.app.stage.go(screen)
        robot.settle()
        desk.asked.clear()
        if screen == "code":
            robot.type("77")
        typed = getattr(robot.app.stage.face, "text", "")
        robot.scan(card)
        assert desk.asked == [EnterText(card)], screen
        assert robot.app.stage.name == screen
        assert getattr(robot.app.stage.face, "text", "") == typed, screen
        assert screen != "code" or typed == "77"


def test_out_of_service_fills_the_screen_until_it_can_record_again(robot: Robot) -> None:
    robot.app.show_health(gallery.OFFLINE)
    robot.app.show_verdict(Verdict(Outcome.OUT_OF_SERVICE, gallery.AT, reason="disk"))
    robot.settle()
    seen = texts(robot)
    assert robot.app.stage.ground == "stop"
    assert {"TẠM NGỪNG GHI", "Đĩa không nhận dữ liệu.", "Gọi 1900 0000"} <= seen
    robot.app.show_verdict(gallery.RECORDED)
    robot.frames(1)
    assert robot.app.stage.ground == "go"


@pytest.mark.parametrize("code", [27, 282, 292, 293])
def test_no_key_leaves_the_kiosk(robot: Robot, code: int) -> None:
    robot.key(code)
    robot.frames(2)
    assert robot.app.stage.name == "guard"
    assert robot.app.stage.parent is robot.window


def test_leaving_a_screen_leaves_no_widget_behind(robot: Robot) -> None:
    def count() -> int:
        return sum(1 for _ in robot.app.stage.walk(restrict=True))

    before = count()
    for _ in range(3):
        robot.app.stage.go("code").type("123")
        robot.settle()
        robot.app.stage.go_home()
        robot.app.show_verdict(gallery.RECORDED)
        robot.settle()
        robot.app.stage.face.watch()
    for _ in range(10):
        robot.app.stage.tick()
    robot.settle()
    assert count() == before


LOOKS = [
    (size, language, text, reach, dark)
    for size in gallery.SIZES
    for language in languages()
    for text, reach, dark in (
        (1.0, False, False),
        (gallery.LARGEST, False, False),
        (1.0, True, False),
        (gallery.LARGEST, True, False),
        (1.0, False, True),
    )
]
ALWAYS = {((1024, 600), "vi", 1.0, False, False), ((800, 1280), "en", 1.0, False, False)}
"""Eight seconds each: one of each shape and language in every run, the others in the slow tier."""


@pytest.mark.parametrize(
    ("size", "language", "text", "reach", "dark"),
    [look if look in ALWAYS else pytest.param(*look, marks=pytest.mark.slow) for look in LOOKS],
)
def test_no_screen_has_cut_text_overlaps_small_targets_or_pale_letters(
    size: tuple[int, int], language: str, text: float, *, reach: bool, dark: bool
) -> None:
    from kiosk.ui import KioskApp

    settings = replace(gallery.SETTINGS, size=size, language=language, text=text, reach=reach)
    settings = replace(settings, dark=dark)
    app = KioskApp(
        settings,
        send=lambda _: None,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=gallery.everything(),
    )
    found = []
    with driven(app) as robot:
        for name, scene in scenes.SCENES.items():
            app.stage.go_home()
            app.show_hint("")
            scene(robot)
            robot.settle()
            found += [f"{name}: {fault}" for fault in faults.of(app.stage)]
    assert found == []
