"""Files played as if they were a camera: a video, pictures, a folder of either."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from kiosk.camera import Camera
from kiosk.errors import BadInput
from kiosk.frames import Frame, Image, image_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

log = logging.getLogger(__name__)

PICTURES = frozenset({
    ".avif", ".bmp", ".gif", ".jp2", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff",
    ".webp",
})  # fmt: skip
VIDEOS = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm"})
PICTURES_A_SECOND = 2.0

GROWING = ".rendering"
"""A file of this name in a folder says that more videos are being written beside it. They
appear under their final name only when they are whole."""
_PATIENCE_S = 30.0


def read_picture(path: Path) -> Image:
    """Return the picture in ``path``, upright, in colour or grey as it is, on an opaque ground.

    :raises BadInput: when the file is missing or no picture.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        msg = f"The picture {path} cannot be opened: {error.strerror}."
        raise BadInput(msg) from error
    picture = None
    if data.size:
        # Cameras' pictures say which way is up, others may be transparent: cv2 gives either.
        photo = data[:2].tobytes() == _JPEG
        flags = cv2.IMREAD_ANYCOLOR if photo else cv2.IMREAD_UNCHANGED
        try:
            picture = cv2.imdecode(data, flags)
        except cv2.error:
            picture = None
    if picture is None:
        msg = f"The file {path} is not a picture that can be read."
        raise BadInput(msg)
    return image_of(picture)


_JPEG = b"\xff\xd8"


def open_file(name: str, *, fps: float | None = None) -> Camera:
    """Return a camera that plays the file or folder ``name`` once.

    :raises BadInput: when nothing there can be played.
    """
    if not name.strip():
        msg = "The camera “file:” names no file: say file:PATH."
        raise BadInput(msg)
    path = Path(name).expanduser()
    spec = f"file:{name}"
    if not path.exists():
        msg = f"The file {name} does not exist."
        raise BadInput(msg)
    if path.is_dir():
        inside = _sorted(path)
        if any(p.suffix.lower() in VIDEOS for p in inside) or (path / GROWING).exists():
            return FilmCamera(spec, path, fps=fps)
        if not inside:
            msg = f"The folder {name} holds no pictures and no videos."
            raise BadInput(msg)
        return PictureCamera(spec, inside, fps=fps)
    if path.suffix.lower() in PICTURES:
        read_picture(path)
        return PictureCamera(spec, [path], fps=fps)
    return FilmCamera(spec, path, fps=fps)


def _sorted(folder: Path) -> list[Path]:
    kinds = PICTURES | VIDEOS
    return sorted(
        p
        for p in folder.iterdir()
        if p.suffix.lower() in kinds and not p.name.startswith(".") and p.is_file()
    )


class _PacedCamera(Camera):
    """A camera whose frames fall due at a fixed rate from the first one on."""

    def __init__(self, spec: str, *, fps: float) -> None:
        super().__init__(spec)
        self.fps = fps
        self._due = 0.0

    def _wait_until_due(self, timeout: float) -> bool:
        """Wait for the next frame's time, at most ``timeout``; whether it has come."""
        now = time.monotonic()
        self._due = self._due or now
        self._closed.wait(min(timeout, max(0.0, self._due - now)))
        return not self._closed.is_set() and time.monotonic() >= self._due


class StillCamera(_PacedCamera):
    """A camera of given pictures, for tests and demonstrations: ships with the product.

    It gives each of ``images`` (arrays: grey or BGR) once, ``fps`` a second, and is
    exhausted after the last one's time is over. The frames are marked still, so nobody
    skips one; ``still=False`` makes them pass as a live camera's.
    """

    def __init__(
        self, images: Iterable[object], *, fps: float = PICTURES_A_SECOND, still: bool = True
    ) -> None:
        super().__init__("still pictures", fps=fps)
        self._images = iter(images)
        self._still = still

    def read(self, timeout: float) -> Frame | None:
        """Return the next picture when its time has come."""
        if self.exhausted or not self._wait_until_due(timeout):
            return None
        image = self._next()
        if image is None:
            self.exhausted = True
            return None
        # From now, not from the last due time: a picture that was waited for has its full time.
        self._due = time.monotonic() + 1 / self.fps
        return self._frame(image, still=self._still)

    def _next(self) -> Image | None:
        return next((image_of(image) for image in self._images), None)


