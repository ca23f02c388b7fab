"""What the gallery takes pictures of: each scene brings the window into one state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.screens.questions import PURPOSES
from kiosk.screens.services import Answer
from tests.ui import gallery
from tests.ui.robot import Robot
from tests.ui.sample import StillSource

TOKEN = "VD1:" + "SAMPLE" * 30


def watching(robot: Robot) -> None:
    """The camera's picture, all well."""
    robot.app.show_health(gallery.HEALTH)


def offline(robot: Robot) -> None:
    """No network, with a hint over the picture."""
    robot.app.show_health(gallery.OFFLINE)
    robot.app.show_hint("nearer")


def no_camera(robot: Robot) -> None:
    """The camera is gone."""
    robot.app.stage.face.ids.hero.preview.source = None
    robot.frames(4)
    robot.app.show_health(replace(gallery.OFFLINE, camera="gone"))


def _verdict(name: str) -> Callable[[Robot], None]:
    def scene(robot: Robot) -> None:
        robot.app.show_health(gallery.HEALTH)
        robot.app.show_verdict(gallery.verdicts()[name])
        robot.app.stage.face.ids.hero.still()

    return scene


def after_verdict(robot: Robot) -> None:
    """The last entry can be taken back."""
    _verdict("recorded-in")(robot)
    robot.app.stage.face.watch()


def asking(robot: Robot) -> None:
    """The guard is asked what the last person came for."""
    robot.app.show_health(gallery.HEALTH)
    robot.app.show_verdict(replace(gallery.RECORDED, ask=PURPOSES))
    robot.app.stage.face.ids.hero.still()


def asking_after(robot: Robot) -> None:
    """The same, while the next person may already scan."""
    asking(robot)
    robot.app.stage.face.watch()


def code(robot: Robot) -> None:
    """A code is being typed."""
    robot.app.stage.go("code").type("0541990")


def code_letters(robot: Robot) -> None:
    """A code with letters is being typed."""
    face = robot.app.stage.go("code")
    face.plan = "letters"
    face.type("HS454")


def _page(name: str) -> Callable[[Robot], None]:
    def scene(robot: Robot) -> None:
        robot.app.show_health(gallery.OFFLINE)
        robot.app.stage.go(name)

    return scene


def person_name(robot: Robot) -> None:
    """A name is being typed in Telex."""
    form = robot.app.stage.go("person").ids.form
    form.type("0900000001")
    form.choose("name")
    form.type("Nguyeenx Thij Vis Duj")


def held_key(robot: Robot) -> None:
    """A key is held and offers its letter's other forms."""
    person_name(robot)
    robot.app.stage.face.ids.form.ids.keyboard.offered = "o"


def paper_who(robot: Robot) -> None:
    """The paper book: the time is set, the person follows."""
    robot.app.stage.go("paper").go_on()


def _filled(name: str) -> Callable[[Robot], None]:
    def scene(robot: Robot) -> None:
        for verdict in gallery.verdicts().values():
            robot.app.show_verdict(replace(verdict, alerts=("number-birth-mismatch",)))
        robot.app.stage.go(name)
        if name == "guard":
            robot.app.stage.face.watch()
            robot.app.stage.tick()

    return scene


def still_there(robot: Robot) -> None:
    """Nobody has touched the screen for a while."""
    robot.app.stage.go("person")
    for _ in range(50):
        robot.app.stage.tick()


def toast(robot: Robot) -> None:
    """Somebody passes while the guard is busy."""
    robot.app.stage.go("person")
    robot.app.show_verdict(gallery.RECORDED)


def attract(robot: Robot) -> None:
    """The self-service start."""
    robot.app.show_health(gallery.HEALTH)
    face = robot.app.stage.go("attract")
    face.ids.how.rest()


def _asked(at: int, typed: str = "") -> Callable[[Robot], None]:
    def scene(robot: Robot) -> None:
        face = robot.app.stage.go("declare")
        face.at = at
        face.type(typed)

    return scene


def _further(word: str, typed: str = "") -> Callable[[Robot], None]:
    def scene(robot: Robot) -> None:
        face = robot.app.stage.go("declare")
        face.at = [question.key for question in face._questions].index(word)
        face.type(typed)

    return scene


