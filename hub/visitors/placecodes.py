"""What the code on a board or on a kiosk's screen says: which place, and whether it holds.

A board is the hub's own word and stays until a newer one. A kiosk's code changes every minute:
it is signed with the kiosk's key, whose certificate it brings, and names the boot and the boot
clock, so that its age is known whatever the kiosk's wall clock shows.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from hub.intake.answers import ring
from hub.intake.clocks import ASSERTED_MS, DELAY_MS, DRIFT
from hub.intake.models import Boot, Chain, Claim, Kiosk, Place
from hub.intake.transactions import now_ms
from hub.places.boards import latest, shortened
from hub.places.models import BoardIssue, Stage, StageChange
from wire import tokens
from wire.claims import Board
from wire.enrol import KioskCertificate
from wire.errors import WireError

FRESH_MS = 5 * 60 * 1000
"""How old a kiosk's code may be when it is opened: a slow network's time, not a photograph's."""

WAYS = {
    "current": ("in", "out"),
    "renamed": ("in", "out"),
    "old": ("in", "out"),
    "suspended": ("out",),
}
"""What one can do at a place whose code is in this state; nothing where it is not named."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A code that was opened; ``state`` is a word of the pages, ``how`` board or minute.

    States: current, renamed, old, suspended, closed, soon, stale, unknown-age, forged.
    """

    state: str
    how: str = "board"
    place: Place | None = None
    gate: str = ""
    decision: StageChange | None = None

    @property
    def ways(self) -> tuple[str, ...]:
        """Which directions can be recorded."""
        return WAYS.get(self.state, ())


def opened(token: str) -> Opened:
    """Judge the token of a board's address (what follows ``/B/``)."""
    issuers = {key.public.kid: key.public for key in ring().signing_keys}
    try:
        read = tokens.read(f"https://hub.invalid/B/{token}", issuers)
    except WireError:
        return Opened("forged")
    facts = read.facts
    if not isinstance(facts, Board):
        return Opened("forged")
    place = Place.objects.select_related("profile").filter(pk=facts.place).first()
    if place is None:
        return Opened("forged")
    if read.certificate is None:
        return _stands(place, facts.gate, "board", _board_state(place, facts))
    return _minute(place, facts, read.certificate)


def standing(place: Place, gate: str, how: str) -> Opened:
    """Return how a place stands now, its code having been judged before."""
    return _stands(place, gate, how, "current")


def _board_state(place: Place, facts: Board) -> str:
    row = next(
        (
            issue
            for issue in BoardIssue.objects.filter(place=place, gate=facts.gate)
            if int(issue.issued.timestamp()) == facts.issued
        ),
        None,
    )
    newest = latest(place.pk, facts.gate)
    if row is not None and row.revoked is not None:
        return "old"
    if newest is not None and int(newest.issued.timestamp()) > facts.issued:
        return "old"
    return "current" if shortened(place.name) == facts.name else "renamed"


def _minute(place: Place, facts: Board, certificate: KioskCertificate) -> Opened:
    kiosk = Kiosk.objects.filter(pk=certificate.kiosk).first()
    known = kiosk is not None and Claim.objects.filter(
        kiosk=kiosk, key=certificate.key, status=Claim.Status.ACCEPTED
    )
    if kiosk is None or not known or kiosk.status == Kiosk.Status.REVOKED:
        return Opened("forged", "minute")
    if not certificate.place == facts.place == kiosk.place_id:
        return Opened("forged", "minute")
    if facts.chain and _others(facts.chain, kiosk):
        return Opened("forged", "minute")
    now = now_ms()
    gate = facts.gate or kiosk.gate
    if not facts.boot and not facts.issued:
        # Nothing was known of the time there: the kiosk shows what a board on the wall says.
        over = certificate.expires_ms < now
        return Opened("stale", "board", place, gate) if over else standing(place, gate, "board")
    age, error = _age(facts, kiosk, now)
    if age is None:
        return Opened("unknown-age", "minute", place, gate)
    if not -error - 60_000 <= age <= FRESH_MS + error or certificate.expires_ms < now:
        return Opened("stale", "minute", place, gate)
    return _stands(place, gate, "minute", "current")


def _others(chain: bytes, kiosk: Kiosk) -> bool:
    """Whether the code names an outbox that is another kiosk's."""
    rows = Chain.objects.filter(chain=uuid.UUID(bytes=chain))
    return rows.exists() and not rows.filter(kiosk=kiosk).exists()


def _age(facts: Board, kiosk: Kiosk, now: int) -> tuple[int | None, int]:
    """Return how old a code is and how far off that may be, in milliseconds."""
    if facts.boot:
        boot = Boot.objects.filter(kiosk=kiosk, boot_id=uuid.UUID(bytes=facts.boot)).first()
        if boot is not None:
            error = DELAY_MS + round(DRIFT * abs(facts.boot_ms - boot.sample_ms))
            return now - (boot.offset_ms + facts.boot_ms), error
    # A kiosk whose clock only a guard vouches for gives its code no end.
    error = DELAY_MS if facts.until else ASSERTED_MS
    return (now - facts.issued * 1000, error) if facts.issued else (None, 0)


def _stands(place: Place, gate: str, how: str, state: str) -> Opened:
    profile = getattr(place, "profile", None)
    now = dt.datetime.now(dt.UTC)
    decision = None
    if profile is not None:
        if profile.stage == Stage.CLOSED or (profile.ends and profile.ends <= now):
            state = "closed"
        elif profile.starts and profile.starts > now + dt.timedelta(hours=2):
            state = "soon"
        elif profile.stage == Stage.SUSPENDED:
            state = "suspended"
            steps = place.stages.filter(stage=Stage.SUSPENDED)
            decision = steps.order_by("-at", "-pk").first()
    return Opened(state, how, place, gate, decision)
