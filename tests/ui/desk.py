"""A desk for window tests: it remembers what was asked of it."""

from __future__ import annotations

from kiosk.model import ChangeGuard, Command, Declare, EnterPaper

Asked = Command | EnterPaper | Declare | ChangeGuard


class Desk:
    """Remembers what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def send(self, command: Asked) -> None:
        """Take a command."""
        self.asked.append(command)
