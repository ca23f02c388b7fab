"""The messages of version 1 that lie in tests/samples/wire/v1 are read as ever."""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wire import batch, bundle, cbor, enrol, signed
from wire.entry import Entry, Header
from wire.keys import OpenKey, SigningKey
from wire.seal import open_sealed

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "wire" / "v1"
VECTORS = json.loads((SAMPLES / "vectors.json").read_text(encoding="utf-8"))
MESSAGES: dict[str, dict[str, Any]] = VECTORS["messages"]
CLASSES: dict[str, Any] = {
    "batch": batch.Batch,
    "bundle": bundle.Bundle,
    "claim": enrol.Claim,
    "claim-answer": enrol.ClaimAnswer,
    "courier": bundle.Courier,
    "kiosk-certificate": enrol.KioskCertificate,
    "manifest": bundle.Manifest,
    "pulse": batch.Pulse,
    "pulse-answer": batch.PulseAnswer,
    "receipt": batch.Receipt,
    "refusal": batch.Refusal,
    "settings": batch.Settings,
}
each_message = pytest.mark.parametrize("name", sorted(MESSAGES))


def key(name: str) -> SigningKey:
    return SigningKey(bytes.fromhex(VECTORS["keys"][name]["private"]))


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.cose").read_bytes()


def plain(value: Any) -> Any:
    """Undo what made bytes readable."""
    if isinstance(value, dict):
        return (
            bytes.fromhex(value["hex"])
            if set(value) == {"hex"}
            else {name: plain(item) for name, item in value.items()}
        )
    return [plain(item) for item in value] if isinstance(value, list) else value


def test_every_kind_of_message_has_a_sample() -> None:
    assert {facts["kind"] for facts in MESSAGES.values()} == set(CLASSES)


@each_message
def test_a_sample_says_what_the_vectors_say(name: str) -> None:
    facts = MESSAGES[name]
    assert hashlib.sha256(sample(name)).hexdigest() == facts["sha256"]
    read = signed.verify(sample(name), [key(facts["signer"]).public], facts["kind"])
    assert read.payload == plain(facts["payload"])
    assert read.kid.hex() == VECTORS["keys"][facts["signer"]]["kid"]


@each_message
def test_a_sample_encodes_to_the_same_bytes_again(name: str) -> None:
    facts = MESSAGES[name]
    signer = key(facts["signer"])
    body, _ = signed.verify_bytes(sample(name), [signer.public], facts["kind"])
    message = CLASSES[facts["kind"]].unpack(plain(facts["payload"]))
    encoded = cbor.dumps(message.pack())
    assert hashlib.sha256(encoded).hexdigest() == facts["cbor_sha256"]
    # Deflate may pack in several ways; what it unpacks to may not differ.
    assert encoded == (zlib.decompress(body) if facts["kind"] in signed.COMPRESSED else body)
    assert signed.sign_bytes(body, signer, facts["kind"]) == sample(name)


@each_message
def test_a_sample_is_plain_cose_for_whoever_reads_it_by_the_book(name: str) -> None:
    facts = MESSAGES[name]
    tag = cbor2.loads(sample(name))
    assert tag.tag == 18
    protected, unprotected, body, signature = tag.value
    public = bytes.fromhex(VECTORS["keys"][facts["signer"]]["public"])
    header = cbor2.loads(protected)
    assert header == {
        1: -8,
        4: hashlib.sha256(public).digest()[:8],
        16: f"gate-{facts['kind']}-v1",
    }
    assert unprotected == {}
    structure = cbor2.dumps(["Signature1", protected, b"", body])
    Ed25519PublicKey.from_public_bytes(public).verify(signature, structure)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_entry_keeps_its_bytes_its_hash_and_its_content(number: int) -> None:
    header_bytes = (SAMPLES / f"entry-{number}.header").read_bytes()
    entry = Entry(header_bytes, (SAMPLES / f"entry-{number}.sealed").read_bytes())
    facts = VECTORS["entries"][number - 1]
    assert header_bytes.hex() == facts["header_hex"]
    assert entry.hash.hex() == facts["hash"]
    assert Header.from_bytes(header_bytes).to_bytes() == header_bytes
    opener = OpenKey(bytes.fromhex(VECTORS["keys"]["open"]["private"]))
    content = open_sealed(entry.sealed, opener, header_bytes)
    assert [list(content), number] in [[["person"], 1], [[], 2], [["note"], 3]]


def test_the_entries_are_one_chain() -> None:
    hashes = [bytes(32), *(bytes.fromhex(facts["hash"]) for facts in VECTORS["entries"])]
    for number in (1, 2, 3):
        header = Header.from_bytes((SAMPLES / f"entry-{number}.header").read_bytes())
        assert header.prev == hashes[number - 1]


def test_the_enrolment_code_brings_a_kiosk_all_it_needs() -> None:
    text = (SAMPLES / "enrolment.txt").read_text(encoding="ascii").rstrip("\n")
    code = enrol.EnrolmentCode.from_text(text)
    assert (code.place_name, code.gate, code.gates) == ("Chợ Ví Dụ", "Cổng A", 2)
    assert code.hub_key == key("hub").public.raw
    assert code.to_text(key("hub")) == text
