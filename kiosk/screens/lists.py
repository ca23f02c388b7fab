"""The last entries and the alerts: short lists, masked, held in memory alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk import notices
from kiosk.model import Outcome
from kiosk.screens.face import Means
from kiosk.screens.page import PageFace, Row
from kiosk.screens.parts import Pad
from kiosk.screens.recollection import Passed, Remark

ROW = 9.5
"""Units that a row takes with the gap below it."""


class ListFace(PageFace):
    """As many rows as fit; the newest first, older ones behind a pad."""

    empty = StringProperty("")
    first = NumericProperty(0)
    items: list[Any] = ObjectProperty([])
    newer = BooleanProperty(defaultvalue=False)
    older = BooleanProperty(defaultvalue=False)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        fill = Clock.create_trigger(self._fill, -1)
        self.ids.rows.fbind("height", fill)
        for name in ("words", "items", "first"):
            self.fbind(name, fill)

    def enter(self) -> None:
        """Read the list."""
        self.reload()

    def leave(self) -> None:
        """Keep nothing of it here."""
        self.items = []
        self.ids.rows.clear_widgets()

    def tick(self) -> None:
        """Entries may have come meanwhile."""
        self.reload()

    def reload(self) -> None:
        """Read the list anew."""

    def row(self, item: Any) -> Widget:
        """Return the widget of one item."""
        raise NotImplementedError

    def fits(self) -> int:
        """Return how many rows fit."""
        return max(1, int(self.ids.rows.height // (ROW * self.design.u)))

    def page(self, by: int) -> None:
        """Show older or newer ones."""
        step = self.fits()
        last = max(0, (len(self.items) - 1) // step * step)
        self.first = min(last, max(0, self.first + by * step))

    def _fill(self, *_: object) -> None:
        rows = self.ids.rows
        rows.clear_widgets()
        self.newer = self.first > 0
        self.older = self.first + self.fits() < len(self.items)
        for item in self.items[int(self.first) : int(self.first) + self.fits()]:
            rows.add_widget(self.row(item))
        rows.add_widget(Widget())


class EntriesFace(ListFace):
    """The last entries."""

    def reload(self) -> None:
        """Read the list anew."""
        self.items = list(self.means.recollection.entries)

    def row(self, item: Passed) -> Row:
        """Return time, direction and initials."""
        refused = item.outcome is Outcome.REFUSED
        undone = item.reason == "undone"
        shape = "cross" if refused else "undo" if undone else f"way-{item.direction}"
        end = self.words["verdict.undone.title"] if undone else ""
        if refused:
            end = self.words["verdict.refused.title"]
        way = self.words.said(f"direction.{item.direction}")
        text = " · ".join(part for part in (item.time, way, item.who) if part)
        return Row(shape=shape, text=text, end=end, shape_tone="bad" if refused else "ink")


class AlertsFace(ListFace):
    """What was odd; each is put away by touching it, when it was looked at."""

    def reload(self) -> None:
        """Read the list anew."""
        self.items = list(self.means.recollection.alerts)

    def row(self, item: Remark) -> Pad:
        """Return a pad that puts the alert away."""
        sentence = notices.alert(item.word, self.words)
        who = f"{item.who}: " if item.who else ""
        pad = Pad(
            value=item.number,
            text=f"{item.time} · {who}{sentence}",
            shape="bell",
            tone="key",
            role="body",
            centred=False,
            size_hint_y=None,
            height=self.design.u * (ROW + 1),
        )
        pad.bind(on_release=self._dismiss)
        return pad

    def fits(self) -> int:
        """Return how many rows fit: these are to be touched, and so are higher."""
        return max(1, int(self.ids.rows.height // ((ROW + 2.5) * self.design.u)))

    def _dismiss(self, pad: Pad) -> None:
        self.means.recollection.dismiss(pad.value)
        self.reload()


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
