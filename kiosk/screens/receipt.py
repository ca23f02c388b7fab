"""What somebody who declared takes away: a short code, and a signed one to photograph."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import NumericProperty, StringProperty

from kiosk.notices import Notice
from kiosk.screens.face import Face
from kiosk.screens.qrview import QrView  # noqa: F401 - named in receipt.kv

STAYS_S = 30


class ReceiptFace(Face):
    """Stays half a minute, or until it was touched; then nothing of it is left."""

    patience = None
    title = StringProperty("")
    person = StringProperty("")
    code = StringProperty("")
    token = StringProperty("")
    left = NumericProperty(STAYS_S)

    def fill(self, notice: Notice, *, code: str, token: str) -> None:
        """Show a receipt."""
        self.ground = notice.tone
        self.title, self.person = notice.title, notice.person
        self.code, self.token = code, token
        self.left = STAYS_S

    def leave(self) -> None:
        """Keep nothing."""
        self.title = self.person = self.code = self.token = ""

    def tick(self) -> None:
        """Count down."""
        self.left -= 1
        if self.left <= 0:
            self.means.go("home")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
