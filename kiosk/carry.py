"""The same batches and receipts by USB stick: what is copied out, and what comes back.

A row is done only when the hub's signed answer names it, by stick as by network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.carrying import Accepted, Asked, Copied, Tell
from kiosk.clock import Clock
from kiosk.errors import StickRefused
from kiosk.membership import Membership
from kiosk.outbox_view import OutboxView
from kiosk.packing import Packer, Report, Writing
from kiosk.queue import Outbox
from kiosk.returns import Returns, heard_ms
from kiosk.stick import Stick
from wire import bundle as wire

COPIES = "copies"
"""The fact that changes when a hub has lost rows: copies made before are answered in vain."""


class Carrier:
    """Copies to sticks, and takes what they bring back; given a mere view, it only copies."""

    def __init__(
        self, outbox: OutboxView, membership: Membership, clock: Clock, *, report: Report
    ) -> None:
        self._outbox = outbox
        self._membership = membership
        self._clock = clock
        self._report = report

    def copy(
        self,
        stick: Stick,
        *,
        quarantined: bool = False,
        done: Sequence[str] = (),
        tell: Tell = lambda _done, _of: None,
    ) -> Copied:
        """Copy what waits (and, if asked, what the hub refused) to a stick opened to write.

        Part by part, the manifest last; then older copies of ours, which this one contains,
        and the answers ``done``, which were taken, are removed. ``tell`` hears how far it
        is. Raises :class:`StickRefused` when not even the first part could be written.
        """
        stock = self._outbox.stock()
        refused = stock.refused if quarantined else 0
        packer = Packer(
            self._outbox, self._membership, self._clock,
            report=self._report, asked=self._asked(), heard_ms=heard_ms(self._outbox),
        )  # fmt: skip
        writing = Writing(packer, stick, tell, stock.waiting + refused)
        writing.parts_from(packer.batches(quarantined=quarantined))
        writing.finish()
        mine = stick.matching(wire.parts_of(packer.kiosk))
        stick.remove([*(name for name in mine if name not in writing.names), *done])
        return Copied(
            writing.bundle, writing.entries, len(writing.parts), writing.size,
            left_out=max(0, stock.waiting + refused - writing.entries), of_refused=refused,
        )  # fmt: skip

    def accept(self, stick: Stick, *, beat: Callable[[], None] = lambda: None) -> Accepted:
        """Take the hub's answers to us from a stick; raises :class:`StickRefused`.

        ``beat`` is called for each file: a stick full of them is long, not a hang.
        """
        returns = self._returns()
        for name in stick.matching(wire.returns_of(self._membership.identity.kiosk)):
            beat()
            data = stick.read(name, most=wire.MAX_RETURN)
            if data is not None and returns.take(data):
                returns.accepted.files.append(name)
        return returns.accepted

    def accept_file(self, path: Path) -> Accepted:
        """Take the hub's answers from one file, wherever it lies."""
        returns = self._returns()
        try:
            if not path.is_file() or path.stat().st_size > wire.MAX_RETURN:
                raise StickRefused(f"{path} is no file of the hub's answers.", word="stick_foreign")
            data = path.read_bytes()
        except OSError as error:
            raise StickRefused(
                f"{path} cannot be read: {error.strerror}.", word="stick_bad"
            ) from error
        if returns.take(data):
            returns.accepted.files.append(path.name)
        return returns.accepted

    def hear(self, now_ms: int) -> None:
        """Take a time that the hub signed elsewhere on a stick (a courier's token)."""
        self._returns().learn(now_ms)

    def _returns(self) -> Returns:
        assert isinstance(self._outbox, Outbox), "answers are taken by the outbox's owner"
        return Returns(self._outbox, self._membership, self._clock, asked=self._asked())

    def _asked(self) -> Asked:
        return Asked(self._membership.identity.key.raw, self._outbox.fact(COPIES) or b"")

    def __repr__(self) -> str:
        return f"Carrier({self._outbox!r})"
