"""The steward's screens: the PIN and its delays, and what each setting does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk import pin
from kiosk.screens.design import DESIGN
from kiosk.screens.faces import FACES
from kiosk.screens.services import Answer, Entry, Services
from kiosk.screens.steward import StewardFace
from tests.ui import gallery
from tests.ui.desk import Desk
from tests.ui.gallery import Drawer
from tests.ui.robot import Robot, driven, texts
from tests.ui.sample import StillSource


class Shed:
    """What the steward's errands reach: it remembers them."""

    def __init__(self) -> None:
        self.safe = Drawer()
        self.errands: list[str] = []
        self.enrolled: list[str] = []
        self.watching: list[bool] = []
        self.kept: list[tuple[str, object]] = []
        self.lamp = gallery.Lamp()

    def rows(self, kind: str) -> tuple[Entry, ...]:
        """Return one entry that waits and one that was refused."""
        at = "02/03/2026 07:32"
        if kind == "refused":
            return (Entry(7, at, "in", "cccd", "bad-header"),)
        return (Entry(8, at, "", "unscanned", "set-aside"),)

    def services(self) -> Services:
        """Return everything a steward can ask for."""
        return Services(
            safe=self.safe,
            errand=self.errands.append,
            errands=frozenset({"diagnose", "export", "send-again", "restart", "power-off"}),
            rows=self.rows,
            about=lambda: (("version", "1.0"), ("claim", "held")),
            brightness=self.lamp,
            profiles=("hospital", "market"),
            enrol=self.enrolled.append,
            watch_for_enrolment=self.watching.append,
            cameras=("0", "1"),
            keep=lambda name, value: self.kept.append((name, value)),
        )


@pytest.fixture
def shed() -> Shed:
    """Where errands go."""
    return Shed()


@pytest.fixture
def robot(desk: Desk, shed: Shed) -> Iterator[Robot]:
    """A kiosk, and the steward before it."""
    from kiosk.ui import KioskApp

    app = KioskApp(
        gallery.SETTINGS,
        send=desk.send,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=shed.services(),
    )
    with driven(app) as robot:
        yield robot
    DESIGN.dark, DESIGN.text, DESIGN.reach = False, 1.0, False


def enter(robot: Robot, digits: str) -> None:
    """Type a PIN on the glass."""
    for key in (*digits, "enter"):
        robot.touch(robot.pad(key))
        robot.settle()


def test_the_first_pin_is_chosen_twice(robot: Robot, shed: Shed) -> None:
    for pad in ("Thêm", "Cài đặt"):
        robot.press(pad)
    enter(robot, "0000")
    assert "Cần 4 đến 8 chữ số, không trùng hết." in texts(robot)
    enter(robot, "2468")
    enter(robot, "2469")
    assert "Hai lần nhập khác nhau." in texts(robot)
    enter(robot, "2468")
    enter(robot, "2468")
    assert robot.app.stage.name == "settings"
    assert shed.safe.lock is not None
    assert pin.attempt(shed.safe.lock, "2468")[1]


def test_wrong_pins_wait_ever_longer_and_the_wait_outlives_a_restart(
    robot: Robot, shed: Shed
) -> None:
    shed.safe.save(pin.lock("2468"))
    robot.app.stage.go("steward")
    robot.settle()
    for wrong in ("1111", "2222", "3333"):
        enter(robot, wrong)
    assert 25 <= robot.app.stage.face.wait <= 30
    assert shed.safe.lock is not None
    assert shed.safe.lock.failures == 3
    enter(robot, "2468")
    assert robot.app.stage.name == "steward", "not even the right one before the time"
    robot.app.stage.go_home()
    robot.app.stage.go("steward")
    assert 25 <= robot.app.stage.face.wait <= 30
    for _ in range(30):
        robot.app.stage.face.tick()
    robot.settle()
    enter(robot, "2468")
    assert robot.app.stage.name == "settings"


STEWARDS = sorted(name for name, face in FACES.items() if issubclass(face, StewardFace))


def test_no_setting_is_reached_without_the_pin(robot: Robot) -> None:
    for screen in STEWARDS:
        robot.app.stage.go_home()
        robot.app.stage.go(screen)
        assert robot.app.stage.name == "steward", screen


def test_the_way_home_closes_the_settings(robot: Robot) -> None:
    opened(robot, "settings")
    robot.app.stage.go_home()
    robot.app.stage.go("settings")
    assert robot.app.stage.name == "steward"


def opened(robot: Robot, screen: str) -> None:
    """Stand at a setting, the PIN given."""
    robot.app.stage.face.means.session.open = True
    robot.app.stage.go(screen)
    robot.settle()


