"""How the kiosk is, in calm words with shapes and tones, in each language (pure)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kiosk.model import ClockState, Health
from kiosk.words import Words

MINUTE_S = 60


def age(seconds: float, words: Words) -> str:
    """Return a duration in its largest fitting unit, without false precision."""
    for length, unit in ((86_400, "days"), (3_600, "hours"), (MINUTE_S, "minutes")):
        if seconds >= length:
            return words.say(f"age.{unit}", count=int(seconds // length))
    return words["age.now"]


@dataclass(frozen=True, slots=True)
class Sign:
    """One calm line of the status: shape, tone (``good, warn, bad, quiet``) and words."""

    shape: str
    tone: str
    text: str
    detail: str = ""


def hub_sign(health: Health, words: Words) -> Sign:
    """Say how the hub is; when it is not, the first thing said is that the data are safe."""
    if health.hub == "ok":
        key = "hub.sending" if health.waiting else "hub.ok"
        return Sign("hub", "good", words[key])
    tone = "bad" if health.hub == "not-recognised" else "quiet" if health.hub == "none" else "warn"
    return Sign(
        "hub-off", tone, words.either(f"hub.{health.hub}", "hub.offline"), words["hub.safe"]
    )


LOW_DAYS, VERY_LOW_DAYS = 30, 7
"""Busy days for which the disk must still have room before the guard is told, and told first."""


def footnote(health: Health, now: dt.datetime, words: Words) -> Sign:
    """Say in one line what the guard should know and need not act on this minute, if anything.

    The dearest first, and no more than two: a disk that is nearly full, what is not enforced
    without the hub, what the hub refused, a disk that fills.
    """
    room = health.disk_days_left
    low = "" if room is None else words.say("disk.days", count=int(room)) + "."
    short = room is not None and room <= VERY_LOW_DAYS
    told = (
        low if short else "",
        unenforced(health, now, words),
        words.say("waiting.refused", count=health.refused) + "." if health.refused else "",
        low if room is not None and VERY_LOW_DAYS < room <= LOW_DAYS else "",
    )
    text = " ".join([sentence for sentence in told if sentence][:2])
    return Sign("disk" if short else "hub-off", "bad" if short else "quiet", text)


def worries(health: Health, words: Words) -> tuple[Sign, ...]:
    """Say what befell the records, and whether the hub has another count: for the hub's office."""
    found = []
    if health.outbox != "ok":
        known = "" if health.lost is None else words.say("records.lost", count=health.lost)
        text = words.either(f"records.{health.outbox}", "records.damaged")
        found.append(Sign("disk", "bad", " ".join(part for part in (text, known) if part)))
    if health.differs:
        found.append(Sign("hub-off", "warn", words.say("records.differ", count=health.differs)))
    return tuple(found)


def unenforced(health: Health, now: dt.datetime, words: Words) -> str:
    """Say what cannot be enforced without the hub, and how old what is known is; else nothing."""
    if health.hub in ("ok", "sending"):
        return ""
    what = [words["guard.unknown_revoked"]]
    if health.clock is ClockState.UNTRUSTED:
        what.append(words["guard.unknown_dates"])
    facts = ", ".join(what)
    if health.last_receipt is None:
        return words.say("guard.never_enforced", what=facts)
    seconds = max(0.0, (now - health.last_receipt).total_seconds())
    return words.say("guard.not_enforced", what=facts, age=age(seconds, words))


def waiting_sign(health: Health, words: Words) -> Sign:
    """Say how many entries wait, and since when the oldest does."""
    if not health.waiting:
        return Sign("waiting", "quiet", words["waiting.none"])
    key = "waiting.one" if health.waiting == 1 else "waiting.many"
    oldest, seconds = "", health.oldest_waiting_s or 0.0
    if seconds >= MINUTE_S:  # what came just now needs no word
        oldest = words.say("waiting.oldest", age=age(seconds, words))
    return Sign("waiting", "quiet", words.say(key, count=health.waiting), oldest)


def camera_sign(health: Health, words: Words) -> Sign:
    """Say how the camera is."""
    known = {
        "ok": ("camera", "good"),
        "starting": ("camera", "quiet"),
        "none": ("camera-off", "quiet"),
    }
    shape, tone = known.get(health.camera, ("camera-off", "bad"))
    return Sign(shape, tone, words.either(f"camera.{health.camera}", "camera.gone"))


def clock_sign(health: Health, words: Words) -> Sign:
    """Say how far the time can be believed."""
    tone = {ClockState.TRUSTED: "good", ClockState.ASSERTED: "quiet"}.get(health.clock, "warn")
    return Sign("clock", tone, words[f"clock.{health.clock.value}"])
