"""The steward's sentences, each brought to the place where it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from kiosk import pin
from kiosk.screens.services import Answer, Entry
from kiosk.words import FIRST, load
from tests.ui import gallery
from tests.ui.robot import Robot

FACTS = {
    "place": "Trung tâm Y tế huyện Ví Dụ",
    "count": "12.345",
    "total": "23.456",
    "retired": "12.345",
    "left_out": "345",
    "network": "Tram-y-te-Vi-Du-5G",
    "file": "/media/usb0/kiosk-diagnostics-2026-03-02-1432.json",
}
"""What fills the answers' braces: about as long as it gets."""

AFTER_ERRANDS = (
    "copying", "exported", "no_stick", "nothing_waits", "stick_part", "stick_full",
    "stick_read_only", "stick_gone", "stick_bad", "stick_foreign", "courier_elsewhere",
    "courier_revoked", "courier_expired", "sent_again", "sound", "damaged", "saved", "restarting",
    "off", "power_absent", "power_refused", "failed", "done",
)  # fmt: skip
AFTER_A_CODE = (
    "enrolled", "code_used", "code_foreign", "code_bad", "rows_wait", "another_place",
    "no_hub_there", "enrolled_wifi_done", "enrolled_wifi_refused", "enrolled_wifi_absent",
    "cured", "cured_ahead",
)  # fmt: skip
AFTER_A_STICK = ("copying", "copied", "received", *AFTER_ERRANDS[4:13])


def keys(section: str) -> list[str]:
    """Return the names of a section's own sentences."""
    head = f"{section}."
    found = [key.removeprefix(head) for key in load(FIRST).own if key.startswith(head)]
    return [name for name in found if "." not in name]


def pin_asked(robot: Robot) -> Iterator[str]:
    """Everything about the PIN."""
    app = robot.app
    safe = app._services.safe
    assert isinstance(safe, gallery.Drawer)
    safe.lock = None
    face: Any = app.stage.go("steward")
    yield "pin: choose"
    face.type("11")
    face.press("enter")
    yield "pin: none"
    face.type("2468")
    face.press("enter")
    yield "pin: repeat"
    face.type("2469")
    face.press("enter")
    yield "pin: differ"
    safe.lock = pin.lock("2468")
    app.stage.go_home()
    face = app.stage.go("steward")
    yield "pin: ask"
    for word in ("code_bad", "code_used", "another_place"):
        face.answer("enrol", Answer(ok=False, word=word))
        yield f"pin: {word}"
    for _ in range(4):
        face.wait = 0
        face.type("1111")
        face.press("enter")
    yield "pin: wrong"
    safe.lock = None
    face.answer("enrol", Answer(ok=True, word="cured"))
    yield "pin: cured"


def stewards(robot: Robot) -> Iterator[str]:
    """The settings, and what comes of errands."""
    app = robot.app
    app.stage.face.means.session.open = True
    app.show_health(gallery.OFFLINE)
    for screen in ("settings", "menu", "looks", "venue", "camera", "held", "about", "device"):
        app.stage._means.session.open = True
        app.stage.go(screen)
        yield screen
    face: Any = app.stage.go("network")
    steps = [key for key in keys("diagnosis") if not key.startswith("no_")]
    for well in (True, False):
        for first in range(0, len(steps), 4):
            face.waiting_for = "diagnose"
            told = tuple((step, well) for step in steps[first : first + 4])
            word = "all_well" if well else "see_above"
            face.answer("diagnose", Answer(ok=well, word=word, steps=told))
            yield f"network: {steps[first]} {well}"
    for outbox, lost in (("gone", None), ("damaged", 12_345)):
        app.show_health(replace(gallery.OFFLINE, outbox=outbox, lost=lost, differs=23_456))
        yield f"network: the records are {outbox}"
    app.show_health(gallery.OFFLINE)
    for screen in ("rows", "device"):
        face = app.stage.go(screen)
        yield screen
        face.ask("export")
        yield f"{screen}: working"
        for word in AFTER_ERRANDS:
            face.waiting_for = "export"
            face.answer("export", Answer(ok=False, word=word, facts=tuple(FACTS.items())))
            yield f"{screen}: {word}"
    for errand in ("restart", "power-off"):
        robot.settle()
        robot.press(errand)
        yield f"device: sure to {errand}"
    face = app.stage.go("looks")
    face.trouble = app.stage.words["looks.light_refused"]
    yield "looks: refused"
    face.trouble = app.stage.words["looks.no_light"]
    yield "looks: no light"
    face = app.stage.go("venue")
    face.choose("hospital")
    yield "venue: chosen"
    face = app.stage.go("camera")
    face._measuring.cancel()
    for word in ("dark", "bright", "blurred", "good", "near", "far"):
        face.advice = app.stage.words[f"meter.{word}"]
        yield f"camera: {word}"
    for camera in ("0", "picamera2", "none", "http://x", "file:x"):
        face.choose(camera)
        yield f"camera: {camera}"
    for word in (*keys("held"), "bad-header"):
        entry = Entry(123456, "02/03/2026 07:32", "in", word, word)
        _offered(robot, "held", rows=_always((entry,)))
        yield f"held: {word}"
    _offered(robot, "held", rows=_always(()))
    yield "held: none"
    for claim in ("held", "pending"):
        _offered(robot, "about", about=_always((("claim", claim),)))
        yield f"about: {claim}"
    app.stage._means.session.open = False
    app.stage._means = app.stage._home_face.means  # as it was


def _always(told: Any) -> Callable[..., Any]:
    return lambda *_: told


def _offered(robot: Robot, screen: str, **service: Any) -> None:
    """Open a screen where a service answers thus."""
    stage = robot.app.stage
    stage._means = replace(stage._means, services=replace(stage._means.services, **service))
    stage.go("settings")
    stage.go(screen)


def joining(robot: Robot) -> Iterator[str]:
    """What comes of an enrolment code, wherever it was shown."""
    app = robot.app
    app.stage._means.session.open = True
    face: Any = None
    for screen in ("enrol", "typed"):
        face = app.stage.go(screen)
        yield screen
        for word in AFTER_A_CODE:
            facts = tuple(FACTS.items())
            ahead = (lambda: None) if word in ("another_place", "cured_ahead") else None
            face.answer("enrol", Answer(ok=ahead is not None, word=word, facts=facts, ahead=ahead))
            yield f"{screen}: {word}"
    for wrong in ("é", ""):
        face.asking = False
        face.type(wrong)
        face.press("enter")
        yield f"typed: {wrong}"
    face.at, face.address = "code", "hub.example.vn"
    face.press("enter")
    yield "typed: short"
    before = (app.settings, app._send, app._latest, app._services)
    app.become(
        replace(app.settings, place="", home="welcome"),
        send=before[1], latest=before[2], services=before[3],
    )  # fmt: skip
    app.stage.words = load(before[0].language)
    yield "welcome"
    for word in AFTER_A_CODE:
        app.show_answer("enrol", Answer(ok=True, word=word, facts=tuple(FACTS.items())))
        yield f"welcome: {word}"
    app.become(before[0], send=before[1], latest=before[2], services=before[3])
