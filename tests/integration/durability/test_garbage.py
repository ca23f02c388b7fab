"""Whatever answers in the hub's place, in whatever HTTP and however slowly, the kiosk goes on."""

from __future__ import annotations

import contextlib
import gzip
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from kiosk.errors import HubUnreachable, NoReceipt, Retry
from kiosk.upstream import Hub
from wire.signed import MEDIA_TYPE

Serve = Callable[[socket.socket], None]

OURS = f"Content-Type: {MEDIA_TYPE}".encode()
SENT = 16 * 1024 * 1024  # more than two systems keep on the way
SUPERSCRIPT = b"\xb2"  # a digit to str.isdigit, and no number
STARTS = (
    b"HTTP/1.1 200 OK", b"HTTP/1.1 503 Busy", b"HTTP/1.0 200", b"HTTP/1.1 100 Continue",
    b"HTTP/1.1 302 Found", b"HTTP/1.1 204 None", b"HTTP/1.1 304 Same", b"HTTP/1.1 999999 X",
    b"HTTP/1.1 -1 X", b"HTTP/9.9 200 OK", b"ICY 200 OK", b"HTTP/1.1 101 Switch",
    b"HTTP/1.1 " + SUPERSCRIPT * 3 + b" OK", b"HTTP/1.1 407 Proxy", b"220 mail.example ESMTP",
)  # fmt: skip
HEADERS = (
    OURS, OURS + b"; charset=\xff", b"Content-Type:", b"Content-Length: 5",
    b"Content-Length: " + SUPERSCRIPT, b"Content-Length: " + b"9" * 5000, b"Content-Length: -1",
    b"Content-Length: 5, 6", b"Content-Length: 5\r\nContent-Length: 7",
    b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Content-Encoding: gzip",
    b"Content-Encoding: deflate", b"Content-Encoding: " + b"gzip," * 8 + b"gzip",
    b"Retry-After: " + SUPERSCRIPT, b"Retry-After: " + b"9" * 5000, b"Retry-After: -5",
    b"Retry-After: Wed, 21 Oct 2099 07:28:00 GMT", b"Set-Cookie: a=b; Max-Age=" + SUPERSCRIPT,
    b"Location: http://[::1", b"Location: http://\xff\xfe/\x00", b"X: " + b"a" * 70_000,
    b"\x00\x01: y", b" folded", b"no colon", b"Connection: upgrade",
    b"\r\n".join(b"H%d: x" % number for number in range(200)),
)  # fmt: skip
BODIES = (
    b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\nhello", b"-5\r\nhello", b"5\r\nhel",
    b"FFFFFFFFFFFFFFFFFFFF\r\nabc", SUPERSCRIPT + b"\r\nab", b"\x1f\x8b\x08\x00garbage",
    b"0\r\n" + b"T: x\r\n" * 500 + b"\r\n", b"5" * 70_000 + b"\r\n",
    gzip.compress(bytes(3_000_000)), gzip.compress(gzip.compress(bytes(30_000_000))),
)  # fmt: skip


