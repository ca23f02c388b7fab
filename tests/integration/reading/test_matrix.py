"""Each way in which a pass or a declaration can be wrong: its own verdict, and its own words."""

from __future__ import annotations

import uuid
from dataclasses import replace

import base45
import pytest

from kiosk import notices
from kiosk.clock import SetClock
from kiosk.codes import Context
from kiosk.commands.lines import verdict_line
from kiosk.desk import Desk, Services
from kiosk.model import GatePolicy, Outcome, Trust
from kiosk.presence import TagKey
from kiosk.queue import FILE, Outbox
from kiosk.recorder import Station
from kiosk.words import languages, load
from tests.unit.codes.payloads import (
    CCCD,
    DAY_S,
    DECLARATION,
    HUB,
    NOW,
    NOW_S,
    PASS,
    STRANGER,
)
from wire import b45, signed, tokens
from wire.keys import OpenKey

KNOWN = Context(now=NOW, clock_trusted=True, issuers={HUB.kid: HUB.public})
SOUND = tokens.issue(PASS, HUB)


def altered(text: str) -> str:
    """Alter one bit of the name."""
    data = bytearray(base45.b45decode(text[4:]))
    data[data.index("Dụ".encode())] ^= 1
    return text[:4] + b45.encode(bytes(data))


def forged() -> tuple[str, Context]:
    """Return a stranger's pass that claims the hub's key."""
    return tokens.issue(PASS, STRANGER), replace(KNOWN, issuers={STRANGER.kid: HUB.public})


def later() -> str:
    """Return a token whose own claims say that they are of a later version."""
    claims = PASS.pack() | {0: 2}
    return "VG1:" + b45.encode(signed.sign(claims, HUB, "pass"))


# What is shown, what is known, the outcome, the trust, and the word that stands for why.
MATRIX = {
    "sound": (SOUND, KNOWN, Outcome.RECORDED, Trust.SIGNED, ""),
    "forged": (*forged(), Outcome.RECORDED, Trust.BAD_SIGNATURE, "bad-signature"),
    "altered": (altered(SOUND), KNOWN, Outcome.RECORDED, Trust.BAD_SIGNATURE, "bad-signature"),
    "cut": (SOUND[:-40], KNOWN, Outcome.NOT_FOR_US, Trust.BAD_SIGNATURE, "malformed"),
    "expired": (
        tokens.issue(replace(PASS, until=NOW_S - 1), HUB),
        *(KNOWN, Outcome.RECORDED, Trust.EXPIRED, "expired"),
    ),
    "not yet valid": (
        tokens.issue(replace(PASS, since=NOW_S + DAY_S), HUB),
        *(KNOWN, Outcome.RECORDED, Trust.EXPIRED, "not-yet-valid"),
    ),
    "revoked": (
        *(SOUND, replace(KNOWN, revoked=frozenset({PASS.id.hex()}))),
        *(Outcome.REFUSED, Trust.REVOKED, "revoked"),
    ),
    "unknown key": (
        tokens.issue(PASS, STRANGER),
        *(KNOWN, Outcome.RECORDED, Trust.NOT_CHECKED, "unknown-key"),
    ),
    "future version": (
        "VG2:" + SOUND[4:],
        *(KNOWN, Outcome.NOT_FOR_US, Trust.NOT_CHECKED, "future-version"),
    ),
    "future claims": (
        later(),
        *(KNOWN, Outcome.NOT_FOR_US, Trust.NOT_CHECKED, "future-version"),
    ),
    "for another place": (
        tokens.issue(replace(PASS, place="p2"), HUB),
        *(KNOWN, Outcome.RECORDED, Trust.SIGNED, "wrong-place"),
    ),
    "clock untrusted": (
        *(SOUND, replace(KNOWN, clock_trusted=False)),
        *(Outcome.RECORDED, Trust.VALIDITY_NOT_CHECKED, ""),
    ),
}


def desk(tmp_path, context: Context, policy: GatePolicy | None = None) -> tuple[Desk, Outbox]:
    outbox = Outbox(tmp_path / FILE)
    station = Station(uuid.UUID(int=7), "p1", "A", lambda: OpenKey(bytes(range(32))).public)
    services = Services(tags=TagKey(bytes(32), fresh=False).tags, context=lambda: context)
    return Desk(station, outbox, services, SetClock(NOW_S * 1000), policy=policy), outbox


@pytest.mark.parametrize("case", MATRIX)
def test_each_way_of_being_wrong_has_its_verdict_and_is_kept_as_such(case, tmp_path):
    text, context, outcome, trust, word = MATRIX[case]
    gate, outbox = desk(tmp_path, context)
    with outbox:
        verdict = gate.present(text)
        assert (verdict.outcome, verdict.trust) == (outcome, trust)
        why = {verdict.reason, *verdict.alerts} - {""}
        assert why == ({word} if word else set())
        line = verdict_line(verdict)
        assert {line["reason"], *line["alerts"]} - {None} == why
        # A person's passage is kept with its trust, also where it was refused.
        kept = [row.entry.header.trust for row in outbox.rows()]
        assert kept == ([] if outcome is Outcome.NOT_FOR_US else [trust.value])


@pytest.mark.parametrize("language", languages())
def test_each_way_of_being_wrong_has_words_of_its_own(language):
    words = load(language)
    said = {}
    for word in {row[4] for row in MATRIX.values()} - {""} | {"declaration-of-another"}:
        sentences = {notices.reason(word, words), notices.alert(word, words)}
        said[word] = sentences - {words["reason.other"], words["alert.other"]}
        assert said[word], word
    every = [sentence for sentences in said.values() for sentence in sentences]
    assert len({*every}) == len(every)


def test_anothers_declaration_leaves_its_shower_waiting_and_says_so(tmp_path):
    gate, outbox = desk(tmp_path, KNOWN, GatePolicy(declaration=True))
    theirs = replace(DECLARATION, name="T. V. Khác", birth_year=1971, last4="9876")
    with outbox:
        waits = gate.present(CCCD)
        assert (waits.outcome, waits.reason) == (Outcome.NOT_FOR_US, "declaration-needed")
        other = gate.present(tokens.issue(theirs, HUB))
        assert (other.outcome, other.reason) == (Outcome.NOT_FOR_US, "declaration-of-another")
        assert outbox.rows() == []
        own = gate.present(tokens.issue(replace(DECLARATION, summary=()), HUB))
        assert own.outcome is Outcome.RECORDED
        assert len(outbox.rows()) == 1
