"""``POST /v1/enrol``: who may speak for a gate."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace

from tests.hubs import Gate
from wire import signed
from wire.batch import digest
from wire.enrol import ClaimAnswer, KioskCertificate
from wire.keys import SigningKey, VerifyKey


def answer_to(gate: Gate, body: bytes) -> ClaimAnswer:
    return ClaimAnswer.unpack(gate.post("/v1/enrol", body).read("claim-answer"))


def test_the_same_claim_again_gets_the_same_answer(gate: Gate) -> None:
    body = gate.claim_bytes()
    first, second = answer_to(gate, body), answer_to(gate, body)
    assert (first.status, first.certificate) == (second.status, second.certificate)
    assert first.status == "accepted"


def test_the_certificate_says_which_key_speaks_for_which_place(gate: Gate) -> None:
    answer = answer_to(gate, gate.claim_bytes())
    hub = VerifyKey(gate.code.hub_key)
    payload = signed.verify(answer.certificate, [hub], "kiosk-certificate").payload
    certificate = KioskCertificate.unpack(payload)
    assert certificate.kiosk == gate.code.kiosk
    assert certificate.place == gate.code.place
    assert certificate.key == gate.key.public.raw
    assert certificate.expires_ms > answer.now_ms


def test_the_answer_names_the_request_it_answers(gate: Gate) -> None:
    request = uuid.uuid4()
    answer = answer_to(gate, gate.claim_bytes(request=request))
    assert (answer.request, answer.kiosk) == (request, gate.code.kiosk)


def test_a_second_key_with_the_same_token_is_held_without_a_certificate(gate: Gate) -> None:
    rival = replace(gate, key=SigningKey.new())
    answer = answer_to(rival, rival.claim_bytes())
    assert (answer.status, answer.certificate) == ("held", b"")


def test_what_a_held_key_sends_is_stored(gate: Gate) -> None:
    rival = replace(gate, key=SigningKey.new(), chain=uuid.uuid4())
    rival.claim()
    receipt = rival.send(rival.entries(2))
    assert [answer.status for answer in receipt.answers] == ["stored", "stored"]


def test_an_unknown_token_is_refused(gate: Gate) -> None:
    stranger = replace(gate, key=SigningKey.new())
    answer = stranger.claim(token=secrets.token_bytes(16))
    assert (answer.status, answer.refusal.reason) == (403, "unknown-token")


def test_a_token_is_worth_nothing_for_another_kiosk(gate: Gate) -> None:
    stranger = replace(gate, key=SigningKey.new())
    answer = stranger.claim(kiosk=uuid.uuid4())
    assert (answer.status, answer.refusal.reason) == (403, "unknown-token")


def test_a_claim_that_its_own_key_did_not_sign_is_refused(gate: Gate) -> None:
    body = gate.claim_bytes(key=SigningKey.new().public.raw)
    answer = gate.post("/v1/enrol", body)
    assert (answer.status, answer.refusal.reason) == (400, "malformed")
    assert answer.refusal.subject == digest(body)
