"""The Raspberry Pi's camera by its stand-in: grey for reading, colour for the screen, unplugged."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import qrcode

from kiosk.camera import feed, open_camera
from kiosk.errors import CameraGone
from kiosk.frames import Frame
from kiosk.scanner import scanner
from kiosk.workers import Latest, Worker
from tests.hubs import TIMEOUT_S
from tests.kiosks import card

SHELF = Path(__file__).with_name("shelf")


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Raspberry Pi whose camera is plugged in and sees a citizen card's code."""
    monkeypatch.syspath_prepend(str(SHELF))
    monkeypatch.delitem(sys.modules, "picamera2", raising=False)
    import picamera2

    code = qrcode.QRCode(box_size=6, border=4)
    code.add_data(card(1))
    tile = np.where(np.array(code.get_matrix()), 0, 255).astype(np.uint8).repeat(6, 0).repeat(6, 1)
    picture = np.full((720, 1280, 3), (200, 160, 120), np.uint8)
    picture[60 : 60 + tile.shape[0], 300 : 300 + tile.shape[1]] = tile[:, :, None]
    picamera2.Picamera2.picture = picture
    picamera2.Picamera2.held = 0
    picamera2.Picamera2.plugged.set()
    yield picamera2.Picamera2
    assert picamera2.Picamera2.held == 0, "the camera was not let go"
    monkeypatch.delitem(sys.modules, "picamera2")


@pytest.mark.parametrize("size", [(1280, 720), (960, 540), (801, 451)])
def test_codes_are_read_from_the_grey_picture_and_the_screen_gets_the_colours(
    board: Any, size: tuple[int, int]
) -> None:
    with open_camera("picamera2", size=size, fps=15) as camera:
        frame = camera.read(0.5)
    assert frame is not None
    assert frame.luma is not None
    assert frame.luma.shape == frame.image.shape[:2]
    assert frame.image.shape[2] == 3
    assert frame.luma.flags.c_contiguous
    seen = scanner(who=lambda _: None).look(frame)
    assert seen.presented is not None
    assert seen.presented.text == card(1)


def test_a_lens_that_can_move_follows_the_card(board: Any) -> None:
    with open_camera("picamera2", fps=10) as camera:
        device: Any = vars(camera)["_device"]
        assert device.configured["controls"] == {"FrameRate": 10, "AfMode": 2}


def test_grey_is_not_reckoned_where_the_camera_gives_it(
    board: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.prepare.grey", lambda _: pytest.fail("reckoned"))
    with open_camera("picamera2") as camera:
        frame = camera.read(0.5)
    assert frame is not None
    assert scanner(who=lambda _: None).look(frame).presented is not None


def test_a_camera_without_a_cable_is_gone_and_let_go(board: Any) -> None:
    board.plugged.clear()
    with pytest.raises(CameraGone, match="ribbon cable"):
        open_camera("picamera2")


def test_a_camera_that_is_pulled_out_comes_back_when_it_is_plugged_in(board: Any) -> None:
    latest: Latest[Frame] = Latest()
    told: list[str] = []
    heard = threading.Condition()

    def status(word: str) -> None:
        with heard:
            told.append(word)
            heard.notify_all()

    def until(word: str, count: int = 1) -> None:
        with heard:
            assert heard.wait_for(lambda: told.count(word) >= count, 20), told

    worker = Worker("camera", lambda w: feed(w, lambda: open_camera("picamera2"), latest,
                                             status=status))  # fmt: skip
    worker.start()
    until("ok")
    board.plugged.clear()
    until("gone")
    board.picture = cv2.flip(board.picture, 1)
    board.plugged.set()
    until("ok", 2)
    worker.stop(timeout=TIMEOUT_S)
    assert told == ["starting", "ok", "gone", "ok"]
