"""Who may write to a stick by plugging it in, and the thread that notices sticks.

The hub's answers are taken from any stick, for only their signature counts and nothing is
written for it. Copies are written to a stick that bears the hub's courier token, or when
the steward asks for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kiosk.carry import Carrier
from kiosk.carrying import Accepted
from kiosk.clock import Clock
from kiosk.errors import DiskRefused, StickRefused
from kiosk.identity import Identity
from kiosk.model import ClockState
from kiosk.stick import Plugged, Stick, plugged
from kiosk.workers import Worker
from wire import signed
from wire.bundle import COURIER_FILE, MAX_SMALL, Courier
from wire.errors import WireError

_log = logging.getLogger(__name__)

LOOK_S = 1.0
"""How often mounts are looked at: a file of the kernel's memory, read in 0.1 ms."""

Seen = Callable[[], Sequence[Plugged]]


@dataclass(frozen=True, slots=True)
class News:
    """What came of a stick, for whoever shows it; nothing personal.

    ``word`` names a sentence (``answer.<word>``): ``copying`` while ``count`` of ``total`` are
    on the stick, ``exported`` (asked) or ``copied`` when it can be removed, ``stick_part`` when
    it was too small, ``received`` when it only brought answers, else what is wrong. ``asked``:
    the steward did.
    """

    word: str
    ok: bool = True
    count: int = 0
    total: int = 0
    left_out: int = 0
    retired: int = 0
    asked: bool = False

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What fills the braces of the sentence, numbers as people here write them."""
        names = ("count", "total", "left_out", "retired")
        return tuple((name, f"{getattr(self, name):,}".replace(",", ".")) for name in names)


class Couriers:
    """Watches for sticks; :meth:`work` is the thread ``carry``."""

    def __init__(
        self,
        carrier: Carrier,
        *,
        me: Callable[[], Identity],
        clock: Clock,
        heard_ms: Callable[[], int],
        seen: Seen,
        tell: Callable[[News], None],
    ) -> None:
        """``seen`` lists the sticks that are plugged in now; ``tell`` hears what came of one."""
        self._carrier = carrier
        self._me = me
        self._clock = clock
        self._heard_ms = heard_ms
        self._seen = seen
        self._tell = tell
        self._known: set[Plugged] = set()
        self._one = threading.Lock()  # the steward's errand and a courier's stick may meet

    def wanted(self, *, beat: Callable[[], None], quarantined: bool = False) -> News:
        """Copy to the newest stick that is there, as the steward asks; returns what came of it.

        Takes as long as the stick does; ``tell`` hears how far it is. Raises
        :class:`StickRefused`, also where no stick is there.
        """
        with self._one:
            here = list(self._seen())
            if not here:
                raise StickRefused("There is no stick; plug one in.", word="no_stick")
            self._known.add(here[-1])
            with Stick(here[-1].path) as stick:
                accepted = self._carrier.accept(stick, beat=beat)
            return self._copy(here[-1], accepted, beat, asked=True, quarantined=quarantined)

    def work(self, worker: Worker) -> None:
        """Look after sticks until asked to stop."""
        while not worker.wait(LOOK_S):
            self.step(beat=worker.pulse.beat)

    def step(self, *, beat: Callable[[], None] = lambda: None) -> None:
        """Look once, and serve what was plugged in since."""
        with self._one:
            here = list(self._seen())
            self._known &= set(here)
            for one in here:
                if one not in self._known:
                    self._known.add(one)
                    self._serve(one, beat)

    def _serve(self, one: Plugged, beat: Callable[[], None]) -> None:
        try:
            news = self._plugged(one, beat)
        except StickRefused as error:
            _log.warning("A stick: %s", error)
            news = News(error.word, ok=False)
        except DiskRefused as error:
            _log.error("What a stick brought could not be kept: %s", error)
            news = News("failed", ok=False)
        if news is not None:
            self._tell(news)

    def _plugged(self, one: Plugged, beat: Callable[[], None]) -> News | None:
        with Stick(one.path) as stick:
            accepted = self._carrier.accept(stick, beat=beat)
            courier = read_courier(stick, self._me())
        if courier is not None:
            self._carrier.hear(courier.issued_ms)
            check_courier(courier, self._me(), self._clock, heard_ms=self._heard_ms())
            return self._copy(one, accepted, beat, asked=False)
        return News("received", retired=accepted.retired) if accepted.files else None

    def _copy(
        self,
        one: Plugged,
        accepted: Accepted,
        beat: Callable[[], None],
        *,
        asked: bool,
        quarantined: bool = False,
    ) -> News:
        def tell(done: int, total: int) -> None:
            beat()
            self._tell(News("copying", count=done, total=total, asked=asked))

        with Stick(one.path, write=True) as stick:
            copied = self._carrier.copy(
                stick, quarantined=quarantined, done=accepted.files, tell=tell
            )
        # Said only now that the stick is let go and everything on it is synced.
        return News(
            "stick_part" if copied.left_out else "exported" if asked else "copied",
            ok=not copied.left_out,
            count=copied.entries,
            total=copied.entries + copied.left_out,
            left_out=copied.left_out,
            retired=accepted.retired,
            asked=asked,
        )

    def __repr__(self) -> str:
        return f"Couriers({len(self._known)} sticks)"


def watched(roots: Sequence[str], folders: Sequence[str]) -> Seen:
    """Return what lists the sticks mounted below ``roots``, and the folders named."""
    return lambda: list(plugged(roots, folders))


def read_courier(stick: Stick, me: Identity) -> Courier | None:
    """Return the token on a stick, None where there is none; raises for somebody else's."""
    data = stick.read(COURIER_FILE, most=MAX_SMALL)
    if data is None:
        return None
    try:
        return Courier.unpack(signed.verify(data, me.hub_keys, "courier").payload)
    except WireError as error:
        raise StickRefused(
            "The stick's token is not of this kiosk's hub; nothing was written to it.",
            word="stick_foreign",
        ) from error


def check_courier(courier: Courier, me: Identity, clock: Clock, *, heard_ms: int) -> None:
    """Raise :class:`StickRefused` unless the token lets this kiosk write now.

    A clock that nobody vouches for ends no token; a time that the hub signed does.
    """
    now = clock.now()
    known_ms = now.wall_ms if now.state == ClockState.TRUSTED.value else heard_ms
    if not courier.covers(me.kiosk, me.code.place):
        raise StickRefused("The stick's token is for other gates.", word="courier_elsewhere")
    if courier.id.hex in me.settings.revoked:
        raise StickRefused("The stick's token was taken back.", word="courier_revoked")
    if courier.expires_ms <= known_ms:
        raise StickRefused("The stick's token is over; ask the hub.", word="courier_expired")