def express(robot: Robot) -> None:
    """The short form of a bus bay."""
    face = robot.app.stage.go("express")
    face.trip = "Xe 000-00.000 · Huế – Tuy Hòa · 14:45"
    face.type("0900000001")


def trip(robot: Robot) -> None:
    """The next trip is being named."""
    robot.app.recollection.trip = "Xe 000-00.000 · Huế – Tuy Hòa · 14:45"
    robot.app.stage.go("trip").type("Huees - Tuy Hofa 15:30")


def receipt(robot: Robot) -> None:
    """Somebody declared and may photograph the proof."""
    robot.app.show_verdict(
        replace(gallery.RECORDED, receipt="K7P-42Q", token="VD1:" + "SAMPLE" * 30)
    )


def _steward(name: str) -> Callable[[Robot], None]:
    def scene(robot: Robot) -> None:
        robot.app.show_health(gallery.OFFLINE)
        robot.app.stage.face.means.session.open = True
        robot.app.stage.go(name)

    return scene


def pin(robot: Robot) -> None:
    """The PIN is being chosen."""
    robot.app.stage.go("steward").type("246")


def diagnosis(robot: Robot) -> None:
    """The network was looked at."""
    _steward("network")(robot)
    steps = (("cable", True), ("address", True), ("name", True), ("portal", False))
    robot.app.show_answer("diagnose", Answer(ok=False, word="see_above", steps=steps))


def welcome(robot: Robot) -> None:
    """A kiosk that belongs to no place yet."""
    robot.app.settings = replace(robot.app.settings, place="", home="welcome")
    robot.app.become(
        robot.app.settings, send=lambda _: None, latest=StillSource(),
        services=gallery.everything(),
    )  # fmt: skip


def typed(robot: Robot) -> None:
    """The hub's address and the ten characters are being typed."""
    _steward("typed")(robot)
    face = robot.app.stage.face
    face.type("hub.example.vn")
    face.press("enter")
    face.type("AB3DE6G")


def out_of_service(robot: Robot) -> None:
    """The kiosk cannot record."""
    robot.app.show_health(gallery.OFFLINE)
    robot.app.show_out_of_service("disk-full")


SCENES: dict[str, Callable[[Robot], None]] = {
    "guard-watching": watching,
    "guard-offline": offline,
    "guard-no-camera": no_camera,
    **{f"verdict-{name}": _verdict(name) for name in gallery.verdicts()},
    "guard-after": after_verdict,
    "guard-asking": asking,
    "guard-asking-after": asking_after,
    "code-numbers": code,
    "code-letters": code_letters,
    "menu": _page("menu"),
    "person-phone": _page("person"),
    "person-name": person_name,
    "person-held-key": held_key,
    "entries": _filled("entries"),
    "alerts": _filled("alerts"),
    "guard-alerts": _filled("guard"),
    "paper-when": _page("paper"),
    "paper-who": paper_who,
    "shift": _page("shift"),
    "clock": _page("clock"),
    "language": _page("language"),
    "help": _page("help"),
    "still-there": still_there,
    "toast": toast,
    "attract": attract,
    "declare-choice": _asked(0),
    "declare-nationality": _further("nationality"),
    "declare-email": _further("email", "vi.du@"),
    "declare-places": _further("places"),
    "declare-phone": _asked(1, "0900000001"),
    "declare-name": _asked(2, "Nguyeenx Thij Vis Duj"),
    "declare-address": _asked(6),
    "declare-purpose": _further("purpose"),
    "declare-symptoms": _further("symptoms"),
    "declare-contacts": _further("contacts"),
    "declare-consent": _further("consent"),
    "express": express,
    "trip": trip,
    "receipt": receipt,
    "board": _page("board"),
    "notice": _page("notice"),
    "steward-pin": pin,
    "steward-settings": _steward("settings"),
    "steward-network": diagnosis,
    "steward-rows": _steward("rows"),
    "steward-camera": _steward("camera"),
    "steward-looks": _steward("looks"),
    "steward-enrol": _steward("enrol"),
    "steward-device": _steward("device"),
    "steward-typed": typed,
    "steward-venue": _steward("venue"),
    "steward-held": _steward("held"),
    "steward-about": _steward("about"),
    "welcome": welcome,
    "out-of-service": out_of_service,
}
