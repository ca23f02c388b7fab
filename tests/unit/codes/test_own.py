"""Our own tokens at the gate: each way of being wrong has its own trust and reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import base45
import pytest

from kiosk.codes import Context, classify
from kiosk.model import Person, Trust
from tests.unit.codes.payloads import (
    BOARD,
    DAY_S,
    DECLARATION,
    HUB,
    KIOSK,
    KIOSK_ID,
    NOW,
    NOW_S,
    OLD_HUB,
    PASS,
    STRANGER,
    certificate,
)
from wire import b45, signed, tokens
from wire.hanging import Hanging
from wire.keys import SigningKey

CONTEXT = Context(
    now=NOW,
    clock_trusted=True,
    issuers={HUB.kid: HUB.public, OLD_HUB.kid: OLD_HUB.public},
)


def answer(text: str, context: Context = CONTEXT) -> tuple[Trust, str]:
    """Return a code's trust and reason."""
    code = classify(text, context)
    return code.trust, code.reason


def test_a_pass_gives_identity_purpose_and_validity() -> None:
    code = classify(tokens.issue(PASS, HUB), CONTEXT)
    assert (code.kind, code.trust, code.reason) == ("pass", Trust.SIGNED, "")
    assert code.person == Person(
        name="Nguyễn Thị Ví Dụ",
        birth="1999-02-01",
        sex="female",
        number="054199012345",
        phone="0900000001",
    )
    assert (code.purpose, code.reference) == ("staff", PASS.id.hex())
    assert code.valid_until == NOW + dt.timedelta(days=365)
    assert code.keys == ("number:054199012345",)


def test_a_pass_without_a_number_is_known_by_its_id() -> None:
    bare = replace(PASS, bearer=replace(PASS.bearer, number=""))
    assert classify(tokens.issue(bare, HUB), CONTEXT).keys == (f"pass:{PASS.id.hex()}",)


def altered(text: str) -> str:
    """Alter one bit of the name inside a personal token."""
    data = bytearray(base45.b45decode(text[4:]))
    data[data.index("Dụ".encode())] ^= 1
    return text[:4] + b45.encode(bytes(data))


def test_each_way_of_being_wrong_has_its_own_answer() -> None:
    sound = tokens.issue(PASS, HUB)
    forged = tokens.issue(PASS, STRANGER)
    over = tokens.issue(replace(PASS, until=NOW_S - 1), HUB)
    early = tokens.issue(replace(PASS, since=NOW_S + DAY_S), HUB)
    assert answer(sound) == (Trust.SIGNED, "")
    assert answer(forged) == (Trust.NOT_CHECKED, "unknown-key")
    assert answer(altered(sound)) == (Trust.BAD_SIGNATURE, "bad-signature")
    assert answer(over) == (Trust.EXPIRED, "expired")
    assert answer(early) == (Trust.EXPIRED, "not-yet-valid")
    assert answer("VG2:" + sound[4:]) == (Trust.NOT_CHECKED, "future-version")
    assert answer(sound[:-40]) == (Trust.BAD_SIGNATURE, "malformed")
    revoked = replace(CONTEXT, revoked=frozenset({PASS.id.hex()}))
    assert answer(sound, revoked) == (Trust.REVOKED, "revoked")


def test_a_key_that_claims_anothers_id_has_a_bad_signature() -> None:
    as_if = replace(CONTEXT, issuers={STRANGER.kid: HUB.public})
    assert answer(tokens.issue(PASS, STRANGER), as_if) == (Trust.BAD_SIGNATURE, "bad-signature")


def test_whoever_shows_an_unproved_pass_is_still_named() -> None:
    for text in (tokens.issue(PASS, STRANGER), altered(tokens.issue(PASS, HUB))):
        code = classify(text, CONTEXT)
        assert code.person is not None
        assert code.person.number == "054199012345"


def test_every_bit_of_a_pass_is_under_its_signature() -> None:
    data = base45.b45decode(tokens.issue(PASS, HUB)[4:])
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        trust, reason = answer("VG1:" + b45.encode(bytes(changed)))
        assert trust in (Trust.BAD_SIGNATURE, Trust.NOT_CHECKED)
        assert reason in ("bad-signature", "malformed", "unknown-key")


def test_an_old_key_keeps_old_cards_valid() -> None:
    assert answer(tokens.issue(PASS, OLD_HUB)) == (Trust.SIGNED, "")


def test_an_untrusted_clock_calls_nothing_expired() -> None:
    over = tokens.issue(replace(PASS, until=NOW_S - 1), HUB)
    lost = replace(CONTEXT, clock_trusted=False)
    assert answer(over, lost) == (Trust.VALIDITY_NOT_CHECKED, "clock")
    assert answer(over, replace(lost, floor=NOW)) == (Trust.EXPIRED, "expired")
    assert answer(over, replace(lost, floor=NOW - dt.timedelta(days=1)))[0] is (
        Trust.VALIDITY_NOT_CHECKED
    )


def test_revocation_needs_no_clock() -> None:
    lost = replace(CONTEXT, clock_trusted=False, revoked=frozenset({PASS.id.hex()}))
    assert answer(tokens.issue(PASS, HUB), lost) == (Trust.REVOKED, "revoked")


