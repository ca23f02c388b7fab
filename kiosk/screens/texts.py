"""Screens that tell: help with the hotline, what is recorded of whom, the languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import StringProperty

from kiosk import notices
from kiosk.screens.face import Means
from kiosk.screens.page import PageFace, Row, Tile
from kiosk.screens.qrview import QrView  # noqa: F401 - named in texts.kv
from kiosk.words import languages, load


class HelpFace(PageFace):
    """Four things that solve most of it, and whom to call for the rest."""

    hotline = StringProperty("")

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.fbind("words", self._build)
        self._build()

    def _build(self, *_: object) -> None:
        number = self.means.settings.hotline
        self.hotline = self.words.say("out.hotline", number=number) if number else ""
        rows = self.ids.rows
        rows.clear_widgets()
        for shape, key in (
            ("code", "help.code"),
            ("light", "help.light"),
            ("keyboard", "help.hand"),
            ("hub-off", "help.network"),
            ("paper", "help.paper"),
        ):
            rows.add_widget(Row(shape=shape, text=self.words[key], size_hint_y=1))


class NoticeFace(PageFace):
    """What is recorded, why, how long, who receives it, how to ask."""

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.fbind("words", self._build)
        self._build()

    def _build(self, *_: object) -> None:
        settings, words = self.means.settings, self.words
        facts = {
            "place": settings.place,
            "authority": settings.authority or words["notice.some_authority"],
            "days": settings.keep_days,
            "hotline": settings.hotline,
        }
        rows = self.ids.rows
        rows.clear_widgets()
        for shape, key in (
            ("list", "notice.what"),
            ("help", "notice.why"),
            ("clock", "notice.long"),
            ("hub", "notice.who"),
            ("phone", "notice.ask" if settings.hotline else "notice.ask_here"),
        ):
            text = words.say(key, **facts)
            rows.add_widget(Row(shape=shape, text=text, size_hint_y=1, strong=False))


class BoardFace(PageFace):
    """The place's own code as large as the screen allows; another one each minute."""

    text = StringProperty("")
    minute = ""

    def enter(self) -> None:
        """Show the code of this minute."""
        self.tick()

    def tick(self) -> None:
        """Show the next minute's code when it has come."""
        minute = notices.clock_time(self.means.now())
        board = self.means.services.board
        if board is not None and minute != self.minute:
            self.minute, self.text = minute, board()


class LanguageFace(PageFace):
    """One pad per language, each in its own words."""

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        for language in languages():
            tile = Tile(value=language, shape="language", text=load(language)["language.name"])
            tile.bind(on_release=self._chosen)
            self.ids.grid.add_widget(tile)

    def _chosen(self, tile: Tile) -> None:
        self.means.speak(tile.value)
        self.means.go("home")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
