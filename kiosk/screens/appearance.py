"""How the kiosk looks and sounds: volume, colours, size of the letters, reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import NumericProperty, StringProperty

from kiosk.screens.face import Means
from kiosk.screens.page import Choices, Stepper  # noqa: F401 - named in appearance.kv
from kiosk.screens.steward import StewardFace


class LooksFace(StewardFace):
    """Changes what it shows while one watches, and keeps it for the next start."""

    back_to = StringProperty("settings")
    volume = NumericProperty(8)
    light = NumericProperty(0)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.volume = round(means.looks.volume * 10)
        self._light = means.services.brightness
        if self._light is None:
            self.ids.volume.parent.remove_widget(self.ids.light.__self__)
            self.fbind("words", self._explain)
            self._explain()
        else:
            self.light = max(1, round(self._light.level / 10))

    def _explain(self, *_: object) -> None:
        self.aside = self.words["looks.no_light"]

    def brighter(self, light: float) -> None:
        """Set the screen's light; where the system does not let us, say so."""
        if self._light is None or light == self.light:
            return
        if self._light.set(int(light) * 10):
            self.light, self.trouble = light, ""
        else:
            self.trouble = self.words["looks.light_refused"]

    def louder(self, volume: float) -> None:
        """Set the volume, and let it be heard."""
        if volume != self.volume:
            self.volume = volume
            self.means.looks.keep("volume", volume / 10)
            self.means.looks.play("ok")

    def choose(self, name: str, value: str) -> None:
        """Set one of the looks."""
        values: dict[str, object] = {
            "dark": value == "dark",
            "text": float(value) if name == "text" else 1.0,
            "reach": value == "low",
        }
        self.means.looks.keep(name, values[name])


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
