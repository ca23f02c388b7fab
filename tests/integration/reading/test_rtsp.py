"""An IP camera that speaks RTSP: read, unplugged, and read again."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.camera import feed, open_camera
from kiosk.frames import Frame
from kiosk.workers import Latest, Worker
from tests.hubs import TIMEOUT_S

SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 33\r\na=control:video\r\n"
)
PACKETS = 7 * 188
"""As many bytes of an MPEG transport stream as go into one RTP packet (RFC 2250)."""


class Door(socketserver.StreamRequestHandler):
    """One viewer: RTSP 1.0 (RFC 2326), the pictures interleaved on the same connection."""

    def handle(self) -> None:
        """Answer requests until PLAY, then send pictures until told to stop."""
        while (method := self._request()) is not None:
            more = {
                "DESCRIBE": f"Content-Type: application/sdp\r\nContent-Length: {len(SDP)}\r\n",
                "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n",
            }.get(method, "Session: 1\r\n")
            body = SDP if method == "DESCRIBE" else ""
            answer = f"RTSP/1.0 200 OK\r\nCSeq: {self.turn}\r\n{more}\r\n{body}"
            self.wfile.write(answer.encode())
            if method == "PLAY":
                self._play()
                return

    def _request(self) -> str | None:
        head = []
        while (line := self.rfile.readline().decode().strip()) or not head:
            if not line:
                return None
            head.append(line)
        self.turn = next(h.split(":")[1].strip() for h in head if h.lower().startswith("cseq"))
        return head[0].split()[0]

    def _play(self) -> None:
        server = self.server
        assert isinstance(server, IpCamera)
        number = 0
        try:
            while not server.unplugged.is_set():
                for at in range(0, len(server.stream), PACKETS):
                    part = server.stream[at : at + PACKETS]
                    rtp = struct.pack(">BBHII", 0x80, 33, number & 0xFFFF, number * 900, 1) + part
                    self.wfile.write(struct.pack(">cBH", b"$", 0, len(rtp)) + rtp)
                    number += 1
                    if server.unplugged.wait(0.002):
                        return
        except OSError:
            return  # the viewer hung up first


class IpCamera(socketserver.ThreadingTCPServer):
    """The camera; ``unplugged`` cuts whoever looks."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.unplugged = threading.Event()
        super().__init__(("127.0.0.1", 0), Door)


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[IpCamera]:
    path = tmp_path / "camera.ts"
    out = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mpg2"), 25.0, (320, 240))
    for level in range(60, 160, 2):
        out.write(np.full((240, 320, 3), level, np.uint8))
    out.release()
    with IpCamera(path.read_bytes()) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.unplugged.set()
        server.shutdown()
        thread.join()


def test_an_rtsp_camera_is_read_unplugged_and_read_again(camera: IpCamera) -> None:
    spec = f"rtsp://guard:secret@127.0.0.1:{camera.server_address[1]}/video"
    latest: Latest[Frame] = Latest()
    told: list[str] = []
    heard = threading.Condition()

    def status(word: str) -> None:
        with heard:
            told.append(word)
            heard.notify_all()

    def until(word: str, count: int) -> None:
        with heard:
            assert heard.wait_for(lambda: told.count(word) >= count, 40), told

    worker = Worker("camera", lambda w: feed(w, lambda: open_camera(spec), latest, status=status))
    worker.start()
    try:
        until("ok", 1)
        frame = latest.peek()
        assert frame is not None
        assert frame.size == (320, 240)
        camera.unplugged.set()
        until("gone", 1)
        camera.unplugged.clear()
        until("ok", 2)
    finally:
        camera.unplugged.set()
        worker.stop(timeout=TIMEOUT_S)
    assert told[:4] == ["starting", "ok", "gone", "ok"]