def test_the_diagnosis_begins_with_the_entries_being_safe(robot: Robot, shed: Shed) -> None:
    robot.app.show_health(gallery.OFFLINE)
    opened(robot, "network")
    assert shed.errands == ["diagnose"]
    steps = (("cable", True), ("portal", False))
    robot.app.show_answer("diagnose", Answer(ok=False, word="see_above", steps=steps))
    robot.settle()
    seen = texts(robot)
    safe = "Các lượt đã ghi vẫn an toàn trên máy. 12 lượt chờ gửi, lâu nhất 3 giờ."
    assert {safe, "Có nối mạng", "Hỗ trợ 1900 0000"} <= seen
    assert "Mạng đòi đăng nhập: mở trình duyệt và đăng nhập" in seen
    robot.press("diagnose")
    assert shed.errands == ["diagnose", "diagnose"]


def test_the_diagnosis_says_what_befell_the_records_and_a_hub_that_counts_otherwise(
    robot: Robot,
) -> None:
    opened(robot, "network")
    assert not {text for text in texts(robot) if "báo trung tâm" in text}
    robot.app.show_health(replace(gallery.HEALTH, outbox="gone", differs=3))
    robot.settle()
    assert {
        "Sổ ghi cũ đã mất: hãy báo trung tâm.",
        "Lệch 3 lượt với trung tâm: hãy báo trung tâm",
    } <= texts(robot)
    robot.app.show_health(replace(gallery.HEALTH, outbox="damaged", lost=7))
    robot.settle()
    assert "Sổ ghi bị hỏng: hãy báo trung tâm. Mất 7 lượt." in texts(robot)


def test_what_befell_the_records_is_a_calm_note_until_it_was_looked_at(robot: Robot) -> None:
    robot.app.stage.go_home()
    for _ in range(3):  # once a second, and said once
        robot.app.show_health(replace(gallery.HEALTH, outbox="gone", differs=3))
    robot.app.stage.go("alerts")
    robot.settle()
    notes = [text for text in texts(robot) if "báo trung tâm" in text]
    assert len(notes) == 2
    assert any("Sổ ghi cũ đã mất, máy ghi sổ mới." in note for note in notes)
    assert any("Số lượt của máy và trung tâm lệch nhau." in note for note in notes)
    for remark in list(robot.app.recollection.alerts):
        robot.app.recollection.dismiss(remark.number)
    robot.app.show_health(replace(gallery.HEALTH, outbox="gone", differs=4))
    assert not robot.app.recollection.alerts
    robot.app.show_health(gallery.HEALTH)
    robot.app.show_health(replace(gallery.HEALTH, differs=1))
    assert [remark.word for remark in robot.app.recollection.alerts] == ["hub-differs"]


def test_export_says_how_many_were_copied(robot: Robot, shed: Shed) -> None:
    opened(robot, "rows")
    robot.press("export")
    robot.press("export")
    assert shed.errands == ["export"], "one at a time"
    robot.app.show_answer("export", Answer(ok=True, word="exported", facts=(("count", "12"),)))
    robot.settle()
    assert "Đã chép 12 lượt ra USB. Rút USB được rồi." in texts(robot)


def test_each_entry_that_waits_or_was_refused_is_listed_without_a_name(robot: Robot) -> None:
    opened(robot, "rows")
    robot.press("held")
    assert "02/03/2026 07:32 · Không quét" in texts(robot)
    assert "tạm để riêng, tự thử lại" in texts(robot)
    robot.press("refused")
    assert "02/03/2026 07:32 · VÀO · Thẻ căn cước" in texts(robot)
    assert "trung tâm từ chối" in texts(robot)


def test_what_was_refused_is_sent_again_by_one_touch(robot: Robot, shed: Shed) -> None:
    opened(robot, "rows")
    robot.press("send-again")
    assert shed.errands == ["send-again"]
    robot.app.show_answer("send-again", Answer(ok=True, word="sent_again", facts=(("count", "3"),)))
    robot.settle()
    assert any("Đang gửi lại 3 lượt" in text for text in texts(robot))


def test_this_kiosk_says_who_it_is_and_whether_it_is_accepted(robot: Robot) -> None:
    opened(robot, "about")
    assert {"Phiên bản", "1.0", "Trung tâm nhận máy", "chờ duyệt"} <= texts(robot)


