"""A proxy that lies: what stands between a gate and its hub, at its worst.

``with LyingProxy(hub.url) as proxy:`` listens on a free loopback port and passes requests
on; ``proxy.lie = portal`` (or any of the lies below) changes what the kiosk hears from
then on. A lie is a function of the proxy and the raw request that returns the raw bytes
of the answer; it may ask the hub (``proxy.ask``) as often as it likes. What truly passed
is kept in ``proxy.exchanges``.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from tests.hubs import TIMEOUT_S
from wire import signed
from wire.batch import Answer, Batch, Receipt, digest
from wire.keys import SigningKey

Lie = Callable[["LyingProxy", bytes], bytes]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that reached the hub, and the hub's own answer, headers and all."""

    request: bytes
    answer: bytes

    @property
    def path(self) -> str:
        """Which address was asked."""
        return self.request.split(b" ", 2)[1].decode()


class LyingProxy:
    """Listens on loopback; a thread per connection, one request each."""

    def __init__(self, hub_url: str) -> None:
        parts = urlsplit(hub_url)
        self._hub = (parts.hostname or "", parts.port or 80)
        self.lie: Lie = honest
        self.exchanges: list[Exchange] = []
        self.asked = 0
        self.kept = self.last = b""  # what a lie remembers for the next one
        self.closing = threading.Event()
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="lying-proxy", daemon=True)

    @property
    def url(self) -> str:
        """How the kiosk reaches this proxy, believing it to be its hub."""
        return f"http://127.0.0.1:{self._port}"

    def ask(self, request: bytes) -> bytes:
        """Pass a request on to the hub and return its raw answer; raises ``OSError``."""
        with socket.create_connection(self._hub, timeout=TIMEOUT_S) as line:
            line.sendall(request)
            parts = []
            while part := line.recv(65536):
                parts.append(part)
        answer = b"".join(parts)
        with self._changed:
            self.exchanges.append(Exchange(request, answer))
            self._changed.notify_all()
        return answer

    def wait_asked(self, more: int, timeout: float = TIMEOUT_S) -> None:
        """Wait until the kiosk has asked ``more`` times from now on."""
        with self._changed:
            wanted = self.asked + more
            assert self._changed.wait_for(lambda: self.asked >= wanted, timeout), "never asked"

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            line.settimeout(TIMEOUT_S)
            request = _request(line)
            if not request:
                return
            try:
                answer = self.lie(self, request)
            except ConnectionError:
                answer = b""  # the hub is not there: hang up
            with self._changed:
                self.asked += 1
                self._changed.notify_all()
            line.sendall(answer)

    def __enter__(self) -> LyingProxy:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


# -- lies ------------------------------------------------------------------------------------


def honest(proxy: LyingProxy, request: bytes) -> bytes:
    """Pass everything on."""
    return proxy.ask(request)


def hang_up(proxy: LyingProxy, request: bytes) -> bytes:
    """Take the request and answer nothing; it never reaches the hub."""
    return b""


def swallow(proxy: LyingProxy, request: bytes) -> bytes:
    """Pass the request on and lose the answer."""
    proxy.ask(request)
    return b""


def portal(proxy: LyingProxy, request: bytes) -> bytes:
    """A captive portal: 200, and a page that asks to log in."""
    return _http("200 OK", "text/html", b"<html><h1>Wi-Fi mi\xe1\xbb\x85n ph\xc3\xad</h1></html>")


def portal_redirect(proxy: LyingProxy, request: bytes) -> bytes:
    """A captive portal that sends everybody to its own page."""
    return _http("302 Found", "text/html", b"", "Location: http://login.example/")


def not_found(proxy: LyingProxy, request: bytes) -> bytes:
    """A proxy's 404 page."""
    return _http("404 Not Found", "text/html", b"<html>Not here (squid)</html>")


def bad_gateway(proxy: LyingProxy, request: bytes) -> bytes:
    """A proxy whose upstream is away."""
    return _http("502 Bad Gateway", "text/html", b"<html>Bad gateway</html>")


def empty(proxy: LyingProxy, request: bytes) -> bytes:
    """A 200 of the right type with nothing in it."""
    return _http("200 OK", signed.MEDIA_TYPE, b"")


