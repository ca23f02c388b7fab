"""What the guard needs now and then: lists, the paper book, the shift, the clock, help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import NumericProperty

from kiosk.screens.face import Means
from kiosk.screens.page import PageFace, Tile

_TILES = (
    ("entries", "list", "menu.entries"),
    ("alerts", "bell", "menu.alerts"),
    ("trip", "bus", "menu.trip"),
    ("paper", "paper", "menu.paper"),
    ("shift", "swap", "menu.shift"),
    ("clock", "clock", "menu.clock"),
    ("language", "language", "menu.language"),
    ("help", "help", "menu.help"),
    ("steward", "settings", "menu.steward"),
)


class MenuFace(PageFace):
    """Tiles that lead on; those whose service is absent are not there."""

    columns = NumericProperty(4)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.fbind("words", self._build)
        self._build()

    def _build(self, *_: object) -> None:
        grid = self.ids.grid
        grid.clear_widgets()
        for name, shape, key in _TILES:
            if not self.means.offers(name):
                continue
            tile = Tile(value=name, shape=shape, text=self.words[key])
            tile.bind(on_release=lambda tile: self.means.go(tile.value))
            grid.add_widget(tile)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