class PictureCamera(StillCamera):
    """Picture files, one after the other; one that cannot be read is skipped, and counted."""

    def __init__(self, spec: str, paths: Sequence[Path], *, fps: float | None) -> None:
        super().__init__((), fps=fps or PICTURES_A_SECOND)
        self.spec = spec
        self.unreadable: list[Path] = []
        self._paths = iter(paths)

    def _next(self) -> Image | None:
        for path in self._paths:
            try:
                return read_picture(path)
            except BadInput as error:
                self.unreadable.append(path)
                log.warning("%s It is skipped.", error)
        return None


class FilmCamera(_PacedCamera):
    """A video file, or videos and pictures of a folder in the order of their names.

    Videos play at their own rate, and a reader that comes late misses frames, as with a
    live camera: nothing ever lags. A file of the folder that cannot be played is skipped.
    """

    def __init__(self, spec: str, path: Path, *, fps: float | None) -> None:
        super().__init__(spec, fps=fps or 30.0)
        self._folder = path if path.is_dir() else None
        self._wanted_fps = fps
        self._played: set[Path] = set()
        self._picture: Image | None = None
        self.unreadable: list[Path] = []
        self._capture: cv2.VideoCapture | None = None
        self._waiting_since = time.monotonic()
        if self._folder is None:
            self._open(path)

    def read(self, timeout: float) -> Frame | None:
        """Return the frame whose time it is."""
        ready = self._capture is not None or self._picture is not None
        if self.exhausted or not (ready or self._next_file(timeout)):
            return None
        if not self._wait_until_due(timeout):
            return None
        if self._picture is not None:
            picture, self._picture = self._picture, None
            self._due = time.monotonic() + 1 / (self._wanted_fps or PICTURES_A_SECOND)
            return self._frame(picture, still=True)
        if self._capture is None:
            return None
        # Frames that nobody could show in time are passed over unseen.
        late = int((time.monotonic() - self._due) * self.fps)
        for _ in range(late):
            if not self._capture.grab():
                break
            self._number += 1
        self._due += late / self.fps
        got, image = self._capture.read()
        if not got:
            self._end_file()
            return None
        at = self._due
        self._due += 1 / self.fps
        return self._frame(image_of(image), at=at)

    def close(self) -> None:
        """Close the file."""
        super().close()
        if self._capture:
            self._capture.release()
            self._capture = None

    def _open(self, path: Path) -> None:
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        # A damaged file may open and hold no picture: only the first one tells.
        if not capture.isOpened() or not capture.grab():
            capture.release()
            msg = f"The file {path} is not a video that can be played."
            raise BadInput(msg)
        capture.release()
        self._capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = self._wanted_fps or (rate if 0 < rate < 1000 else 30.0)

    def _end_file(self) -> None:
        if self._capture:
            self._capture.release()
            self._capture = None
        self._waiting_since = time.monotonic()
        if self._folder is None:
            self.exhausted = True

    def _next_file(self, timeout: float) -> bool:
        """Open the folder's next file; wait for it where the folder still grows."""
        if self._folder is None:
            return False
        growing = (self._folder / GROWING).exists()
        for path in _sorted(self._folder):
            if path in self._played:
                continue
            self._played.add(path)
            try:
                if path.suffix.lower() in VIDEOS:
                    self._open(path)
                else:
                    self._picture = read_picture(path)
            except BadInput as error:
                self.unreadable.append(path)
                log.warning("%s It is skipped.", error)
                continue
            # A gap in the film is no debt to be made up for.
            self._due = max(self._due, time.monotonic())
            return True
        if not growing or time.monotonic() - self._waiting_since > _PATIENCE_S:
            self.exhausted = True
        else:
            self._closed.wait(min(timeout, 0.05))
        return False
