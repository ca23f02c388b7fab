"""This kiosk's standing at its hub while it runs: identity, claim, settings, what codes mean."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import uuid
from dataclasses import replace
from pathlib import Path

import kiosk
from kiosk.clock import Clock, wall_time
from kiosk.codes import Context
from kiosk.codes.trustlist import TrustList
from kiosk.errors import DiskRefused
from kiosk.identity import Identity
from kiosk.meaning import Meaning
from kiosk.model import ClockState
from wire import tokens
from wire.claims import Board, Declaration
from wire.enrol import Claim, ClaimAnswer, EnrolmentCode
from wire.hanging import Hanging

BOARD_NAME = 40
"""Letters of the place's name in the code on the screen: it must stay a small one."""

BOARD_S = 180
"""How long a minute's code counts: whoever photographed it still walks to a chair."""


class Membership:
    """Holds the identity in force; changes only by what the hub signed, durably first."""

    def __init__(
        self,
        data: Path,
        identity: Identity,
        clock: Clock,
        *,
        trust_list: TrustList | None = None,
        last_receipt_ms: int | None = None,
    ) -> None:
        self._data = data
        self._clock = clock
        self._trust_list = trust_list
        self._floor = None if last_receipt_ms is None else wall_time(last_receipt_ms)
        self._request = uuid.uuid4()
        self._changing = threading.Lock()  # the network's answers and a stick's may meet
        self.identity = identity
        self._meaning = self._mean()

    @property
    def trust_list_as_of(self) -> dt.datetime | None:
        """When the list of certificate signers was drawn up, if one was loaded."""
        return None if self._trust_list is None else self._trust_list.as_of

    def context(self) -> Context:
        """Return what is known of codes at this moment."""
        return self._meaning.context()

    def issue(self, declaration: Declaration) -> str:
        """Sign a declaration for its bearer, under this kiosk's certificate."""
        return tokens.issue(declaration, self.identity.key, self.identity.certificate)

    def board(self, chain: uuid.UUID) -> str:
        """Return the place's own check-in code as it is this minute.

        It names outbox, boot and time since boot under this kiosk's signature, so that a
        photograph of it grows old. While nothing is known of the time neither side could
        tell how old, and the code is one that does not change.
        """
        now, code = self._clock.now(), self.identity.code
        name = code.place_name
        name = name if len(name) <= BOARD_NAME else name[: BOARD_NAME - 1] + "…"
        minute = now.wall_ms // 60_000 * 60
        board = Board(code.place, name, 0, code.gate)
        if now.state != ClockState.UNTRUSTED.value:
            board = replace(
                board,
                issued=minute,
                until=minute + BOARD_S if now.state == ClockState.TRUSTED.value else 0,
                chain=chain.bytes,
                boot=now.boot_id.bytes,
                boot_ms=now.boot_ms,
            )
        return tokens.issue_board(board, self.identity.key, code.url, self.identity.certificate)

    def rejoin(self, code: EnrolmentCode) -> None:
        """Take a fresh code of this very kiosk: the claim is made anew, key and chain stay."""
        with self._changing:
            self._become(replace(self.identity, code=replace(code, wifi=None), claim="pending"))

    def claim(self, *, request: uuid.UUID | None = None) -> Claim | None:
        """Return the claim that is still to be made, or None once the hub accepted it.

        ``request`` is its id where it is carried by hand, and answered days later.
        """
        me = self.identity
        if me.claim == "accepted":
            return None
        return Claim(
            kiosk=me.kiosk,
            request=request or self._request,
            token=me.code.token,
            key=me.key.public.raw,
            clocks=self._clock.now(),
            version=kiosk.__version__,
        )

    def claimed(self, answer: ClaimAnswer) -> None:
        """Take the hub's answer; raises :class:`~wire.errors.WireError` if it is not sound."""
        with self._changing:
            me = replace(self.identity, claim=answer.status)
            if answer.certificate:
                me = me.believe_certificate(answer.certificate)
            if answer.settings:
                me = me.believe_settings(answer.settings)
            self._become(me)

    def believe(self, settings: bytes) -> None:
        """Take newer settings; raises :class:`~wire.errors.WireError` unless the hub's."""
        with self._changing:
            self._become(self.identity.believe_settings(settings))

    def hear_of_boards(self, boards: Hanging | None) -> None:
        """Take what the hub said, in an answer that was believed, of the place's boards."""
        with self._changing:
            if boards is not None:
                # A disk that refuses: asked again at the next pulse, and nothing else waits.
                with contextlib.suppress(DiskRefused):
                    self._become(replace(self.identity, boards=boards))

    def _become(self, me: Identity) -> None:
        if me != self.identity:
            me.save(self._data)
            self.identity = me
            self._meaning = self._mean()

    def _mean(self) -> Meaning:
        return Meaning(self.identity, self._clock, trust_list=self._trust_list, floor=self._floor)
