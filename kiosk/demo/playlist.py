"""The film as a camera: its scenes one after the other, once or for ever; one can be skipped."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from kiosk.camera import Camera, open_camera
from kiosk.demo.film import script, segment
from kiosk.frames import Frame


class Playlist(Camera):
    """Plays each scene's file through the same way as ``--camera file:``."""

    def __init__(self, folder: Path, *, endless: bool = False) -> None:
        super().__init__(f"file:{folder}")
        self._files = [segment(folder, n, scene) for n, scene in enumerate(script())]
        self._endless = endless
        self._next = 0
        self._playing: Camera | None = None
        self._skip = threading.Event()
        self._finish = threading.Event()

    def skip(self) -> None:
        """Go on to the next scene; may be called from any thread."""
        self._skip.set()

    def finish(self) -> None:
        """End after the frame that plays; may be called from any thread."""
        self._finish.set()

    def read(self, timeout: float) -> Frame | None:
        """Return the next frame of the scene, or of the one after it."""
        if self._finish.is_set():
            self.exhausted = True
            return None
        if self._skip.is_set():
            self._skip.clear()
            self._stop()
        if self._playing is None and not self._begin(timeout):
            return None
        assert self._playing is not None
        frame = self._playing.read(timeout)
        if frame is not None:
            self._number += 1
            return Frame(frame.image, frame.at, self._number)
        if self._playing.exhausted:
            self._stop()
        return None

    def _begin(self, timeout: float) -> bool:
        if self._next == len(self._files):
            if not self._endless:
                self.exhausted = True
                return False
            self._next = 0
        path = self._files[self._next]
        until = time.monotonic() + timeout
        while not path.exists():
            if time.monotonic() >= until or self._closed.wait(0.05):
                return False  # still being rendered; asked again at once
        self._playing = open_camera(f"file:{path}")
        self._next += 1
        return True

    def _stop(self) -> None:
        if self._playing is not None:
            self._playing.close()
            self._playing = None

    def close(self) -> None:
        """Let the scene go."""
        super().close()
        self._stop()