def noise(proxy: LyingProxy, request: bytes) -> bytes:
    """A 200 of the right type with bytes that are none of ours."""
    return _http("200 OK", signed.MEDIA_TYPE, bytes(range(256)))


def busy(proxy: LyingProxy, request: bytes) -> bytes:
    """A hub that asks for patience."""
    return _http("503 Service Unavailable", "text/plain", b"later", "Retry-After: 1")


def not_even_http(proxy: LyingProxy, request: bytes) -> bytes:
    """Something that speaks another language."""
    return b"220 mail.example ESMTP\r\n"


def cut_after(count: int) -> Lie:
    """Let the hub answer, and pass on only the first ``count`` bytes."""
    return lambda proxy, request: proxy.ask(request)[:count]


def delayed(seconds: float) -> Lie:
    """Let the hub answer, and hold the answer back for a while."""

    def lie(proxy: LyingProxy, request: bytes) -> bytes:
        answer = proxy.ask(request)
        proxy.closing.wait(seconds)
        return answer

    return lie


def late(proxy: LyingProxy, request: bytes) -> bytes:
    """Keep the request and hang up; it reaches the hub after the next one has."""
    before, proxy.kept = proxy.kept, request
    if before:
        proxy.ask(before)
    return b""


def crossed(proxy: LyingProxy, request: bytes) -> bytes:
    """Give this request the answer to the one before: true, signed, and to another question."""
    before, proxy.last = proxy.last, proxy.ask(request)
    return before or proxy.last


def noisy(chance: random.Random) -> Lie:
    """Let the hub answer, and flip one bit of it."""

    def lie(proxy: LyingProxy, request: bytes) -> bytes:
        answer = bytearray(proxy.ask(request))
        answer[chance.randrange(len(answer))] ^= 1 << chance.randrange(8)
        return bytes(answer)

    return lie


def twice(proxy: LyingProxy, request: bytes) -> bytes:
    """Deliver the request twice, and the second answer."""
    proxy.ask(request)
    return proxy.ask(request)


def replayed(old: bytes) -> Lie:
    """Answer every batch with an old answer, without asking the hub; pass on the rest."""
    return lambda proxy, request: old if b"/v1/entries " in request else proxy.ask(request)


def forged(key: SigningKey) -> Lie:
    """Answer batches with a perfect receipt that somebody else signed."""

    def lie(proxy: LyingProxy, request: bytes) -> bytes:
        if b"/v1/entries " not in request:
            return proxy.ask(request)
        body = request.partition(b"\r\n\r\n")[2]
        batch = Batch.unpack(signed.peek_payload(body))
        receipt = Receipt(
            batch.kiosk, batch.request, digest(body),
            tuple(Answer(entry.hash, "stored") for entry in batch.entries), (),
            batch.clocks.wall_ms,
        )  # fmt: skip
        data = signed.sign(receipt.pack(), key, "receipt")
        return _http("200 OK", signed.MEDIA_TYPE, data)

    return lie


def only(path: str, lie: Lie) -> Lie:
    """Tell ``lie`` at one address and the truth elsewhere."""
    return lambda proxy, request: (
        lie(proxy, request) if f" {path} ".encode() in request[:100] else proxy.ask(request)
    )


def where(test: Callable[[Batch], bool], lie: Lie) -> Lie:
    """Tell ``lie`` about batches for which ``test`` holds, and the truth otherwise."""

    def choose(proxy: LyingProxy, request: bytes) -> bytes:
        if b" /v1/entries " in request[:100]:
            body = request.partition(b"\r\n\r\n")[2]
            if test(Batch.unpack(signed.peek_payload(body))):
                return lie(proxy, request)
        return proxy.ask(request)

    return choose


# -- the little HTTP that is needed ----------------------------------------------------------


def _request(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = 0
    for header in lines[1:]:
        name, _, value = header.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        part = line.recv(65536)
        if not part:
            return b""
        body += part
    kept = [header for header in lines if not header.lower().startswith(b"connection:")]
    return b"\r\n".join([*kept, b"Connection: close"]) + b"\r\n\r\n" + body


def _http(status: str, kind: str, body: bytes, *headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
