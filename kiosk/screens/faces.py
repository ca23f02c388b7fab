"""Every screen by its name."""

from __future__ import annotations

from kiosk.screens.appearance import LooksFace
from kiosk.screens.attract import AttractFace
from kiosk.screens.clockset import ClockFace
from kiosk.screens.declare import DeclareFace, ExpressFace
from kiosk.screens.face import Face
from kiosk.screens.guard import GuardFace
from kiosk.screens.keypad import CodeFace
from kiosk.screens.lists import AlertsFace, EntriesFace
from kiosk.screens.menu import MenuFace
from kiosk.screens.out import OutFace
from kiosk.screens.paper import PaperFace
from kiosk.screens.person import PersonFace
from kiosk.screens.receipt import ReceiptFace
from kiosk.screens.setup import CameraFace, EnrolFace, WelcomeFace
from kiosk.screens.shift import ShiftFace
from kiosk.screens.steward import PinFace, SettingsFace
from kiosk.screens.texts import BoardFace, HelpFace, LanguageFace, NoticeFace
from kiosk.screens.trip import TripFace
from kiosk.screens.typed import TypedFace
from kiosk.screens.upkeep import AboutFace, DeviceFace, HeldFace, NetworkFace, RowsFace
from kiosk.screens.venue import VenueFace

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
    "attract": AttractFace,
    "declare": DeclareFace,
    "express": ExpressFace,
    "trip": TripFace,
    "receipt": ReceiptFace,
    "board": BoardFace,
    "notice": NoticeFace,
    "steward": PinFace,
    "settings": SettingsFace,
    "network": NetworkFace,
    "rows": RowsFace,
    "camera": CameraFace,
    "looks": LooksFace,
    "enrol": EnrolFace,
    "device": DeviceFace,
    "welcome": WelcomeFace,
    "typed": TypedFace,
    "venue": VenueFace,
    "held": HeldFace,
    "about": AboutFace,
}
