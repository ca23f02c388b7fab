"""What the hub keeps of what it was sent: seen through its own commands."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tests.hubs import PERSON, Gate, HubProcess, statuses
from wire.enrol import ClaimAnswer
from wire.ids import uuid7
from wire.keys import OpenKey, SigningKey, fingerprint


def of(gate: Gate, hub: HubProcess, *args: str) -> list[dict[str, Any]]:
    lines = hub.entries(*args)
    return [line for line in lines if line["kiosk"] == str(gate.code.kiosk)]


def kiosk(gate: Gate, hub: HubProcess) -> dict[str, Any]:
    (one,) = (k for k in hub.json("kiosk", "list") if k["kiosk"] == str(gate.code.kiosk))
    return one


def test_an_entry_is_shown_masked_with_all_its_facts(gate: Gate, hub: HubProcess) -> None:
    entry = gate.entry(direction="out", basis="guard", purpose="visit", trip="51B-1")
    gate.send([entry])
    (line,) = of(gate, hub)
    header = entry.header
    assert line["id"] == str(header.id)
    assert (line["chain"], line["seq"]) == (str(gate.chain), 1)
    assert (line["place"], line["gate"]) == (gate.code.place, "A")
    assert (line["direction"], line["direction_basis"]) == ("out", "guard")
    assert (line["kind"], line["trust"], line["type"]) == ("cccd", "unsigned", "passage")
    assert (line["purpose"], line["trip"]) == ("visit", "51B-1")
    assert line["person"] == {"name": "N. T. V. Dụ", "sex": "female", "birth_year": "1999"}
    assert (line["at"], line["at_error_s"], line["at_basis"]) == (line["wall"], 2.0, "kiosk")
    assert (line["held"], line["flags"]) == (False, [])


def test_names_are_revealed_on_request_and_the_audit_has_it(gate: Gate, hub: HubProcess) -> None:
    gate.send([gate.entry()])
    (line,) = of(gate, hub, "--reveal", "--reason", "drill 1", "--place", gate.code.place)[-1:]
    assert line["person"] == PERSON


def test_no_output_without_reveal_holds_a_name(gate: Gate, hub: HubProcess) -> None:
    gate.send([gate.entry()])
    told = hub.cli("entries").stdout + hub.cli("entries", "--json").stdout
    assert "N. T. V. Dụ" in told
    for value in (PERSON["name"], PERSON["number"], PERSON["phone"], PERSON["address"]):
        assert value not in told


def test_entries_are_chosen_by_time_place_and_number(gate: Gate, hub: HubProcess) -> None:
    gate.send(gate.entries(3))
    assert len(of(gate, hub, "--place", gate.code.place)) == 3
    assert hub.cli("entries", "--place", "nowhere", check=False).returncode == 2
    assert hub.entries("--since", "2100-01-01") == []
    assert [line["seq"] for line in hub.entries("--limit", "1")] == [3]


def test_what_cannot_be_opened_is_kept_sealed_and_flagged(gate: Gate, hub: HubProcess) -> None:
    foreign = gate.entry(seal_key=OpenKey.new().public)
    altered = gate.entry(sealed=os.urandom(320))
    gate.send([foreign, altered, gate.entry()])
    lines = of(gate, hub)
    assert [line["flags"] for line in lines] == [["sealed"], ["altered"], []]
    assert [bool(line["person"]) for line in lines] == [False, False, True]


def test_content_of_any_shape_is_stored(gate: Gate, hub: HubProcess) -> None:
    odd: list[Any] = ["text", 7, {"name": 7, "birth": None, "number": "x\0y"}, {"name": "H'"}]
    assert statuses(gate.send([gate.entry(person) for person in odd])) == ["stored"] * 4
    assert of(gate, hub)[-1]["person"] == {"name": "H'"}
    assert len(of(gate, hub, "--reveal")) == 4


def test_an_entry_that_names_another_place_is_flagged(gate: Gate, hub: HubProcess) -> None:
    gate.send([gate.entry(place="pelsewhere")])
    assert of(gate, hub)[0]["flags"] == ["foreign_place"]


def test_a_copied_card_is_flagged_and_both_sides_are_kept(gate: Gate, hub: HubProcess) -> None:
    gate.send(gate.entries(2))
    clone = replace(gate)
    gate.send(gate.entries(2))
    clone.send(clone.entries(3))
    assert len(of(gate, hub)) == 7
    assert kiosk(gate, hub)["flags"] == ["fork"]


def test_a_broken_link_is_flagged(gate: Gate, hub: HubProcess) -> None:
    gate.send(gate.entries(2))
    gate.send([gate.entry(prev=b"x" * 32)])
    assert kiosk(gate, hub)["flags"] == ["broken"]


def test_a_rewritten_entry_is_flagged_and_the_first_content_stays(
    gate: Gate, hub: HubProcess
) -> None:
    id_ = uuid7(gate.wall_ms)
    gate.send([gate.entry(id=id_)])
    gate.send([gate.entry(id=id_, seq=1, gate="B")])
    (line,) = of(gate, hub)
    assert line["gate"] == "A"
    assert kiosk(gate, hub)["flags"] == ["rewrite"]


def test_a_kiosk_that_fell_back_is_flagged(gate: Gate, hub: HubProcess) -> None:
    entries = gate.entries(3)
    gate.send(entries)
    gate.pulsed(chains=((gate.chain, 2, entries[1].hash),))
    assert kiosk(gate, hub)["flags"] == ["rollback"]


def test_what_a_kiosk_said_to_have_and_never_sent_stays_known_when_it_is_gone(
    gate: Gate, hub: HubProcess
) -> None:
    """Its outbox was lost with all that waited in it, and it speaks of a fresh one alone."""
    entries = gate.entries(9)
    gate.send(entries[:5])
    gate.pulsed()
    fresh = ((uuid.uuid4(), 0, bytes(32)),)
    gate.pulsed(chains=fresh)
    told = kiosk(gate, hub)
    assert (told["missing"], told["chains"][0]["kiosk_seq"]) == (4, 9)
    assert told["flags"] == []
    gate.send(entries[5:])  # a stick had them
    gate.pulsed(chains=fresh)
    assert kiosk(gate, hub)["missing"] == 0


def test_a_kiosk_whose_newest_unsent_entries_are_gone_is_flagged_and_they_stay_missing(
    gate: Gate, hub: HubProcess
) -> None:
    entries = gate.entries(9)
    gate.send(entries[:5])
    gate.pulsed()
    gate.pulsed(chains=((gate.chain, 7, entries[6].hash),))
    told = kiosk(gate, hub)
    assert (told["missing"], told["flags"]) == (4, ["rollback"])


def test_a_head_with_another_hash_is_flagged(gate: Gate, hub: HubProcess) -> None:
    gate.send(gate.entries(3))
    gate.pulsed(chains=((gate.chain, 3, b"x" * 32),))
    assert kiosk(gate, hub)["flags"] == ["fork"]


def test_a_sound_kiosk_has_no_flags_and_its_pulse_shows(gate: Gate, hub: HubProcess) -> None:
    entries = gate.entries(5)
    gate.send(entries[3:])
    gate.send(entries[:3])
    gate.pulsed(health={"version": "1.2.3", "camera": "ok", "odd": b"\x00"}, tally={"entered": 5})
    one = kiosk(gate, hub)
    assert one["flags"] == []
    assert (one["status"], one["version"], one["clock"]) == ("active", "1.2.3", "trusted")
    assert (one["health"]["camera"], one["tally"]["entered"]) == ("ok", 5)
    assert one["chains"] == [{"chain": str(gate.chain), "ranges": [[1, 5]], "kiosk_seq": 5}]
    assert one["last_pulse"] is not None


def test_a_held_key_waits_for_a_decision_and_loses_nothing(gate: Gate, hub: HubProcess) -> None:
    rival = replace(gate, key=SigningKey.new(), chain=uuid.uuid4())
    assert ClaimAnswer.unpack(rival.claim().read("claim-answer")).status == "held"
    rival.send(rival.entries(1))
    assert [line["held"] for line in of(gate, hub)] == [True]
    hub.cli(
        "kiosk", "accept", str(gate.code.kiosk), "--fingerprint", fingerprint(rival.key.public.raw)
    )
    assert [line["held"] for line in of(gate, hub)] == [False]
    assert ClaimAnswer.unpack(rival.claim().read("claim-answer")).status == "accepted"


def test_a_revoked_kiosk_is_refused_and_what_it_sent_stays(gate: Gate, hub: HubProcess) -> None:
    gate.send(gate.entries(2))
    hub.cli("kiosk", "revoke", str(gate.code.kiosk)[:8], "--reason", "stolen")
    for answer in (gate.post("/v1/entries", gate.batch_bytes(gate.entries(1))), gate.pulse()):
        assert (answer.status, answer.refusal.reason) == (403, "revoked")
    assert gate.claim().refusal.reason == "revoked"
    assert len(of(gate, hub)) == 2


def test_one_revoked_key_does_not_stop_the_other(gate: Gate, hub: HubProcess) -> None:
    rival = replace(gate, key=SigningKey.new())
    rival.claim()
    mark = fingerprint(rival.key.public.raw)
    hub.cli("kiosk", "revoke", str(gate.code.kiosk), "--fingerprint", mark)
    assert rival.pulse().refusal.reason == "revoked"
    assert gate.pulse().status == 200


def test_an_expired_code_is_refused_with_a_signed_word(hub: HubProcess) -> None:
    (made,) = hub.json("kiosk", "enrol", hub.place(), "--valid", "1e-9")
    late = Gate(Gate.invited(hub).code.from_text(made["code"]), hub.url)
    answer = late.claim()
    assert (answer.status, answer.refusal.reason) == (403, "expired-token")


def test_eight_threads_that_claim_at_once_are_one_kiosk(hub: HubProcess) -> None:
    gate = Gate.invited(hub)
    bodies = [gate.claim_bytes() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: gate.post("/v1/enrol", body), bodies))
    told = {ClaimAnswer.unpack(answer.read("claim-answer")).status for answer in answers}
    assert told == {"accepted"}
    assert len(kiosk(gate, hub)["claims"]) == 1


def test_of_eight_keys_with_one_token_one_is_accepted(hub: HubProcess) -> None:
    gate = Gate.invited(hub)
    rivals = [replace(gate, key=SigningKey.new()) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda rival: rival.claim(), rivals))
    told = [ClaimAnswer.unpack(answer.read("claim-answer")).status for answer in answers]
    assert sorted(told) == ["accepted"] + ["held"] * 7


def test_keys_that_wait_on_one_kiosk_are_counted(gate: Gate) -> None:
    told = []
    for _ in range(21):
        answer = replace(gate, key=SigningKey.new()).claim()
        told.append(answer.status)
    assert told == [200] * 20 + [403]


@pytest.mark.parametrize("clock", ["untrusted", "asserted"])
def test_a_kiosk_that_woke_in_the_past_is_corrected_by_its_boot(
    hub: HubProcess, clock: str
) -> None:
    gate = Gate.joined(hub, clock=clock, clock_off_ms=-5 * 365 * 86_400_000, boot_ms=3_600_000)
    before = gate.entry(boot_ms=600_000)  # fifty minutes before it met the hub
    gate.send([before])
    (line,) = of(gate, hub)
    assert line["at_basis"] == "hub"
    assert 5 <= line["at_error_s"] < 6
    assert line["wall"][:4] < line["at"][:4]


def test_a_boot_that_never_met_the_hub_is_bounded_by_what_is_known_until_it_is_measured(
    hub: HubProcess,
) -> None:
    gate = Gate.joined(hub, clock="untrusted", clock_off_ms=-(10**11), boot_ms=0)
    other = uuid.uuid4()
    gate.send([gate.entry(boot_id=other, boot_ms=1_000)])
    (line,) = of(gate, hub)
    # After the kiosk was made, and before the boot began that sent it.
    assert line["at_basis"] == "between"
    began = dt.datetime.fromisoformat(line["received"])
    apart = abs((dt.datetime.fromisoformat(line["at"]) - began).total_seconds())
    assert apart <= line["at_error_s"] + 2
    late = replace(gate, boot_id=other, boot_ms=61_000)
    late.pulsed()
    (line,) = of(gate, hub)
    assert line["at_basis"] == "hub"
    assert line["wall"] < line["at"]
