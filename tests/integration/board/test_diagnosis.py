"""The diagnosis looks at real servers: each trouble is told as what it is."""

from __future__ import annotations

import http.server
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk import diagnosis
from kiosk.clock import SetClock, SystemClock
from kiosk.enrolling import join
from kiosk.identity import Identity
from kiosk.model import ClockState
from tests.hubs import HubProcess
from wire.enrol import EnrolmentCode
from wire.keys import OpenKey, SigningKey


@contextmanager
def answering(status: int, headers: dict[str, str], body: bytes) -> Iterator[str]:
    """Something that answers every question alike; yields its address."""

    class Portal(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def stranger(url: str) -> Identity:
    """A kiosk whose hub is said to be at ``url``."""
    code = EnrolmentCode(
        uuid.uuid4(), b"t" * 16, url, SigningKey.new().public.raw, OpenKey.new().public.raw,
        "p1", "Chợ Ví Dụ", "Cổng 1", 2**41,
    )  # fmt: skip
    return Identity(SigningKey.new(), code)


def look(
    me: Identity, clock: object = None, root: Path = Path("/")
) -> tuple[tuple[str, bool], ...]:
    """Look, without anybody waiting for a pulse."""
    return diagnosis.look(me, clock or SetClock(), lambda: None, root=root)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (302, {"Location": "http://login.example/"}, b""),
        (200, {"Content-Type": "text/html"}, b"<html>Please log in</html>"),
        (200, {"Content-Type": "application/cose"}, b"not signed by anybody"),
        (511, {"Content-Type": "text/html"}, b"Network Authentication Required"),
    ],
)
def test_a_login_page_is_told_as_one(status: int, headers: dict[str, str], body: bytes) -> None:
    with answering(status, headers, body) as url:
        assert look(stranger(url)) == (("reach", True), ("portal", False))


def test_a_hub_that_is_down_is_told_as_not_reached() -> None:
    with answering(200, {}, b"") as url:
        pass  # it has gone now
    assert look(stranger(url)) == (("reach", False),)


def test_a_busy_hub_is_no_login_page() -> None:
    with answering(503, {"Retry-After": "5", "Content-Type": "text/plain"}, b"") as url:
        assert look(stranger(url)) == (("reach", True), ("hub", False))


def test_without_a_cable_nothing_further_is_asked(tmp_path: Path) -> None:
    (tmp_path / "sys/class/net/lo").mkdir(parents=True)
    (tmp_path / "sys/class/net/lo/carrier").write_text("1\n")
    (tmp_path / "sys/class/net/eth0").mkdir()
    (tmp_path / "sys/class/net/eth0/carrier").write_text("0\n")
    me = stranger("https://hub.invalid")
    assert look(me, root=tmp_path) == (("cable", False),)


def test_a_name_that_nobody_knows_is_told(tmp_path: Path) -> None:
    assert not diagnosis.name("hub.invalid")
    assert diagnosis.name("localhost")


def test_a_real_hub_is_all_well_then_refuses_and_shows_a_wrong_clock(tmp_path: Path) -> None:
    with HubProcess(tmp_path / "hub") as hub:
        code = EnrolmentCode.from_text(hub.code(hub.place()))
        me = join(tmp_path, code)
        well = (("reach", True), ("portal", True), ("known", True))
        now = SystemClock().now().wall_ms
        right = SetClock(now, state=ClockState.TRUSTED)
        assert look(me, right) == (*well, ("time", True))
        assert look(me, SetClock(now - 86_400_000)) == (*well, ("time", False))
        unsure = SetClock(now, state=ClockState.UNTRUSTED)
        assert look(me, unsure) == (*well, ("time", False))
        hub.cli("kiosk", "revoke", str(code.kiosk), "--reason", "test")
        assert look(me, right) == (("reach", True), ("portal", True), ("known", False))
