"""Every screen by its name."""

from __future__ import annotations

from kiosk.screens.clockset import ClockFace
from kiosk.screens.face import Face
from kiosk.screens.guard import GuardFace
from kiosk.screens.keypad import CodeFace
from kiosk.screens.lists import AlertsFace, EntriesFace
from kiosk.screens.menu import MenuFace
from kiosk.screens.out import OutFace
from kiosk.screens.paper import PaperFace
from kiosk.screens.person import PersonFace
from kiosk.screens.shift import ShiftFace
from kiosk.screens.texts import HelpFace, LanguageFace

FACES: dict[str, type[Face]] = {
    "guard": GuardFace,
    "menu": MenuFace,
    "code": CodeFace,
    "person": PersonFace,
    "entries": EntriesFace,
    "alerts": AlertsFace,
    "paper": PaperFace,
    "shift": ShiftFace,
    "clock": ClockFace,
    "language": LanguageFace,
    "help": HelpFace,
    "out": OutFace,
}
