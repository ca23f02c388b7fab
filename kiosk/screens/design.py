"""The design system's numbers: one spacing unit, one type scale, one set of colours.

Everything is a multiple of :attr:`Design.u`, which is 8 pixels on a 1024×600 screen and
grows with the screen, so that a layout has the same proportions everywhere.
"""

from __future__ import annotations

import ctypes
import logging

from kivy.config import Config
from kivy.core.text import LabelBase
from kivy.event import EventDispatcher
from kivy.properties import AliasProperty, BooleanProperty, DictProperty, NumericProperty

from kiosk import fonts
from kiosk.look import palette

logging.getLogger("kivy").setLevel(logging.WARNING)

LANDSCAPE = (1024, 600)
PORTRAIT = (640, 1024)
UNIT = 8

SCALE = {
    "caption": 2.0,
    "body": 2.5,
    "label": 3.0,
    "title": 4.0,
    "display": 5.5,
    "hero": 8.5,
}
"""The type scale in units; on a 7 inch panel at 1024×600 a unit is 1.2 mm."""

TARGET = 10
"""The least side of a touch target in units: 12 mm on a 7 inch panel at 1024×600."""

LabelBase.register(fonts.FAMILY, fonts.path(bold=False), fn_bold=fonts.path(bold=True))


def display_size() -> tuple[int, int] | None:
    """Return the size in pixels of the X display that ``$DISPLAY`` names; None without one."""
    try:
        library = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    library.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(library.XOpenDisplay(None))
    if display.value is None:
        return None
    try:
        screen = library.XDefaultScreen(display)
        return library.XDisplayWidth(display, screen), library.XDisplayHeight(display, screen)
    finally:
        library.XCloseDisplay(display)


STRIP = 5
"""Units of height of the demonstration's strip."""


def with_strip(size: tuple[int, int]) -> tuple[int, int]:
    """Return a window's size with room for the demonstration's strip, where the display has it."""
    taller = (size[0], size[1] + STRIP * UNIT)
    display = display_size()
    return taller if display is None or display[1] >= taller[1] else size


def prepare_window(size: tuple[int, int], rotation: int = 0, *, fullscreen: bool) -> None:
    """Set what Kivy reads when its window is made; call before anything imports Window."""
    if fullscreen and (display := display_size()):
        # cage stretches every window to the screen. Measured with cage 0.1.4, Xwayland 22.1 and
        # Mesa 22.3 drawing by processor: what is drawn keeps the window's first size (a smaller
        # window leaves the rest of the screen black), and a window that begins with the whole
        # screen's size is never shown. One line less begins as large as can be seen.
        size = (display[0], display[1] - 1)
    for section, key, value in (
        ("graphics", "width", str(size[0])),
        ("graphics", "height", str(size[1])),
        ("graphics", "rotation", str(rotation)),
        ("graphics", "fullscreen", "auto" if fullscreen else "0"),
        ("graphics", "borderless", "1" if fullscreen else "0"),
        ("graphics", "show_cursor", "0" if fullscreen else "1"),
        # Edges are smoothed by our instructions; multisampling costs a software renderer dear.
        ("graphics", "multisamples", "0"),
        ("graphics", "min_state_time", "0"),
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "log_level", "warning"),
        ("kivy", "keyboard_mode", "system"),
        ("postproc", "double_tap_time", "0"),
        ("postproc", "triple_tap_time", "0"),
    ):
        Config.set(section, key, value)
    for provider in Config.options("input"):
        Config.remove_option("input", provider)
    Config.set("input", "mouse", "mouse,disable_multitouch")


class Design(EventDispatcher):
    """The sizes and colours in use; changing one redraws what depends on it."""

    u = NumericProperty(UNIT)
    text = NumericProperty(1.0)
    wide = BooleanProperty(defaultvalue=True)
    dark = BooleanProperty(defaultvalue=False)
    reach = BooleanProperty(defaultvalue=False)
    colours = DictProperty(palette("light"))

    def _along(self) -> str:
        return "horizontal" if self.wide else "vertical"

    along = AliasProperty(_along, None, bind=["wide"])

    def _low(self) -> bool:
        return bool(self.wide and self.reach)

    low = AliasProperty(_low, None, bind=["wide", "reach"])

    def on_dark(self, *_: object) -> None:
        """Change every colour at once."""
        self.colours = palette("dark" if self.dark else "light")

    def fit(self, width: float, height: float) -> None:
        """Choose layout and unit for a window of this size."""
        self.wide = width >= height
        base = LANDSCAPE if self.wide else PORTRAIT
        self.u = UNIT * min(width / base[0], height / base[1])

    def size_of(self, role: str) -> float:
        """Return the font size of a role of the type scale in pixels."""
        return SCALE[role] * self.u * self.text


DESIGN = Design()
"""What every widget starts with; the one design of the one window."""
