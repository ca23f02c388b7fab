"""Which camera is in use, changeable while the camera thread runs.

:func:`kiosk.camera.feed` opens a camera anew whenever it is gone; choosing another one
makes the present one go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from kiosk.camera import Camera, NoCamera
from kiosk.errors import BadInput, CameraGone
from kiosk.frames import Frame

_log = logging.getLogger(__name__)

_CHOSEN = "Another camera was chosen."


class CameraChoice:
    """Opens the camera that is chosen at the moment; :meth:`choose` from any thread."""

    def __init__(self, spec: str, open_: Callable[[str], Camera]) -> None:
        self.spec = spec
        self._open = open_
        self._worked = spec

    def choose(self, spec: str) -> None:
        """Take another camera from now on."""
        self.spec = spec

    def open(self) -> Camera:
        """Open the chosen camera; what can never be opened gives way to the one before."""
        spec = self.spec
        try:
            camera = self._open(spec)
        except BadInput as error:
            if spec == self._worked:
                raise
            _log.warning("The camera before stays: %s", error)
            self.spec = spec = self._worked
            camera = self._open(spec)
        self._worked = spec
        return _NoneFor(self) if isinstance(camera, NoCamera) else _For(camera, self)

    def __repr__(self) -> str:
        return f"CameraChoice(worked={self._worked == self.spec})"


class _For(Camera):
    """A camera for as long as it is the chosen one."""

    def __init__(self, camera: Camera, choice: CameraChoice) -> None:
        super().__init__(camera.spec)
        self._camera = camera
        self._choice = choice
        self._at = choice.spec

    def read(self, timeout: float) -> Frame | None:
        """Return the next frame; raises :class:`CameraGone` once another is chosen."""
        if self._choice.spec != self._at:
            raise CameraGone(_CHOSEN)
        frame = self._camera.read(timeout)
        self.exhausted = self._camera.exhausted
        return frame

    def close(self) -> None:
        """Let the camera go."""
        super().close()
        self._camera.close()


class _NoneFor(NoCamera):
    """No camera, for as long as none is chosen."""

    def __init__(self, choice: CameraChoice) -> None:
        super().__init__("none")
        self._choice = choice

    def read(self, timeout: float) -> Frame | None:
        """Wait; raises :class:`CameraGone` once a camera is chosen."""
        if self._choice.spec != self.spec:
            raise CameraGone(_CHOSEN)
        return super().read(timeout)
