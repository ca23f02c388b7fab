"""What the gallery takes pictures of: each scene brings the window into one state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.ui import gallery
from tests.ui.robot import Robot


def watching(robot: Robot) -> None:
    """The camera's picture, all well."""
    robot.app.show_health(gallery.HEALTH)


def offline(robot: Robot) -> None:
    """No network, with a hint over the picture."""
    robot.app.show_health(gallery.OFFLINE)
    robot.app.show_hint("nearer")


def no_camera(robot: Robot) -> None:
    """The camera is gone."""
    robot.app.stage.face.ids.hero.ids.preview.source = None
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


def code(robot: Robot) -> None:
    """A code is being typed."""
    robot.app.stage.go("code").type("0541990")


def code_letters(robot: Robot) -> None:
    """A code with letters is being typed."""
    face = robot.app.stage.go("code")
    face.plan = "letters"
    face.type("HS454")


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
    "code-numbers": code,
    "code-letters": code_letters,
    "out-of-service": out_of_service,
}