def test_a_token_that_was_just_issued_is_valid_by_a_clock_that_is_a_little_slow() -> None:
    fresh = tokens.issue(replace(DECLARATION, issued=NOW_S + 120), HUB)
    assert answer(fresh) == (Trust.SIGNED, "")


def test_a_declaration_shows_masked_facts_and_what_it_comes_to() -> None:
    code = classify(tokens.issue(DECLARATION, HUB), CONTEXT)
    assert (code.kind, code.trust, code.purpose) == ("declaration", Trust.SIGNED, "patient")
    assert code.person == Person(name="N. T. V. Dụ", birth="1999", number="********2345")
    assert dict(code.details) == {"summary": "cough", "declared-by": "self"}


def test_a_kiosks_declaration_is_believed_through_its_certificate() -> None:
    code = classify(tokens.issue(DECLARATION, KIOSK, certificate()), CONTEXT)
    assert (code.trust, code.issuer) == (Trust.SIGNED, f"kiosk:{KIOSK_ID}")


def test_a_kiosks_declaration_without_certificate_is_not_checkable_elsewhere() -> None:
    assert answer(tokens.issue(DECLARATION, KIOSK)) == (Trust.NOT_CHECKED, "unknown-key")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda: certificate(scope=("minute-code",)), (Trust.BAD_SIGNATURE, "bad-signature")),
        (lambda: certificate(STRANGER), (Trust.BAD_SIGNATURE, "bad-signature")),
        (lambda: certificate(expires_ms=(NOW_S - 1) * 1000), (Trust.EXPIRED, "expired")),
        (
            lambda: signed.sign(signed.peek_payload(certificate()), STRANGER, "kiosk-certificate"),
            (Trust.NOT_CHECKED, "unknown-key"),
        ),
        (lambda: b"no certificate", (Trust.BAD_SIGNATURE, "malformed")),
    ],
    ids=["scope", "other-key", "expired", "not-the-hubs", "none"],
)
def test_a_certificate_that_does_not_carry_it_is_not_enough(made, expected) -> None:
    assert answer(tokens.issue(DECLARATION, KIOSK, made())) == expected


def test_a_kiosk_may_issue_no_passes() -> None:
    assert answer(tokens.issue(PASS, KIOSK, certificate()))[0] is Trust.BAD_SIGNATURE


def test_a_stolen_kiosks_declarations_can_be_taken_back_at_once() -> None:
    stolen = replace(CONTEXT, revoked=frozenset({f"kiosk:{KIOSK_ID}"}))
    text = tokens.issue(DECLARATION, KIOSK, certificate())
    assert answer(text, stolen) == (Trust.REVOKED, "revoked")


def test_a_board_is_nobodys_whoever_signed_it() -> None:
    ours = classify(tokens.issue_board(BOARD, HUB, "https://hub.example.vn"), CONTEXT)
    assert (ours.kind, ours.trust, ours.reason) == ("place-board", Trust.SIGNED, "place-board")
    assert (ours.reference, ours.personal) == ("place-1", False)
    swapped = classify(tokens.issue_board(BOARD, STRANGER, "https://hub.example.vn"), CONTEXT)
    assert (swapped.kind, swapped.trust) == ("place-board", Trust.NOT_CHECKED)


def test_a_pass_of_a_far_future_date_harms_nobody() -> None:
    far = tokens.issue(replace(PASS, until=253_402_300_799), HUB)
    assert answer(far) == (Trust.SIGNED, "")
    chained = tokens.issue(DECLARATION, KIOSK, certificate(expires_ms=2**62))
    assert answer(chained) == (Trust.SIGNED, "")


def test_an_enrolled_kiosk_tells_boards_apart_each_with_its_reason() -> None:
    here = replace(BOARD, place="p7k2m4qa", name="Chợ Ví Dụ", issued=NOW_S, gate="")
    unheard = replace(CONTEXT, place=here.place)
    heard = replace(unheard, boards=Hanging("Chợ Ví Dụ", {"": NOW_S, "Cổng B": NOW_S}))

    def shown(board: tokens.Board, context: Context = heard, key: SigningKey = HUB) -> str:
        return answer(tokens.issue_board(board, key, "https://hub.example.vn"), context)[1]

    assert shown(here) == "board-current"
    assert shown(replace(here, gate="Cổng B")) == "board-current"
    assert shown(replace(here, issued=NOW_S - 1)) == "board-old"
    assert shown(replace(here, gate="Cổng A")) == "board-old"  # taken back: none holds there
    assert shown(replace(here, name="Chợ Cũ")) == "board-wrong-data"
    assert shown(replace(here, place="p0000000")) == "board-swapped"
    assert shown(here, key=STRANGER) == "board-forged"
    assert shown(here, unheard) == "board-here"
    assert shown(here, CONTEXT) == "place-board"
    altered = tokens.issue_board(here, HUB, "https://hub.example.vn")[:-6] + "AAAAAA"
    assert answer(altered, heard)[1] == "board-forged"
