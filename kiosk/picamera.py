"""The door to the Raspberry Pi's own camera, which libcamera alone can open.

The camera's processor makes two pictures of each frame: ``main`` in colour for the screen, and
``lores`` in YUV, whose first plane is the grey picture that codes are read from; so no grey is
ever reckoned here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kiosk.camera import Camera
from kiosk.errors import BadInput, CameraGone
from kiosk.frames import Frame, image_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

USUAL = (1280, 720)
HUNG_S = 5.0
"""So long without a picture, the camera is gone."""

_CONTINUOUS = 2  # libcamera's AfModeEnum.Continuous


def required() -> Any:
    """Return the library; raises :class:`~kiosk.errors.BadInput` where it is not installed."""
    try:
        return importlib.import_module("picamera2")
    except ImportError as error:
        msg = (
            "The camera 'picamera2' needs the Raspberry Pi's Debian package "
            "python3-picamera2, which is not installed here."
        )
        raise BadInput(msg) from error


class PiCamera(Camera):
    """The Raspberry Pi's camera through picamera2, or whatever stands in for that module."""

    def __init__(self, *, size: tuple[int, int] | None, fps: float | None) -> None:
        super().__init__("picamera2")
        library = required()
        width, height = size or USUAL
        # Halves of colour need even sides.
        self._size = (width // 2 * 2, height // 2 * 2)
        self._device: Any = None
        try:
            self._device = library.Picamera2()
            self._device.configure(
                self._device.create_video_configuration(
                    # picamera2 names the order in memory backwards: this is cv2's BGR.
                    main={"size": self._size, "format": "RGB888"},
                    lores={"size": self._size, "format": "YUV420"},
                    controls=self._wishes(fps),
                    buffer_count=3,
                )
            )
            self._device.start()
        except (RuntimeError, IndexError) as error:
            self._let_go()
            msg = "The Raspberry Pi's camera cannot be opened: check its ribbon cable."
            raise CameraGone(msg) from error

    def _wishes(self, fps: float | None) -> dict[str, float]:
        wishes: dict[str, float] = {"FrameRate": fps} if fps else {}
        # A card is held at whatever distance; a lens that cannot move has no such control.
        if "AfMode" in self._device.camera_controls:
            wishes["AfMode"] = _CONTINUOUS
        return wishes

    def read(self, timeout: float) -> Frame | None:  # noqa: ARG002 - libcamera has its own
        """Return the next frame, with its grey picture."""
        if self._closed.is_set():
            return None
        try:
            (shown, planes), _ = self._device.capture_arrays(["main", "lores"], wait=HUNG_S)
        except (RuntimeError, TimeoutError) as error:
            msg = "The Raspberry Pi's camera gives no pictures any more."
            raise CameraGone(msg) from error
        return self._frame(image_of(shown), luma=image_of(self._luma(planes)))

    def _luma(self, planes: NDArray[Any]) -> NDArray[Any]:
        # Rows are padded to the camera's liking; colour lies below the grey rows.
        width, height = self._size
        return planes[:height, :width]

    def _let_go(self) -> None:
        if self._device is not None:
            self._device.close()
            self._device = None

    def close(self) -> None:
        """Stop the camera; harmless twice."""
        if not self._closed.is_set():
            self._device.stop()
            self._let_go()
        super().close()
