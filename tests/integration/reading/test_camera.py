"""Cameras, and the thread that feeds their frames: real files, a real stream, no device."""

from __future__ import annotations

import http.server
import sys
import threading
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kiosk import camera as cameras
from kiosk.camera import CaptureCamera, NoCamera, feed
from kiosk.errors import BadInput, CameraGone
from kiosk.playback import GROWING, StillCamera
from kiosk.workers import Latest, Worker

SOON = 10.0


def open_camera(spec: str, **wishes: Any) -> Any:
    """Open a camera of whatever kind it turns out to be."""
    return cameras.open_camera(spec, **wishes)


def picture(level: int, size=(64, 48)):
    return np.full((size[1], size[0], 3), level, np.uint8)


def film(path: Path, levels, fps=50.0, size=(64, 48)):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, size)
    for level in levels:
        writer.write(picture(level, size))
    writer.release()
    return path


def frames_of(camera, seconds=SOON):
    """Read until the camera is exhausted."""
    read, until = [], time.monotonic() + seconds
    with camera:
        while not camera.exhausted and time.monotonic() < until:
            frame = camera.read(0.2)
            if frame:
                read.append(frame)
    assert camera.exhausted
    return read


def levels_of(frames):
    return [round(float(frame.image.mean()) / 10) * 10 for frame in frames]


def test_a_picture_is_shown_once(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), picture(80))
    frames = frames_of(open_camera(f"file:{tmp_path / 'a.png'}", fps=50))
    assert levels_of(frames) == [80]
    assert frames[0].still
    assert frames[0].size == (64, 48)


def test_a_folder_of_pictures_is_played_in_the_order_of_names_each_once(tmp_path):
    for name, level in (("b.png", 20), ("a.bmp", 10), ("c.webp", 30)):
        cv2.imwrite(str(tmp_path / name), picture(level))
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "broken.png").write_bytes(b"no picture either")
    camera = open_camera(f"file:{tmp_path}", fps=50)
    assert levels_of(frames_of(camera)) == [10, 20, 30]
    assert [path.name for path in camera.unreadable] == ["broken.png"]


def test_pictures_come_two_a_second_unless_told_otherwise(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), picture(80))
    assert open_camera(f"file:{tmp_path}").fps == 2.0
    assert open_camera(f"file:{tmp_path}", fps=7).fps == 7


def test_a_video_is_played_at_its_own_rate(tmp_path):
    path = film(tmp_path / "a.avi", [10 * n for n in range(1, 21)], fps=50)
    camera = open_camera(f"file:{path}")
    assert camera.fps == 50
    started = time.monotonic()
    frames = frames_of(camera)
    assert time.monotonic() - started >= 19 / 50
    due = [frame.at for frame in frames]
    assert due == sorted(due)
    assert not frames[0].still


def test_a_reader_that_comes_late_misses_frames_and_never_lags(tmp_path):
    path = film(tmp_path / "a.avi", [10 + n for n in range(200)], fps=100)
    with open_camera(f"file:{path}") as camera:
        first = camera.read(SOON)
        threading.Event().wait(0.5)
        late = camera.read(SOON)
        behind = time.monotonic() - late.at
    assert late.number - first.number >= 45
    assert behind < 0.2


def test_a_folder_of_videos_is_played_in_the_order_of_names(tmp_path):
    film(tmp_path / "02.avi", [60] * 3)
    film(tmp_path / "01.avi", [30] * 3)
    assert sorted(set(levels_of(frames_of(open_camera(f"file:{tmp_path}"))))) == [30, 60]


def test_a_damaged_video_among_frames_is_skipped_and_named(tmp_path, caplog):
    film(tmp_path / "02.avi", [60] * 3)
    (tmp_path / "01.avi").write_bytes(b"RIFF" + b"\7" * 4000)
    (tmp_path / "03.png").write_bytes(b"no picture")
    cv2.imwrite(str(tmp_path / "04.png"), picture(30))
    camera = open_camera(f"file:{tmp_path}", fps=50)
    frames = frames_of(camera)
    assert sorted(set(levels_of(frames))) == [30, 60]
    assert [f.still for f in frames][-2:] == [False, True]
    assert [path.name for path in camera.unreadable] == ["01.avi", "03.png"]
    assert ["skipped" in record.message for record in caplog.records] == [True, True]


def test_a_camera_that_names_no_file_is_told_in_one_sentence():
    with pytest.raises(BadInput, match="names no file"):
        open_camera("file:")


def test_a_folder_that_still_grows_is_waited_for(tmp_path):
    (tmp_path / GROWING).touch()
    camera = open_camera(f"file:{tmp_path}")
    assert camera.read(0.01) is None
    assert not camera.exhausted
    film(tmp_path / ".01.part.avi", [30] * 3).replace(tmp_path / "01.avi")
    assert camera.read(1).size == (64, 48)
    (tmp_path / GROWING).unlink()
    frames_of(camera)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: p / "absent.avi", "does not exist"),
        (lambda p: p, "no pictures and no videos"),
        (
            lambda p: (p / "x.avi", (p / "x.avi").write_bytes(b"RIFF" + b"\7" * 4000))[0],
            "not a video",
        ),
        (lambda p: (p / "x.avi", (p / "x.avi").touch())[0], "not a video"),
        (
            lambda p: (p / "x.png", (p / "x.png").write_bytes(b"\x89PNG" + b"\7" * 400))[0],
            "not a pict",
        ),
        (lambda p: (p / "x.png", (p / "x.png").touch())[0], "not a picture"),
        (lambda p: (p / "x.txt", (p / "x.txt").write_text("hello"))[0], "not a video"),
    ],
)
def test_a_file_that_cannot_be_played_is_told_in_one_sentence(tmp_path, make, says, capfd):
    path = make(tmp_path)
    with pytest.raises(BadInput, match=says) as caught:
        open_camera(f"file:{path}")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_cut_video_plays_as_far_as_it_goes(tmp_path, capfd):
    path = film(tmp_path / "a.avi", [50] * 40)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert 5 < len(frames_of(open_camera(f"file:{path}"))) < 40
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("spec", ["", "usb", "ftp://x/y", "files:x", "-1"])
def test_an_unknown_camera_is_refused_with_what_can_be_said(spec):
    with pytest.raises(BadInput, match="file:PATH"):
        open_camera(spec)


