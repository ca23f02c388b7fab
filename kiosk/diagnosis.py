"""What lies between this kiosk and its hub, step by step: real probes, for a worker thread.

The steps stop at the first that is not well; each is a word of ``diagnosis``: ``cable``,
``address``, ``name``, ``reach``, ``portal``, ``hub`` (busy), ``known``, ``time``.
"""

from __future__ import annotations

import logging
import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from kiosk import __version__
from kiosk.clock import Clock
from kiosk.conversation import Refused, read_answer
from kiosk.errors import HubUnreachable, NoReceipt
from kiosk.identity import Identity
from kiosk.model import ClockState
from kiosk.upstream import Hub, is_loopback
from wire import signed
from wire.enrol import Claim, ClaimAnswer

WRONG_MS = 120_000
"""A clock that differs from the hub's by more is wrong."""

SOMEWHERE = ("192.0.2.1", 9)
"""An address that is nobody's (RFC 5737): asking for a way there sends nothing."""

Step = tuple[str, bool]

_log = logging.getLogger(__name__)


def cable(root: Path = Path("/")) -> bool:
    """Whether any network interface but the loopback is plugged in or joined."""
    for interface in (root / "sys/class/net").glob("*"):
        if interface.name == "lo":
            continue
        try:
            if (interface / "carrier").read_text(encoding="ascii").strip() == "1":
                return True
        except OSError:  # an interface that is down has no carrier to read
            continue
    return False


def address() -> bool:
    """Whether this machine has an address with a way out of it."""
    for family, target in (
        (socket.AF_INET, SOMEWHERE),
        (socket.AF_INET6, ("2001:db8::1", 9)),
    ):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as door:
                door.connect(target)
                if door.getsockname()[0] not in ("0.0.0.0", "::"):  # noqa: S104 - none at all
                    return True
        except OSError:
            continue
    return False


def name(host: str) -> bool:
    """Whether the hub's name leads to an address."""
    try:
        return bool(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except OSError:
        return False


def look(
    me: Identity, clock: Clock, beat: Callable[[], None], *, root: Path = Path("/")
) -> tuple[Step, ...]:
    """Look at one thing after the other until one is not well; at most a minute."""
    steps: list[Step] = []
    for step in _steps(me, clock, root):
        beat()
        steps.append(step)
        if not step[1]:
            break
    return tuple(steps)


def _steps(me: Identity, clock: Clock, root: Path) -> Iterator[Step]:
    if not is_loopback(me.code.url):
        yield "cable", cable(root)
        yield "address", address()
        yield "name", name(urlsplit(me.code.url).hostname or "")
    yield from _asked(me, clock)


def _asked(me: Identity, clock: Clock) -> Iterator[Step]:
    """Claim the place once more: the same claim changes nothing and always gets its answer."""
    clocks = clock.now()
    trusted = clocks.state == ClockState.TRUSTED.value
    claim = Claim(me.kiosk, uuid.uuid4(), me.code.token, me.key.public.raw, clocks, __version__)
    data = signed.sign(claim.pack(), me.key, "claim")
    try:
        with Hub(me.code.url, pin=me.code.pin) as hub:
            body = hub.post("/v1/enrol", data, dates_count=trusted)
        answer = read_answer(
            body, "claim-answer", asked=data, keys=me.hub_keys, unpack=ClaimAnswer.unpack
        )
    except HubUnreachable as error:
        _log.info("The hub is not reached: %s", error)
        # Something that answers TLS with another certificate stands between, like a portal.
        between = "TLS" in str(error)
        yield "reach", between
        if between:
            yield "portal", False
        return
    except NoReceipt as error:
        yield "reach", True
        if error.retry_after_s is not None:
            yield "hub", False
        else:
            yield "portal", False
        return
    except Refused:
        yield from (("reach", True), ("portal", True), ("known", False))
        return
    yield from (("reach", True), ("portal", True), ("known", answer.status == "accepted"))
    now = clock.now()
    off = abs(answer.now_ms - now.wall_ms)
    yield "time", off <= WRONG_MS and now.state != ClockState.UNTRUSTED.value
