"""The door to cameras: a device, a stream, picamera2, or a file played as if it were one.

:func:`open_camera` turns a specification into a :class:`Camera`; :func:`feed` is what the
camera thread does: frames into the one slot, and a new try whenever the camera is gone.
Files are :mod:`kiosk.playback`'s.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

# The capture libraries write to stderr on their own account, and wait 10 s for a camera
# that was unplugged: both are settings that are read when cv2 is first used.
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")

import cv2

from kiosk.errors import BadInput, CameraGone
from kiosk.frames import Frame, Image, image_of
from kiosk.workers import backoff

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from kiosk.workers import Latest, Worker

log = logging.getLogger(__name__)

# Its warnings say what CameraGone and BadInput say better; also where cv2 was there before us.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

STREAM_TIMEOUT_MS = 5_000
"""How long a stream may keep us waiting for its next picture before it counts as gone."""


class Camera(ABC):
    """A source of frames; a context manager whose :meth:`close` may be called repeatedly."""

    def __init__(self, spec: str) -> None:
        self.spec = spec
        self.exhausted = False
        """Whether the last frame was given: only what comes from a file ends."""
        self._closed = threading.Event()
        self._number = 0

    def __repr__(self) -> str:
        state = "closed" if self._closed.is_set() else "ended" if self.exhausted else "open"
        # A stream's address may hold a password.
        shown = re.sub(r"//[^/@]*@", "//…@", self.spec)
        return f"<{type(self).__name__} {shown} {state}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def read(self, timeout: float) -> Frame | None:
        """Return the next frame, or None after about ``timeout`` seconds or at the end.

        :raises CameraGone: when the camera gives no pictures any more.
        """

    def close(self) -> None:
        """Let the camera go."""
        self._closed.set()

    def _frame(
        self,
        image: Image,
        *,
        at: float | None = None,
        still: bool = False,
        luma: Image | None = None,
    ) -> Frame:
        self._number += 1
        taken = time.monotonic() if at is None else at
        return Frame(image, taken, self._number, still=still, luma=luma)


class NoCamera(Camera):
    """No camera at all: codes come by hand scanner or are typed. Never gives a frame."""

    def read(self, timeout: float) -> Frame | None:
        """Wait."""
        self._closed.wait(timeout)
        return None


class CaptureCamera(Camera):
    """A device or a network stream through OpenCV."""

    def __init__(self, spec: str, *, size: tuple[int, int] | None, fps: float | None) -> None:
        super().__init__(spec)
        self._capture = cv2.VideoCapture()
        settings: list[int] = []
        if spec.startswith(("http://", "https://", "rtsp://")):
            opened = self._capture.open(
                spec,
                cv2.CAP_FFMPEG,
                [
                    *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, STREAM_TIMEOUT_MS),
                    *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, STREAM_TIMEOUT_MS),
                ],
            )
        else:
            if size:
                settings += [cv2.CAP_PROP_FRAME_WIDTH, size[0], cv2.CAP_PROP_FRAME_HEIGHT, size[1]]
            if fps:
                settings += [cv2.CAP_PROP_FPS, round(fps)]
            device = int(spec) if spec.isdecimal() else spec
            opened = self._capture.open(device, cv2.CAP_ANY)
            # One after the other, and after opening: a camera takes what it can of a wish.
            for key, value in zip(settings[::2], settings[1::2], strict=True):
                self._capture.set(key, value)
            self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if not opened:
            self._capture.release()
            msg = f"The camera {self!r} cannot be opened: check its cable or its address."
            raise CameraGone(msg)

    def read(self, timeout: float) -> Frame | None:  # noqa: ARG002 - the driver has its own
        """Return the next frame; waits as long as the driver does (1 s, a stream 5 s)."""
        if self._closed.is_set():
            return None
        got, image = self._capture.read()
        if not got:
            msg = f"The camera {self!r} gives no pictures any more."
            raise CameraGone(msg)
        return self._frame(image_of(image))

    def close(self) -> None:
        """Release the device."""
        super().close()
        self._capture.release()


def comes_and_goes(spec: str) -> bool:
    """Whether ``spec`` names a device or a stream, which may be there later."""
    device = spec.isdecimal() or spec.startswith(("/dev/", "http://", "https://", "rtsp://"))
    return device or spec == "picamera2"


def open_camera(
    spec: str, *, fps: float | None = None, size: tuple[int, int] | None = None
) -> Camera:
    """Return the camera that ``spec`` names.

    ``0`` or ``/dev/video0`` (a device), ``picamera2``, ``file:PATH`` (a video, a picture or
    a folder of either, played once: a video at its own rate, pictures two a second, unless
    ``fps``), ``http(s)://…`` or ``rtsp://…`` (a stream), ``none``. ``size`` is what a device
    is asked for.

    :raises BadInput: when ``spec`` is none of these, or the file cannot be played.
    :raises CameraGone: when the device or stream does not answer (now).
    """
    from kiosk.picamera import PiCamera
    from kiosk.playback import open_file

    if spec == "none":
        return NoCamera(spec)
    if spec == "picamera2":
        return PiCamera(size=size, fps=fps)
    if spec.startswith("file:"):
        return open_file(spec.removeprefix("file:"), fps=fps)
    if comes_and_goes(spec):
        return CaptureCamera(spec, size=size, fps=fps)
    msg = (
        f"The camera {spec!r} is not known: say 0, /dev/video0, picamera2, file:PATH, "
        "an http:// or rtsp:// address, or none."
    )
    raise BadInput(msg)


def feed(
    worker: Worker,
    open_: Callable[[], Camera],
    latest: Latest[Frame],
    *,
    status: Callable[[str], None],
) -> None:
    """Put frames into ``latest`` until asked to stop or the file has ended: a camera thread.

    ``status`` hears ``starting``, ``ok``, ``gone`` or ``none`` when it changes. A camera
    that is gone is opened again after 0.5 s, doubling to 5 s: a guard plugs it in and
    waits. A still picture stays in the slot until it was taken. At the end of a file (and
    of the work) ``latest`` is closed.

    :raises BadInput: when the camera can never be opened.
    """
    told = ""

    def tell(word: str) -> None:
        nonlocal told
        if word != told:
            told = word
            status(word)

    tell("starting")
    attempt = 0
    try:
        while not worker.stopping.is_set():
            try:
                with open_() as camera:
                    if isinstance(camera, NoCamera):
                        tell("none")
                    while not worker.stopping.is_set():
                        worker.pulse.beat()
                        frame = camera.read(timeout=0.5)
                        if frame:
                            attempt = 0
                            latest.put(frame)
                            tell("ok")
                            while frame.still and not worker.stopping.is_set():
                                worker.pulse.beat()
                                if latest.wait_taken(0.5):
                                    break
                        elif camera.exhausted:
                            return
            except CameraGone as error:
                if told != "gone":
                    log.warning("%s", error)
                tell("gone")
                worker.wait(backoff(attempt, first=0.5, most=5.0))
                attempt += 1
    finally:
        latest.close()
