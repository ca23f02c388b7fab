"""Looking after the kiosk: the network's state, what waits, errands that take a while."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from kiosk import condition, notices
from kiosk.screens.face import Means
from kiosk.screens.page import Fact, Row, Tile
from kiosk.screens.parts import Pad
from kiosk.screens.services import Answer
from kiosk.screens.steward import StewardFace


class ErrandFace(StewardFace):
    """A page that sends for something and says what came of it."""

    back_to = StringProperty("settings")
    waiting_for = StringProperty("")
    result = StringProperty("")
    result_tone = StringProperty("ink")

    def ask(self, errand: str) -> None:
        """Send for something slow; the answer comes when it comes."""
        if self.means.services.errand is None or self.waiting_for:
            return
        self.waiting_for = errand
        self.result, self.result_tone = self.words["answer.working"], "quiet"
        self.means.services.errand(errand)

    def answer(self, errand: str, answer: Answer) -> None:
        """Say what came of it."""
        if errand == self.waiting_for:
            self.waiting_for = ""
            self.result = self.words.say(f"answer.{answer.word}", **dict(answer.facts))
            self.result_tone = "good" if answer.ok else "bad"

    def progress(self, errand: str, text: str) -> None:
        """Say how far it is."""
        if errand == self.waiting_for:
            self.result, self.result_tone = text, "quiet"


class NetworkFace(ErrandFace):
    """A calm diagnosis, whose first words are that the entries are safe."""

    safe = StringProperty("")
    hotline = StringProperty("")
    can_look = BooleanProperty(defaultvalue=False)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self._steps: tuple[tuple[str, bool], ...] = ()
        self.can_look = "diagnose" in means.services.errands
        for name in ("words", "health"):
            self.fbind(name, self._read)
        self._read()

    def enter(self) -> None:
        """Look at once."""
        super().enter()
        if self.can_look:
            self.ask("diagnose")

    def answer(self, errand: str, answer: Answer) -> None:
        """List what was looked at."""
        super().answer(errand, answer)
        self._steps = answer.steps
        self._read()

    def _read(self, *_: object) -> None:
        words = self.words
        waiting = condition.waiting_sign(self.health, words)
        parts = (
            words["out.safe"],
            waiting.text + (f", {waiting.detail}" if waiting.detail else ""),
        )
        self.safe = " ".join(f"{part.rstrip('.')}." for part in parts if part)
        number = self.means.settings.hotline
        self.hotline = words.say("common.hotline", number=number) if number else ""
        rows = self.ids.rows
        rows.clear_widgets()
        hub = condition.hub_sign(self.health, words)
        if not self._steps:  # what was looked at just now says more, and must not be contradicted
            rows.add_widget(Row(shape=hub.shape, shape_tone=hub.tone, text=hub.text, size_hint_y=1))
        for worry in condition.worries(self.health, words):
            row = Row(shape=worry.shape, shape_tone=worry.tone, text=worry.text, size_hint_y=1)
            rows.add_widget(row)
        for step, well in self._steps:
            key = f"diagnosis.{step}" if well else f"diagnosis.no_{step}"
            rows.add_widget(
                Row(
                    shape="tick" if well else "cross",
                    shape_tone="good" if well else "bad",
                    text=words[key],
                    size_hint_y=1,
                )
            )


_ROW_PADS = (
    ("held", "list", "rows.look"),
    ("send-again", "restart", "rows.again"),
    ("export", "usb", "rows.export"),
)


class RowsFace(ErrandFace):
    """What waits, what was refused, and the ways out: again, or by USB stick."""

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.fbind("words", self._build)
        self._build()
        for name in ("words", "health"):
            self.fbind(name, self._read)
        self._read()

    def _read(self, *_: object) -> None:
        health, words = self.health, self.words
        last = health.last_receipt
        received = f"{notices.calendar_day(last)} {notices.clock_time(last)}" if last else "–"
        disk = "–" if health.disk_days_left is None else str(int(health.disk_days_left))
        grid = self.ids.grid
        grid.clear_widgets()
        for shape, key, value in (
            ("waiting", "rows.waiting", str(health.waiting)),
            ("cross", "rows.refused", str(health.refused)),
            ("tick", "rows.acked", str(health.acked)),
            ("disk", "rows.disk", disk),
        ):
            grid.add_widget(Fact(shape=shape, text=words[key], value=value))
        self.aside = words.say("rows.last", time=received)

    def _build(self, *_: object) -> None:
        pads = self.ids.pads
        pads.clear_widgets()
        services = self.means.services
        for name, shape, key in _ROW_PADS:
            if name in services.errands or (name == "held" and services.rows is not None):
                pad = Pad(value=name, shape=shape, text=self.words[key], tone="key")
                if name == "export":
                    pad.tone, pad.ink = "accent", "on_accent"
                pad.bind(on_release=self._touched)
                pads.add_widget(pad)

    def _touched(self, pad: Pad) -> None:
        if pad.value == "held":
            self.means.go("held")
        else:
            self.ask(pad.value)


class HeldFace(StewardFace):
    """Each entry that waits or was refused: when, which way, why; nobody's name."""

    back_to = StringProperty("rows")
    kind = StringProperty("waiting")

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        if self.health.refused:
            self.kind = "refused"
        for name in ("words", "kind"):
            self.fbind(name, self._read)
        self._read()

    def choose(self, kind: str) -> None:
        """List ``waiting`` or ``refused`` entries."""
        self.kind = kind

    def _read(self, *_: object) -> None:
        words = self.words
        rows = self.ids.rows
        rows.clear_widgets()
        listed = self.means.services.rows
        entries = listed(self.kind) if listed is not None else ()
        self.aside = "" if entries else words["rows.none"]
        for entry in entries:
            way = words[f"direction.{entry.direction}"] if entry.direction else ""
            kind = words.either(f"kind.{entry.kind}", f"held.{entry.kind}", "kind.other")
            what = " · ".join(part for part in (entry.time, way, kind) if part)
            why = words.either(f"held.{entry.reason}", "held.other") if entry.reason else ""
            rows.add_widget(
                Row(
                    shape="cross" if self.kind == "refused" else "waiting",
                    shape_tone="bad" if self.kind == "refused" else "quiet",
                    text=what,
                    end=why or words.say("guard.entry", seq=entry.seq),
                    strong=False,
                )
            )


