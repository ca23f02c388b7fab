"""A stand-in for the Raspberry Pi's picamera2: the calls the kiosk makes, with its shapes.

Rows of ``lores`` are padded to 64 bytes and its colour lies below its grey, as on the board.
``Picamera2.plugged`` and ``Picamera2.picture`` (BGR) are what a test sets.
"""

from __future__ import annotations

import threading
from typing import Any, ClassVar

import cv2
import numpy as np


class Picamera2:
    """One camera; opening fails without one, and reading once it was pulled out."""

    plugged: ClassVar[threading.Event] = threading.Event()
    picture: ClassVar[np.ndarray[Any, Any]] = np.zeros((720, 1280, 3), np.uint8)
    held: ClassVar[int] = 0

    def __init__(self) -> None:
        if not self.plugged.is_set():
            raise IndexError("list index out of range")  # as the real one says it
        if Picamera2.held:
            raise RuntimeError("Camera __init__ sequence did not complete.")
        Picamera2.held += 1
        self.camera_controls = {"FrameRate": (1, 60, None), "AfMode": (0, 2, 0)}
        self.configured: dict[str, Any] = {}
        self.started = False

    def create_video_configuration(self, **wishes: Any) -> dict[str, Any]:
        return wishes

    def configure(self, wishes: dict[str, Any]) -> None:
        main, lores = wishes["main"], wishes["lores"]
        if any(small > large for small, large in zip(lores["size"], main["size"], strict=True)):
            raise RuntimeError("lores stream dimensions may not exceed main stream")
        self.configured = wishes

    def start(self) -> None:
        self.started = True

    def stop(self) -> None:
        self.started = False

    def close(self) -> None:
        Picamera2.held -= 1

    def capture_arrays(self, names: list[str], wait: float) -> tuple[list[Any], dict[str, Any]]:
        if not self.started or not self.plugged.is_set():
            raise TimeoutError(f"no frame within {wait} s")
        made = {"main": self._main(), "lores": self._lores()}
        return [made[name] for name in names], {"SensorTimestamp": 1}

    def _main(self) -> np.ndarray[Any, Any]:
        return cv2.resize(self.picture, self.configured["main"]["size"])

    def _lores(self) -> np.ndarray[Any, Any]:
        width, height = self.configured["lores"]["size"]
        planes = cv2.cvtColor(cv2.resize(self.picture, (width, height)), cv2.COLOR_BGR2YUV_I420)
        padded = np.zeros((planes.shape[0], -(-width // 64) * 64), np.uint8)
        padded[:, :width] = planes
        return padded