def test_venue_and_language_are_chosen_by_touch(robot: Robot, shed: Shed) -> None:
    opened(robot, "venue")
    robot.press("Chợ")
    assert "Dùng từ lần mở máy sau." in texts(robot)
    robot.press("English")
    assert "Market" in texts(robot)
    assert shed.kept == [("profile", "market"), ("language", "en")]


def test_the_screens_light_is_set_and_a_no_of_the_system_is_told(robot: Robot, shed: Shed) -> None:
    opened(robot, "looks")
    face = robot.app.stage.face
    robot.touch(face.ids.light.children[0])
    assert shed.lamp.level == 80
    shed.lamp.set = lambda percent: False  # type: ignore[method-assign]
    robot.touch(face.ids.light.children[0])
    robot.settle()
    assert "Máy không cho chỉnh sáng." in texts(robot)


def test_another_places_code_is_confirmed_before_anything_moves(robot: Robot) -> None:
    moved: list[bool] = []
    opened(robot, "enrol")
    ahead = Answer(
        ok=True,
        word="another_place",
        facts=(("place", "Chợ Mới"),),
        ahead=lambda: moved.append(True),
    )
    robot.app.show_answer("enrol", ahead)
    robot.settle()
    assert "Mã của Chợ Mới. Chuyển máy sang đó?" in texts(robot)
    assert not moved
    robot.press("move")
    assert moved == [True]


def test_switching_off_is_asked_twice(robot: Robot, shed: Shed) -> None:
    opened(robot, "device")
    robot.press("power-off")
    assert shed.errands == []
    assert "Chạm lần nữa để tắt máy" in texts(robot)
    robot.press("power-off")
    assert shed.errands == ["power-off"]


def test_enrolment_takes_a_code_from_the_camera_or_a_hand_scanner(
    robot: Robot, desk: Desk, shed: Shed
) -> None:
    opened(robot, "enrol")
    assert shed.watching == [True]
    robot.scan("GATE1:SAMPLE-ENROLMENT")
    assert (shed.enrolled, desk.asked) == (["GATE1:SAMPLE-ENROLMENT"], [])
    robot.app.show_answer("enrol", Answer(ok=False, word="code_used"))
    robot.settle()
    assert "Mã này đã dùng rồi. Xin mã mới." in texts(robot)
    robot.app.stage.go("settings")
    assert shed.watching == [True, False]


def test_the_camera_page_measures_light_focus_and_distance(robot: Robot, shed: Shed) -> None:
    opened(robot, "camera")
    face = robot.app.stage.face
    assert 0.2 < face.light < 0.9
    assert face.advice == "Tốt"
    assert 0.15 < face.distance < 0.95
    robot.press("1")
    assert "Đang dùng: Máy quay USB 1" in texts(robot)
    assert shed.kept == [("camera", "1")]


def test_looks_change_at_once_and_are_kept(robot: Robot, shed: Shed) -> None:
    opened(robot, "looks")
    for pad in ("Nền tối", "Chữ to", "Nút ở nửa dưới"):
        robot.press(pad)
    robot.touch(robot.app.stage.face.ids.volume.children[0])
    robot.settle()
    assert (DESIGN.dark, DESIGN.text, DESIGN.reach) == (True, 1.25, True)
    assert shed.kept == [("dark", True), ("text", 1.25), ("reach", True), ("volume", 0.1)]


def test_settings_left_alone_close_by_themselves(robot: Robot) -> None:
    opened(robot, "settings")
    for _ in range(180):
        robot.app.stage.tick()
    assert robot.app.stage.name == "guard"
    robot.app.stage.go("settings")
    assert robot.app.stage.name == "steward"


def test_nothing_leads_out_of_the_full_screen(desk: Desk, shed: Shed) -> None:
    from kiosk.ui import KioskApp

    settings = replace(gallery.SETTINGS, fullscreen=True)
    app = KioskApp(settings, send=desk.send, latest=StillSource(), services=shed.services())
    with driven(app) as robot:
        for screen in ("guard", "menu", "steward", "help"):
            robot.app.stage.go(screen)
            robot.settle()
            assert robot.window.dispatch("on_request_close"), "the window's own way out is refused"
            for key in (282, 283, 285, 292, 293, 316, 319):  # F1, F2, F4, F11, F12, Print, Menu
                for held in ([], ["alt"], ["ctrl"], ["ctrl", "alt"], ["meta"]):
                    robot.window.dispatch("on_key_down", key, 0, None, held)
            for corner in ((1, 1), (1022, 1), (1, 598), (1022, 598)):
                robot.touch_at(*corner)
            assert robot.app.stage.name == screen
            assert app.root is not None
    assert desk.asked == []
