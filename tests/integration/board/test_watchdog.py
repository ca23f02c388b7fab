"""The service manager's watchdog: fed while every worker pulses, starved when one hangs."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import threading
from pathlib import Path

import pytest

from kiosk import gate as gate_module
from kiosk import watchdog as watchdog_module
from kiosk.config import Config
from kiosk.errors import CameraGone
from kiosk.gate import Gate, Post
from kiosk.watchdog import Watchdog
from tests.hubs import HubProcess
from tests.kiosks import KioskBox


@pytest.fixture
def manager(tmp_path):
    """A service manager's end of the socket."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(path))
        end.settimeout(40)
        yield end, str(path)


def test_the_first_feeding_says_ready_and_later_ones_only_alive(manager):
    end, path = manager
    dog = Watchdog.from_environment({"NOTIFY_SOCKET": path})
    assert dog.feed([])
    assert end.recv(200).decode().splitlines() == ["READY=1", "STATUS=at the gate", "WATCHDOG=1"]
    assert dog.feed([])
    assert end.recv(200) == b"WATCHDOG=1"


def test_a_hanging_worker_is_named_once_and_starves_the_watchdog(manager):
    end, path = manager
    dog = Watchdog(path)
    assert not dog.feed(["camera"])
    assert not dog.feed(["camera"])
    dog.stopping()
    assert end.recv(200) == b"STATUS=hangs: camera"
    assert end.recv(200) == b"STOPPING=1"


def test_an_abstract_address_is_understood():
    name = f"watchdog-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind("\0" + name)
        end.settimeout(5)
        assert Watchdog("@" + name).feed([])
        assert end.recv(200).endswith(b"WATCHDOG=1")


def test_without_a_service_manager_nothing_happens(tmp_path: Path):
    assert not Watchdog.from_environment({}).feed([])
    assert not Watchdog(str(tmp_path / "nobody")).feed([])


def test_a_compositor_that_answers_feeds_and_one_that_does_not_starves(
    manager, tmp_path, monkeypatch
):
    end, path = manager
    monkeypatch.setattr(watchdog_module, "COMPOSITOR_PATIENCE_S", 0.3)
    display = tmp_path / "wayland-0"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as compositor:
        compositor.bind(str(display))
        compositor.listen()
        dog = Watchdog.from_environment(
            {
                "NOTIFY_SOCKET": path,
                "WAYLAND_DISPLAY": "wayland-0",
                "XDG_RUNTIME_DIR": str(tmp_path),
            }
        )
        assert dog.feed([])
        client, _ = compositor.accept()
        with client:
            for _ in range(3):
                assert client.recv(100) == struct.pack("=III", 1, 12 << 16, 2)
                client.sendall(struct.pack("=IIIIII", 2, 12 << 16, 7, 1, 12 << 16 | 1, 2))
                assert dog.feed([]), "it hears the answer"
                assert dog.feed([]), "it asks again"
                assert end.recv(200).endswith(b"WATCHDOG=1")
                assert end.recv(200) == b"WATCHDOG=1"
            fed = 0
            while dog.feed([]):
                end.recv(200)
                fed += 1
                assert fed < 200, "the watchdog was fed although the compositor hangs"
                threading.Event().wait(0.02)
    said = [end.recv(200), end.recv(200)]
    dog.stopping()
    assert said[-1] == b"STATUS=hangs: compositor"


def test_a_kiosk_whose_camera_hangs_starves_the_watchdog(manager, tmp_path, monkeypatch):
    end, path = manager
    monkeypatch.setitem(gate_module.PATIENCE_S, "camera", 0.5)
    box = KioskBox(tmp_path / "kiosk")
    with HubProcess(tmp_path / "hub") as hub:
        box.enrol(hub)
    never = threading.Event()

    def opens_for_ever():
        never.wait(60)
        raise CameraGone("The camera was let go.")

    dog = Watchdog(path)
    with Gate(box.data, Config(), Post(verdict=lambda _: None)) as gate:
        gate.start(opens_for_ever)
        assert dog.feed(gate.silent()), "it starts healthy"
        fed = 0
        while dog.feed(gate.silent()):
            fed += 1
            assert fed < 200, "the watchdog was fed although the camera hangs"
            gate.finished.wait(0.1)
        assert gate.silent() == ["camera"]
        never.set()
    end.settimeout(0)
    said = []
    with contextlib.suppress(BlockingIOError):
        while True:
            said.append(end.recv(200))
    assert said[-1] == b"STATUS=hangs: camera"


def test_a_kiosk_that_is_told_to_stop_says_so(manager, tmp_path):
    end, path = manager
    box = KioskBox(tmp_path / "kiosk")
    with HubProcess(tmp_path / "hub") as hub:
        box.enrol(hub)
    with box.running("none", env={"NOTIFY_SOCKET": path}) as run:
        assert end.recv(200).startswith(b"READY=1")
        run.process.send_signal(signal.SIGTERM)
        said = end.recv(200)
        while said == b"WATCHDOG=1":
            said = end.recv(200)
        assert said == b"STOPPING=1"
        assert run.wait() == 0
