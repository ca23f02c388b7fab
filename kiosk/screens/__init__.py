"""What a person sees: one .py and one .kv per screen.

Kivy takes over a process when it is imported (arguments, root logger, standard error, files
in the home folder). What keeps it from doing so stands here, because this runs before any
import of it.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

_SETTINGS = {
    "KIVY_NO_ARGS": "1",
    "KIVY_NO_CONFIG": "1",
    "KIVY_NO_FILELOG": "1",
    "KIVY_NO_CONSOLELOG": "1",
    "KIVY_LOG_MODE": "PYTHON",
    "KIVY_HOME": str(Path(tempfile.gettempdir()) / "kiosk-no-home"),  # named, never made
    # One provider each, so that none is searched for and nothing else is started.
    "KIVY_WINDOW": "sdl2",
    "KIVY_TEXT": "sdl2",
    "KIVY_IMAGE": "sdl2",
    "KIVY_AUDIO": "sdl2",
    "KIVY_CLIPBOARD": "dummy",
    # Kivy's clock reads this once, when it is first imported. 40 pictures a second: a verdict
    # waits 25 ms at most, and an idle gate costs less than at Kivy's 60.
    "KCFG_GRAPHICS_MAXFPS": "40",
}

for _name, _value in _SETTINGS.items():
    os.environ.setdefault(_name, _value)

# Kivy sets its logger's level itself, and greets with a dozen lines before anybody can set
# another one. It also tries touch drivers that are never used here, and tells what they lack.
logging.getLogger("kivy").addFilter(
    lambda record: record.levelno >= logging.WARNING and "MTDev" not in record.getMessage()
)
