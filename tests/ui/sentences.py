"""Every sentence of a language, brought to the place where it is said.

:func:`said` walks a driven kiosk from sentence to sentence and names each step; whoever walks
looks at the screen in between. What a gate meets once a year (a forged pass, a full stick) is
said here as it would be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kiosk import notices
from kiosk.model import Basis, ClockState, Direction, Outcome, Verdict
from tests.ui import gallery
from tests.ui.robot import Robot
from tests.ui.sentences_steward import AFTER_A_STICK, FACTS, joining, keys, pin_asked, stewards


def said(robot: Robot) -> Iterator[str]:
    """Say every sentence, a screen at a time; yields what is said now."""
    for part in (
        _verdicts,
        _states,
        _alerts,
        _entering,
        _forms,
        pin_asked,
        stewards,
        joining,
        _telling,
        _demonstrating,
    ):
        robot.app.stage.go_home()
        robot.app.show_hint("")
        yield from part(robot)


def _demonstrating(robot: Robot) -> Iterator[str]:
    robot.app.stage.go("language")  # the guard's page has it in a window that is higher
    stage = robot.app.stage
    stage.narrated = True
    for word in keys("demo"):
        robot.app.narrate(f"demo.{word}")
        yield f"demonstration: {word}"
    stage.narrated = False


def _verdicts(robot: Robot) -> Iterator[str]:
    app = robot.app
    refused = replace(gallery.RECORDED, outcome=Outcome.REFUSED, id=None, reason="")
    for home in ("guard", "attract"):
        face = app.stage.go(home) if home != app.stage.home else app.stage.go_home()
        for word in sorted({*keys("reason"), *keys("title")}):
            app.show_verdict(replace(refused, reason=word))
            yield f"{home}: reason {word}"
        for outcome in (Outcome.REFUSED, Outcome.NOT_FOR_US, Outcome.TWO_CODES):
            app.show_verdict(replace(refused, outcome=outcome, person=None))
            yield f"{home}: {outcome.value}"
        for word in keys("kind"):
            for basis in (Basis.ASSUMED, Basis.AUTO):
                app.show_verdict(replace(gallery.RECORDED, kind=word, basis=basis))
                yield f"{home}: kind {word}, {basis.value}"
        for outcome in (Outcome.RECORDED, Outcome.DUPLICATE):
            for way in (Direction.IN, Direction.OUT, None):
                told = replace(gallery.RECORDED, outcome=outcome, direction=way)
                app.show_verdict(replace(told, previous_at=gallery.AT if way else None))
                yield f"{home}: {outcome.value} {way}"
        for way in Direction:
            app.show_verdict(replace(gallery.RECORDED, direction=way, reason="flipped"))
            yield f"{home}: flipped {way}"
        app.show_verdict(replace(gallery.RECORDED, reason="undone"))
        yield f"{home}: undone"
        for word in keys("hint"):
            face.watch()
            app.show_hint(word)
            yield f"{home}: hint {word}"
        app.show_hint("")
    words = keys("purpose")
    for first in range(0, len(words), 6):
        app.stage.go_home()
        app.show_verdict(replace(gallery.RECORDED, ask=tuple(words[first : first + 6])))
        yield f"guard: purposes from {words[first]}"
    app.stage.face.choose_purpose(words[-1])
    app.show_verdict(replace(gallery.RECORDED, reason="purpose"))
    app.stage.face.watch()
    yield "guard: purpose chosen"
    app.show_verdict(Verdict(Outcome.RECORDED, gallery.AT, id="u", kind="unscanned",
                             reason="unscanned"))  # fmt: skip
    yield "guard: unscanned"
    for busy in ("person", "paper"):
        app.stage.go(busy)
        app.show_verdict(gallery.RECORDED)
        yield f"{busy}: strip"
        app.show_verdict(replace(gallery.RECORDED, reason="purpose"))
        yield f"{busy}: strip, purpose"
        app.show_verdict(replace(refused, reason="declaration-of-another"))
        yield f"{busy}: strip, refused"
    for word in AFTER_A_STICK:
        app.stage.go_home()
        app.stage.show(notices.stick(app.stage.words.say(f"answer.{word}", **FACTS), word, ok=True))
        yield f"guard: stick {word}"


def _states(robot: Robot) -> Iterator[str]:
    app = robot.app
    for home in ("guard", "attract"):
        face = app.stage.go(home) if home != app.stage.home else app.stage.go_home()
        for word in keys("hub"):
            app.show_health(replace(gallery.OFFLINE, hub=word, clock=ClockState.UNTRUSTED))
            yield f"{home}: hub {word}"
        app.show_health(replace(gallery.OFFLINE, hub="never", last_receipt=None))
        yield f"{home}: never connected"
        app.show_health(replace(gallery.HEALTH, waiting=3))
        yield f"{home}: sending"
        for seconds, waiting in ((5.0, 1), (125.0, 2), (9_000.0, 300), (2e6, 12_345)):
            app.show_health(
                replace(gallery.OFFLINE, waiting=waiting, oldest_waiting_s=seconds, refused=1234)
            )
            yield f"{home}: {waiting} wait"
        for days in (3.0, 20.0):
            app.show_health(replace(gallery.HEALTH, disk_days_left=days))
            yield f"{home}: disk {days}"
            app.show_health(replace(gallery.OFFLINE, disk_days_left=days))
            yield f"{home}: disk {days}, offline"
        source, face.ids.hero.preview.source = face.ids.hero.preview.source, None
        face.ids.hero.preview.refresh()  # not when its clock comes round to it
        robot.frames(4)
        for state in keys("camera"):
            app.show_health(replace(gallery.HEALTH, camera=state))
            yield f"{home}: camera {state}"
        face.ids.hero.preview.source = source
        for clock in ClockState:
            app.show_health(replace(gallery.HEALTH, clock=clock))
            yield f"{home}: clock {clock.value}"
        if home == "guard":
            app.show_verdict(replace(gallery.RECORDED, alerts=("other",)))
            face.watch()
            yield f"{home}: an alert and the last entry"
    app.show_health(gallery.OFFLINE)
    for word in keys("out"):
        app.show_out_of_service(word)
        yield f"out of service: {word}"
    app.show_out_of_service("")
    app.show_health(gallery.HEALTH)
    app.stage.go_home()
    app.stage.asleep = True
    yield "asleep"
    app.stage.asleep = False


def _alerts(robot: Robot) -> Iterator[str]:
    app = robot.app
    for screen in ("entries", "alerts"):
        app.recollection.alerts.clear()
        app.recollection.entries.clear()
        app.stage.go(screen)
        yield f"{screen}: none"
    for word in keys("alert"):
        app.recollection.alerts.clear()
        app.stage.go_home()
        app.show_verdict(replace(gallery.RECORDED, alerts=(word,)))
        app.stage.go("alerts")
        yield f"alerts: {word}"
    app.stage.go_home()
    app.show_verdict(replace(gallery.RECORDED, reason="undone"))
    app.show_verdict(gallery.verdicts()["refused"])
    app.stage.go("entries")
    yield "entries: undone and refused"


def _entering(robot: Robot) -> Iterator[str]:
    app = robot.app
    face: Any = app.stage.go("code")
    for plan in ("numbers", "letters"):
        face.plan = plan
        yield f"code: {plan}"
    face.press("enter")
    yield "code: empty"
    for wrong in ("é", "0" * 99):
        face.type(wrong)
        yield f"code: {wrong[:2]}"
    form: Any = app.stage.go("person").ids.form
    yield "person"
    form.submit()
    yield "person: no phone"
    for wrong in ("x", "0" * 99):
        form.type(wrong)
        yield f"person: {wrong[:2]}"
    form.type("0900")
    form.submit()
    yield "person: short"
    form.choose("name")
    yield "person: name"
    for wrong in ("9!", "a" * 99):
        form.type(wrong)
        yield f"person: name {wrong[:2]}"
    face = app.stage.go("paper")
    yield "paper"
    face.hour, face.minute = 23, 55
    face.go_on()
    yield "paper: to come"
    face.hour = 6
    face.go_on()
    yield "paper: who"
    face.ids.who.submit()
    yield "paper: no phone"
    app.recollection.trip = ""
    face = app.stage.go("trip")
    yield "trip: none"
    face.press("enter")
    yield "trip: empty"
    for wrong in ("😀", "a" * 99):
        face.type(wrong)
        yield f"trip: {wrong[:2]}"
    app.recollection.trip = "Xe 000-00.000 · Huế – Tuy Hòa · 14:45"
    app.stage.go_home()
    app.stage.go("trip")
    yield "trip: named"
    app.stage.go("shift")
    yield "shift"
    app.stage.face.hand_over()
    yield "shift: handed over"
    app.stage.go_home()
    app.show_verdict(replace(gallery.RECORDED, reason="guard-signed-in"))
    yield "guard: signed in"
    app.stage.go("clock")
    yield "clock"
    app.stage.asking = True
    yield "still there?"
    app.stage.asking = False


def _forms(robot: Robot) -> Iterator[str]:
    app = robot.app
    app.recollection.trip = ""
    face: Any = app.stage.go("declare")
    for at, question in enumerate(face._questions):
        face.at = at
        yield f"declare: {question.key}"
        if question.kind in ("choice", "consent"):
            continue
        for wrong in ("😀", "0" * 999, "a" * 999, "a b@"):
            face.type(wrong)
            yield f"declare: {question.key}, {wrong[:3]}"
        face.type("90")
        face.go_on()
        yield f"declare: {question.key}, not enough"
    face.at = len(face._questions) - 1
    face.agree()
    yield "declare: sending"
    face.state = "silent"
    yield "declare: silent"
    app.recollection.trip = "Xe 000-00.000 · Huế – Tuy Hòa · 14:45"
    app.stage.go_home()
    face = app.stage.go("declare")
    yield "express"
    face.agree()
    yield "express: no phone"
    for wrong in ("x", "0" * 99):
        face.type(wrong)
        yield f"express: {wrong[:2]}"
    face.type("0900")
    face.agree()
    yield "express: short"
    app.recollection.trip = ""
    app.show_verdict(replace(gallery.RECORDED, receipt="K7P-42Q", token="VD1:" + "SAMPLE" * 30))
    yield "receipt"


def _telling(robot: Robot) -> Iterator[str]:
    app = robot.app
    for screen in ("help", "language", "notice", "board", "attract"):
        app.stage.go(screen)
        yield screen
    app.stage.face.board_text = "https://hub.example/b#" + "SAMPLE" * 90
    yield "attract: a code too small to be read"
    means = app.stage._means
    named = replace(means.settings, authority="", hotline="")
    app.stage._means = replace(means, settings=named)
    app.stage.go("help")
    app.stage.go("notice")
    yield "notice: nobody named"
    app.stage._means = means