@contextlib.contextmanager
def answering(serve: Serve) -> Iterator[str]:
    """Let ``serve`` answer every request on a free port; yields the address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def loop() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return  # closed
            with line, contextlib.suppress(OSError):
                line.settimeout(20)
                data = b""
                while b"\r\n\r\n" not in data:
                    data += line.recv(65536) or b"\r\n\r\n"
                serve(line)

    thread = threading.Thread(target=loop, name="anybody", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def garbled(chance: random.Random) -> bytes:
    """Return an answer of parts that do not belong together, some bytes of it changed."""
    headers = chance.sample(HEADERS, chance.randrange(5))
    made = bytearray(
        b"\r\n".join([chance.choice(STARTS), *headers, b"", b""]) + chance.choice(BODIES)
    )
    if chance.random() < 0.3:
        for _ in range(chance.randrange(1, 4)):
            made[chance.randrange(min(len(made), 400))] = chance.randrange(256)
    return bytes(made if chance.random() < 0.9 else made[: chance.randrange(len(made))])


def survived(count: int, seed: int) -> int:
    """Ask ``count`` times; how often bytes came. Anything but bytes or Retry is raised."""
    chance, answer, bodies = random.Random(seed), b"", 0
    with answering(lambda line: line.sendall(answer)) as url, Hub(url) as hub:
        for number in range(count):
            answer = garbled(chance)
            try:
                hub.post("/v1/pulse", b"signed", dates_count=True)
                bodies += 1
            except Retry:
                continue
            except Exception as error:
                raise AssertionError(f"seed {seed}, answer {number}: {answer[:300]!r}") from error
    return bodies


def test_an_answer_in_no_http_at_all_is_a_retry_and_no_crash() -> None:
    assert 0 < survived(400, seed=5) < 200


@pytest.mark.slow
def test_twenty_thousand_garbled_answers_are_survived() -> None:
    seed = random.SystemRandom().randrange(2**32)
    print("seed", seed)
    assert survived(20_000, seed) > 0


@pytest.mark.parametrize(
    "header",
    [
        b"Retry-After: " + SUPERSCRIPT,
        b"Content-Length: " + b"9" * 5000,
        b"Location: http://[::1",
        b"Location: http://\xff/",
    ],
)
def test_headers_that_make_no_sense_are_a_retry(header: bytes) -> None:
    answer = b"\r\n".join([b"HTTP/1.1 302 Found", OURS, header, b"", b"x"])
    with (
        answering(lambda line: line.sendall(answer)) as url,
        Hub(url) as hub,
        contextlib.suppress(Retry),
    ):
        assert hub.post("/v1/pulse", b"signed", dates_count=True) == b"x"


def test_a_header_that_is_cut_leaves_no_traceback_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = b"HTTP/1.1 200 OK\r\n" + OURS + b"\r\nContent-Leng"

    def serve(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(answer)
        line.shutdown(socket.SHUT_RDWR)

    with answering(serve) as url, Hub(url) as hub, contextlib.suppress(Retry):
        hub.post("/v1/pulse", b"signed", dates_count=True)
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize("start", [b"HTTP/1.1 302 Found", b"HTTP/1.1 200 OK"])
@pytest.mark.parametrize("kind", [OURS, b"Content-Type: text/html"])
def test_a_page_without_end_is_not_read_to_its_end(start: bytes, kind: bytes) -> None:
    sent = 0

    def serve(line: socket.socket) -> None:
        nonlocal sent
        line.sendall(b"\r\n".join([start, kind, b"Location: http://login.example/", b"", b""]))
        while sent < 64 * 1024 * 1024:
            sent += line.send(bytes(65536))

    with answering(serve) as url, Hub(url) as hub, pytest.raises(NoReceipt):
        hub.post("/v1/pulse", b"signed", dates_count=True)
    assert sent < 16 * 1024 * 1024


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\n" + OURS + b"\r\nContent-Length: 9999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + OURS + b"\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
    ids=["status", "header", "body", "chunks"],
)
def test_an_answer_that_trickles_is_given_up_wherever_it_trickles(
    head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watchdog ends a kiosk whose sync hangs: nobody on the line may bring that about."""
    monkeypatch.setattr("kiosk.upstream.LONGEST_S", 0.5)
    given_up = threading.Event()

    def serve(line: socket.socket) -> None:
        line.sendall(head)
        while not given_up.wait(0.02):
            line.sendall(b"1")

    with answering(serve) as url, Hub(url) as hub:
        began = time.monotonic()
        with pytest.raises(HubUnreachable):
            hub.post("/v1/pulse", b"signed", dates_count=True)
        assert time.monotonic() - began < 10
        given_up.set()


def test_one_connection_serves_many_requests() -> None:
    """Taking deadlines on the socket costs no handshake for each request."""
    lines = 0

    def serve(line: socket.socket) -> None:
        nonlocal lines
        lines += 1
        answer = b"\r\n".join([b"HTTP/1.1 200 OK", OURS, b"Content-Length: 2", b"", b"ok"])
        line.sendall(answer)
        while b"\r\n\r\n" in line.recv(65536):
            line.sendall(answer)

    with answering(serve) as url, Hub(url) as hub:
        for _ in range(3):
            assert hub.post("/v1/pulse", b"", dates_count=True) == b"ok"
        hub.close()
    assert lines == 1


def test_a_batch_leaves_on_a_line_that_takes_longer_for_it_than_for_a_handshake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An old network carries 8 kB in a second: a batch of 230 KB is half a minute on its way."""
    monkeypatch.setattr("kiosk.upstream.TIMEOUT_S", (0.3, 20.0))
    whole = threading.Event()

    def serve(line: socket.socket) -> None:
        threading.Event().wait(1.0)  # meanwhile nothing more fits on the way
        size = 0
        while size < SENT - 2 * 65_536 and (part := line.recv(262_144)):
            size += len(part)
        whole.set()
        line.sendall(b"\r\n".join([b"HTTP/1.1 200 OK", OURS, b"Content-Length: 2", b"", b"ok"]))
        while line.recv(262_144):
            pass

    with answering(serve) as url, Hub(url) as hub:
        assert hub.post("/v1/entries", bytes(SENT), dates_count=True) == b"ok"
        hub.close()
    assert whole.is_set()
