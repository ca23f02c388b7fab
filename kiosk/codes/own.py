"""Our own tokens: signed passes, declarations and place boards (:mod:`wire.tokens`).

What cannot be verified is still read, and says so: the gate records who claims to have
passed. What a kiosk signed is checked through the certificate its hub gave it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from kiosk.codes import facts
from kiosk.codes.family import Context, Family
from kiosk.model import Code, Person, Trust
from wire import tokens
from wire.errors import BadSignature, UnknownKey, WireError
from wire.tokens import Board, Declaration, FutureVersion, Pass, Token

_PERSONAL = re.compile(r"VG[0-9]:", re.IGNORECASE)


def read(text: str, context: Context) -> Code | None:
    """Read a pass, a declaration, or a board, which is nobody's (of whichever hub)."""
    if _PERSONAL.match(text):
        unread = "pass"
    elif tokens.is_board(text):
        unread = "place-board"
    else:
        return None
    try:
        return _code(tokens.read(text, context.issuers), context)
    except FutureVersion:
        return Code(kind=unread, trust=Trust.NOT_CHECKED, reason="future-version")
    except (UnknownKey, BadSignature) as error:
        known = isinstance(error, BadSignature)
        trust = Trust.BAD_SIGNATURE if known else Trust.NOT_CHECKED
        reason = "bad-signature" if known else "unknown-key"
        return _claimed(text, trust, _forged(unread, context) or reason, unread)
    except WireError:
        reason = _forged(unread, context) or "malformed"
        return Code(kind=unread, trust=Trust.BAD_SIGNATURE, reason=reason)


def _forged(unread: str, context: Context) -> str:
    """Return what an enrolled kiosk says of a board that its hub did not sign."""
    return "board-forged" if unread == "place-board" and context.place else ""


def _hangs(board: Board, context: Context, *, minute: bool) -> str:
    """Return whether a board is the one that should hang here: the hub's own words for it.

    Only an enrolled kiosk knows; a kiosk's code of the minute is no board on a wall.
    """
    if not context.place or minute:
        return "place-board"
    if board.place != context.place:
        return "board-swapped"
    if context.boards is None:
        return "board-here"  # which is the newest was not heard yet
    if board.issued < context.boards.newest.get(board.gate, board.issued + 1):
        return "board-old"
    return "board-current" if board.name == context.boards.name else "board-wrong-data"


def _claimed(text: str, trust: Trust, reason: str, unread: str) -> Code:
    """Return what an unverified token says, with no more trust than given."""
    try:
        token = tokens.peek(text)
    except WireError:
        return Code(kind=unread, trust=Trust.BAD_SIGNATURE, reason="malformed")
    return _named(token, trust, reason)


def _code(token: Token, context: Context) -> Code:
    code = _named(token, Trust.SIGNED, "")
    kiosk = token.certificate
    until = code.valid_until
    if kiosk is not None:
        # A kiosk's word holds no longer than the hub's word for the kiosk.
        until = min(until or dt.datetime.max.replace(tzinfo=dt.UTC), _moment(kiosk.expires_ms))
    trust, reason = context.dates(code.valid_from, until)
    taken_back = {code.reference} | ({f"kiosk:{kiosk.kiosk}"} if kiosk is not None else set())
    if not taken_back.isdisjoint(context.revoked):
        trust, reason = Trust.REVOKED, "revoked"
    if isinstance(token.facts, Board):
        reason = reason or _hangs(token.facts, context, minute=kiosk is not None)
    issuer = f"kiosk:{kiosk.kiosk}" if kiosk is not None else token.kid.hex()
    return replace(code, trust=trust, reason=reason, valid_until=until, issuer=issuer)


def _named(token: Token, trust: Trust, reason: str) -> Code:
    match token.facts:
        case Pass():
            return _pass(token.facts, trust, reason)
        case Declaration():
            return _declaration(token.facts, trust, reason)
        case Board():
            board = token.facts
            return Code(
                kind="place-board",
                trust=trust,
                reason=reason or "place-board",
                reference=board.place,
                valid_until=_seconds(board.until),
            )


def _pass(made: Pass, trust: Trust, reason: str) -> Code:
    bearer = made.bearer
    number, birth = facts.document_number(bearer.number), facts.dashed_date(bearer.birth)
    person = Person(
        name=facts.name(bearer.name),
        birth=birth,
        sex=bearer.sex,
        number=number,
        qid=bearer.qid,
        bhyt=facts.bhyt_number(bearer.bhyt),
        phone=bearer.phone,
    )
    return Code(
        kind="pass",
        person=person,
        trust=trust,
        reason=reason,
        reference=made.id.hex(),
        valid_from=_seconds(made.since or made.issued),
        valid_until=_seconds(made.until),
        purpose=made.purpose,
        warnings=facts.disagreements(number, birth, bearer.sex),
        details=(("place", made.place),) if made.place else (),
    )


def _declaration(made: Declaration, trust: Trust, reason: str) -> Code:
    masked = f"{'*' * 8}{made.last4}" if made.last4 else ""
    person = Person(
        name=facts.name(made.name),
        birth=facts.dashed_date(f"{made.birth_year:04d}") if made.birth_year else "",
        number=facts.document_number(masked),
    )
    return Code(
        kind="declaration",
        person=person,
        trust=trust,
        reason=reason,
        reference=made.id.hex(),
        valid_from=_seconds(made.issued),
        valid_until=_seconds(made.until),
        purpose=made.purpose,
        details=(
            ("summary", " ".join(made.summary) or "clear"),
            ("declared-by", "other" if made.by_other else "self"),
        ),
    )


def _seconds(value: int) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(value, dt.UTC) if value else None


def _moment(milliseconds: int) -> dt.datetime:
    # A certificate of the far future (or a nonsense date) holds until the calendar ends.
    latest = dt.datetime.max.replace(tzinfo=dt.UTC, microsecond=0)
    return dt.datetime.fromtimestamp(
        min(max(milliseconds // 1000, 0), int(latest.timestamp())), dt.UTC
    )


FAMILY = Family("own", ("pass", "declaration", "place-board"), read)
