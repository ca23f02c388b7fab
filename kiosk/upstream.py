"""The way to the hub: one POST of signed bytes. The door to requests.

TLS is always verified, with no switch to turn it off; plain HTTP goes to loopback only.
A hub on a LAN is recognised by the fingerprint of its certificate (``pin``) instead of a
certificate authority. While the kiosk's clock is not trusted, the certificate's chain and
name are verified and its dates are not: a wrong clock must not stop sync.

Whatever answers, and however slowly, the outcome is bytes or a :class:`~kiosk.errors.Retry`:
requests' sessions are passed by, for they read the whole of a redirect that nobody follows and
keep every cookie, and so is unpacking, which the signed bytes do for themselves.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import logging
import socket
import ssl
import time
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from kiosk.errors import BadConfig, HubUnreachable, NoReceipt
from wire.signed import MEDIA_TYPE

TIMEOUT_S = (5.0, 20.0)
"""Seconds to connect and to wait for each part of the answer; always on."""

SENDING_S = 60.0
"""Seconds for a whole request to leave: 230 KB at 4 kB/s, where a gate has the oldest network.
On a line that is slower still, batches are halved until they pass."""

LONGEST_S = 40.0
"""Seconds for a whole answer: one that trickles byte by byte is no answer."""

MAX_ANSWER = 1024 * 1024
"""No answer of the hub comes near this; a longer one is not read."""

# A cut or garbled header is a failed try as any other, and no warning with a traceback.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)

_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME, openssl/x509_vfy.h


class Upstream(Protocol):
    """Something that takes signed bytes and answers with bytes."""

    def post(self, path: str, data: bytes, *, dates_count: bool) -> bytes:
        """Send ``data`` to ``path``; raises :class:`~kiosk.errors.Retry` errors."""

    def close(self) -> None:
        """Let connections go."""


def is_loopback(url: str) -> bool:
    """Whether ``url`` points at this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Hub:
    """A hub behind HTTPS (or loopback HTTP); a context manager."""

    def __init__(self, url: str, *, pin: bytes = b"") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadConfig(f"{url!r} is no address of a hub; it begins with https://.")
        if parts.scheme == "http" and not is_loopback(url):
            raise BadConfig(f"The hub's address {url} is not encrypted; it must be https://.")
        self._url = url.rstrip("/")
        self._pin = pin
        self._ways: dict[bool, HTTPAdapter] = {}

    def post(self, path: str, data: bytes, *, dates_count: bool) -> bytes:
        """Send ``data``; return the answer's bytes, believed by nobody yet.

        A signed refusal comes with an HTTP error, so the body counts and the status does
        not. Raises :class:`HubUnreachable`, or :class:`NoReceipt` when what answered
        cannot be our hub (another media type, too long, cut).
        """
        asked = requests.Request(
            "POST",
            self._url + path,
            data=data,
            headers={
                "Content-Type": MEDIA_TYPE,
                "Accept": MEDIA_TYPE,
                "Accept-Encoding": "identity",
                "User-Agent": "kiosk",
            },
        ).prepare()
        try:
            way = self._way(dates_count=dates_count)
            with way.send(asked, stream=True, timeout=TIMEOUT_S) as answer:
                retry_after = _seconds(answer.headers.get("Retry-After"))
                kind = answer.headers.get("Content-Type", "").split(";")[0].strip()
                if kind != MEDIA_TYPE or "Content-Encoding" in answer.headers:
                    raise NoReceipt(
                        f"Something answered {answer.status_code} in the hub's place.",
                        retry_after_s=retry_after,
                    )
                body = _body(answer)
                if answer.status_code in (429, 503):
                    raise NoReceipt("The hub is busy.", retry_after_s=retry_after)
                return body
        except requests.exceptions.SSLError as error:
            raise HubUnreachable(
                "What answers is not our hub: its TLS certificate does not fit."
            ) from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise HubUnreachable("The hub cannot be reached.") from error
        except (ValueError, HTTPError, http.client.HTTPException) as error:
            # The libraries' own surprises about headers and chunks that make no sense.
            raise HubUnreachable("What answers in the hub's place is not understood.") from error

    def _way(self, *, dates_count: bool) -> HTTPAdapter:
        way = self._ways.get(dates_count)
        if way is None:
            way = _Adapter(self._pin, dates_count=dates_count)
            self._ways[dates_count] = way
        return way

    def close(self) -> None:
        """Close connections; harmless twice."""
        while self._ways:
            self._ways.popitem()[1].close()

    def __enter__(self) -> Hub:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Hub({self._url!r}, pinned={bool(self._pin)})"


class _Adapter(HTTPAdapter):
    """TLS as the module says; one pooled connection."""

    def __init__(self, pin: bytes, *, dates_count: bool) -> None:
        self._pin = pin
        self._context = ssl.create_default_context()
        # Python 3.13 also asks for forms (RFC 5280's key identifiers) that a unit's own authority
        # may lack: a gate must not lose its hub with its system's next version.
        self._context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if pin:
            self._context.check_hostname = False
            self._context.verify_mode = ssl.CERT_NONE  # the pin below is checked instead
        elif not dates_count:
            self._context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Hand our TLS rules to urllib3."""
        kwargs["ssl_context"] = self._context
        if self._pin:
            kwargs["assert_fingerprint"] = self._pin.hex()
            kwargs["assert_hostname"] = False
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, conn: Any, *_: Any, **__: Any) -> None:  # theirs
        """Leave verification to our context; requests would put its own bundle in."""
        if not self._pin:
            conn.cert_reqs = "CERT_REQUIRED"

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> Any:
        """Keep requests from choosing a context of its own."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {}


class _Punctual(io.RawIOBase):
    """What arrives on a socket until a deadline: an answer that trickles ends there, too."""

    def __init__(self, raw: io.RawIOBase, line: socket.socket, until: float) -> None:
        self._raw, self._line, self._until = raw, line, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("The hub's answer does not come to an end.")
        self._line.settimeout(min(left, TIMEOUT_S[1]))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer that is whole within :data:`LONGEST_S`, headers and all, or none."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_Punctual(raw, sock, time.monotonic() + LONGEST_S))


class _Patient:
    """A connection that lets a request leave for longer than it may take to connect.

    urllib3 sends under the time that connecting may take, for the whole of a body.
    """

    sock: socket.socket | None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]  # of the connection it is mixed into
        self._wait()

    def send(self, data: Any) -> None:
        self._wait()
        super().send(data)  # type: ignore[misc]  # of the connection it is mixed into

    def _wait(self) -> None:
        if self.sock is not None:
            self.sock.settimeout(SENDING_S)


class _Connection(_Patient, HTTPConnection):
    response_class = _Answer


class _TlsConnection(_Patient, HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def _body(answer: requests.Response) -> bytes:
    promised = answer.headers.get("Content-Length")
    parts, size = [], 0
    for part in answer.iter_content(1024):
        size += len(part)
        if size > MAX_ANSWER:
            raise NoReceipt("What answered in the hub's place does not stop talking.")
        parts.append(part)
    if promised is not None and _number(promised) not in (None, size):
        raise HubUnreachable("The hub's answer was cut on the way.")
    return b"".join(parts)


def _seconds(text: str | None) -> float | None:
    """Read Retry-After in seconds; the date form is for clocks that can be trusted."""
    found = _number(text or "")
    return None if found is None else float(found)


def _number(text: str) -> int | None:
    """Read a plain number; ``isdigit`` alone is true of what no number is made of."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