def test_picamera2_is_absent_without_harm(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(BadInput, match="python3-picamera2"):
        open_camera("picamera2")


@pytest.mark.parametrize("spec", ["/dev/video97", "97", "http://127.0.0.1:9/none"])
def test_a_camera_that_is_not_there_is_gone_not_wrong(spec, capfd):
    with pytest.raises(CameraGone):
        open_camera(spec)
    assert capfd.readouterr() == ("", "")


def test_a_streams_password_is_not_told():
    with pytest.raises(CameraGone) as caught:
        CaptureCamera("rtsp://guard:hush@127.0.0.1:9/x", size=None, fps=None)
    assert "hush" not in str(caught.value)


def test_no_camera_gives_nothing_and_closes_twice():
    with open_camera("none") as camera:
        assert isinstance(camera, NoCamera)
        assert camera.read(0.01) is None
    camera.close()
    assert "closed" in repr(camera)


class Stream(http.server.BaseHTTPRequestHandler):
    """An IP camera: motion JPEG, which hangs up after some pictures."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=--next")
        self.end_headers()
        picture_bytes = cv2.imencode(".jpg", picture(120, (320, 240)))[1].tobytes()
        try:
            for _ in range(30):
                self.wfile.write(
                    b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
                    % len(picture_bytes)
                    + picture_bytes
                    + b"\r\n"
                )
        except OSError:
            return  # the viewer hung up first

    def log_message(self, *args):
        pass


@pytest.fixture
def stream():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/video.mjpg"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_stream_is_read_until_it_is_gone(stream):
    with open_camera(stream) as camera:
        frame = camera.read(SOON)
        assert frame.size == (320, 240)
        pictures = iter(lambda: camera.read(SOON), None)
        with pytest.raises(CameraGone):
            list(pictures)


def test_a_camera_that_goes_away_is_opened_again_and_the_screen_is_told(stream):
    latest, again = Latest[Any](), threading.Event()
    told: list[str] = []

    def status(word):
        told.append(word)
        if told.count("ok") >= 2:
            again.set()

    with Worker("camera", lambda w: feed(w, lambda: open_camera(stream), latest, status=status)):
        assert again.wait(SOON)
    assert told[:4] == ["starting", "ok", "gone", "ok"]
    assert latest.wait(0) is not None
    assert latest.wait(0) is None
    assert latest.closed


def test_a_camera_that_was_never_there_is_gone_until_it_comes(tmp_path):
    latest = Latest[Any]()
    told: list[str] = []
    tries: list[int] = []

    def open_():
        tries.append(1)
        if len(tries) < 2:
            raise CameraGone("unplugged")
        return StillCamera([picture(5)], fps=50)

    with Worker("camera", lambda w: feed(w, open_, latest, status=told.append)) as worker:
        latest.wait(SOON)
        assert worker.join(SOON)
    assert told == ["starting", "gone", "ok"]


def test_the_feed_of_a_file_ends_and_every_still_picture_was_taken():
    latest = Latest[Any]()
    taken = []
    images = [picture(n) for n in range(10, 60, 10)]
    camera = StillCamera(images, fps=500)
    with Worker("camera", lambda w: feed(w, lambda: camera, latest, status=lambda word: None)):
        while not latest.closed:
            frame = latest.wait(SOON)
            if frame:
                taken.append(frame)
                threading.Event().wait(0.02)  # a slow reader
    assert levels_of(taken) == [10, 20, 30, 40, 50]


def test_the_feed_stops_while_nobody_takes_a_still_picture():
    latest = Latest[Any]()
    camera = StillCamera([picture(1), picture(2)], fps=500)
    worker = Worker("camera", lambda w: feed(w, lambda: camera, latest, status=lambda word: None))
    worker.start()
    worker.stop()
    assert worker.error is None


def test_the_feed_of_a_file_that_cannot_be_played_dies_loudly(tmp_path):
    worker = Worker(
        "camera",
        lambda w: feed(
            w, lambda: open_camera(f"file:{tmp_path}"), Latest[Any](), status=lambda w: None
        ),
    )
    worker.start()
    assert worker.join(SOON)
    assert isinstance(worker.error, BadInput)


def test_the_still_camera_takes_arrays_grey_or_coloured_or_deeper():
    images = [
        np.zeros((5, 7), np.uint8),
        np.zeros((5, 7, 1), np.uint8),
        np.zeros((5, 7, 4), np.uint8),
        np.full((5, 7), 65535, np.uint16),
    ]
    frames = frames_of(StillCamera(images, fps=500))
    assert [frame.image.dtype for frame in frames] == [np.uint8] * 4
    assert frames[3].image.max() == 255
    with pytest.raises(ValueError, match="no picture"):
        StillCamera([np.zeros((2, 2, 2, 2))]).read(1)