class AboutFace(StewardFace):
    """What this kiosk is, and how old what it believes is."""

    back_to = StringProperty("settings")

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.fbind("words", self._read)
        self._read()

    def _read(self, *_: object) -> None:
        rows = self.ids.rows
        rows.clear_widgets()
        about = self.means.services.about
        for name, value in about() if about is not None else ():
            text = self.words.either(f"about.{name}", name)
            shown = self.words.said(f"about.claim_{value}") if name == "claim" else value
            rows.add_widget(
                Row(
                    shape=_ABOUT.get(name, "list"),
                    text=text,
                    end=shown or value,
                    strong=False,
                    size_hint_y=1,
                    share=2.2,
                )
            )


_ABOUT = {
    "place": "code", "hub": "hub", "key": "settings", "hub_key": "settings", "claim": "tick",
    "certificate": "clock", "trust_list": "clock",
}  # fmt: skip


class DeviceFace(ErrandFace):
    """Errands about the machine itself; what cannot be taken back is asked twice."""

    _TILES = (
        ("diagnostics", "list"),
        ("fsck", "disk"),
        ("restart", "restart"),
        ("power-off", "power"),
    )

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self._sure_of = ""
        self.fbind("words", self._build)
        self._build()

    def _build(self, *_: object) -> None:
        grid = self.ids.grid
        grid.clear_widgets()
        for errand, shape in self._TILES:
            if errand not in self.means.services.errands:
                continue
            sure = self._sure_of == errand
            key = f"device.sure_{errand}" if sure else f"device.{errand}"
            tile = Tile(value=errand, shape=shape, text=self.words[key])
            if sure:
                tile.tone, tile.ink = "stop", "on_stop"
            tile.bind(on_release=self._touched)
            grid.add_widget(tile)

    def _touched(self, tile: Tile) -> None:
        if tile.value in ("restart", "power-off") and self._sure_of != tile.value:
            self._sure_of = tile.value
        else:
            self._sure_of = ""
            self.ask(tile.value)
        self._build()


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
