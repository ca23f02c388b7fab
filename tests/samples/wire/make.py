"""Writes one message of each kind of version 1, with made keys and a made person.

Run when a version is born, or has got a message more (``python -m tests.samples.wire.make``);
it overwrites nothing. What it wrote stays as it is for ever: programs out there send it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from wire import bundle, signed
from wire.batch import (
    Answer,
    Batch,
    Clocks,
    Held,
    Pulse,
    PulseAnswer,
    Receipt,
    Refusal,
    Settings,
    digest,
)
from wire.cbor import dumps
from wire.enrol import Claim, ClaimAnswer, EnrolmentCode, KioskCertificate
from wire.entry import GENESIS, Entry, Header
from wire.hanging import Hanging
from wire.keys import OpenKey, SigningKey
from wire.seal import seal

FOLDER = Path(__file__).parent / "v1"
WALL = 1_790_000_000_000
PERSON = {
    "name": "Nguyễn Thị Ví Dụ",
    "birth": "1999-02-01",
    "sex": "female",
    "number": "054199012345",
    "address": "Thôn Phú Lộc, Hòa Thắng, Phú Hòa, Phú Yên",
}


def secret(label: str) -> bytes:
    """Return 32 bytes that anybody can make: these keys protect nothing."""
    return hashlib.sha256(f"sample {label}".encode()).digest()


def name(number: int) -> uuid.UUID:
    """Return a UUID of version 7 that is easy to recognise."""
    return uuid.UUID(f"01a0c1f0-0000-7000-8000-{number:012x}")


HUB, KIOSK, OPEN = SigningKey(secret("hub")), SigningKey(secret("kiosk")), OpenKey(secret("open"))
CLOCKS = Clocks(WALL + 90_000, 690_000, name(3), "trusted")


def entries() -> list[Entry]:
    """Return three entries of one chain: a passage, a refusal without a person, a correction."""
    link: dict[str, Any] = {
        "kiosk": name(1),
        "place": "p7k2m4qa",
        "gate": "Cổng A",
        "chain": name(2),
    }
    clock: dict[str, Any] = {"boot_id": name(3), "seal_kid": OPEN.public.kid}
    headers: list[dict[str, Any]] = [
        {"id": name(11), "type": "passage", "clock": "trusted", "direction": "in",
         "basis": "fixed", "kind": "cccd", "trust": "unsigned", "purpose": "visit"},
        {"id": name(12), "type": "refused", "clock": "asserted", "direction": "in",
         "basis": "assumed", "kind": "pass", "trust": "expired", "reason": "expired"},
        {"id": name(13), "type": "correction", "clock": "untrusted", "corrects": name(11),
         "direction": "out", "basis": "guard"},
    ]  # fmt: skip
    contents: list[dict[str, object]] = [
        {"person": PERSON},
        {},
        {"note": "đi ra, không phải đi vào"},
    ]
    made, prev = [], GENESIS
    for seq, (facts, content) in enumerate(zip(headers, contents, strict=True), 1):
        times: dict[str, Any] = {"wall_ms": WALL + seq * 10_000, "boot_ms": 600_000 + seq * 10_000}
        header = Header(**link, **clock, **times, **facts, seq=seq, prev=prev).to_bytes()
        entry = Entry(header, seal(content, OPEN.public, header))
        made.append(entry)
        prev = entry.hash
    return made


def messages(rows: list[Entry]) -> dict[str, tuple[str, SigningKey, dict[str, Any]]]:
    """Return each message's kind, signer and payload, by its file's name."""
    certificate = KioskCertificate(
        name(1), "p7k2m4qa", KIOSK.public.raw, ("declaration", "minute-code"), WALL + 10**10
    )
    settings = Settings(
        version=3,
        revoked=("pass-0001",),
        issuers=(SigningKey(secret("issuer")).public.raw,),
        hub_keys=(HUB.public.raw,),
        seal_key=OPEN.public.raw,
        texts={"vi": "Dữ liệu được giữ 30 ngày.", "en": "Data are kept for 30 days."},
        profile={"direction": "in"},
    )
    signed_settings = signed.sign(settings.pack(), HUB, "settings")
    batch = Batch(name(1), name(21), tuple(rows), CLOCKS)
    sent = signed.sign(batch.pack(), KIOSK, "batch")
    held = (Held(name(2), ((1, 2),), 2**53 - 1),)
    answers = (
        Answer(rows[0].hash, "stored"),
        Answer(rows[1].hash, "known"),
        Answer(rows[2].hash, "refused", "An entry's “seq” counts from 1."),
    )
    head = ((name(2), 3, rows[2].hash),)
    pulse = Pulse(
        name(1), name(22), CLOCKS, {"entered": 1, "left": 0}, {"camera": "ok", "waiting": 0},
        head, 3,
    )  # fmt: skip
    claim = Claim(name(1), name(23), secret("token")[:16], KIOSK.public.raw, CLOCKS, "1.0")
    certificate_bytes = signed.sign(certificate.pack(), HUB, "kiosk-certificate")
    return {
        "claim": ("claim", KIOSK, claim.pack()),
        "claim-accepted": (
            "claim-answer",
            HUB,
            ClaimAnswer(
                name(1), name(23), "accepted", certificate_bytes, WALL, signed_settings
            ).pack(),
        ),
        "claim-held": (
            "claim-answer",
            HUB,
            ClaimAnswer(name(1), name(23), "held", b"", WALL).pack(),
        ),
        "kiosk-certificate": ("kiosk-certificate", HUB, certificate.pack()),
        "batch": ("batch", KIOSK, batch.pack()),
        "receipt": (
            "receipt",
            HUB,
            Receipt(name(1), name(21), digest(sent), answers, held, WALL + 91_000).pack(),
        ),
        "refusal": (
            "refusal",
            HUB,
            Refusal(name(21), digest(sent), "revoked", WALL + 91_000).pack(),
        ),
        "pulse": ("pulse", KIOSK, pulse.pack()),
        "pulse-answer": (
            "pulse-answer",
            HUB,
            PulseAnswer(name(1), name(22), held, WALL + 92_000, signed_settings).pack(),
        ),
        "pulse-answer-boards": (
            "pulse-answer",
            HUB,
            PulseAnswer(
                name(1),
                name(24),
                held,
                WALL + 93_000,
                boards=Hanging("Chợ Ví Dụ", {"": WALL // 1000, "Cổng B": WALL // 1000 - 60}),
            ).pack(),
        ),
        "settings": ("settings", HUB, settings.pack()),
    } | carried(rows, certificate_bytes)


def carried(
    rows: list[Entry], certificate: bytes
) -> dict[str, tuple[str, SigningKey, dict[str, Any]]]:
    """Return the messages that only sticks carry, and a pulse that tells of receipts."""
    span = (bundle.Span(name(2), 1, 3, 3),)
    part = bundle.Part(bundle.part_name(name(1), name(31), 1), 4_321, secret("part"), 3)
    return {
        "pulse-received": (
            "pulse",
            KIOSK,
            Pulse(
                name(1), name(24), CLOCKS, {"entered": 1}, {"waiting": 1},
                ((name(2), 3, rows[2].hash),), 3, ((name(2), 2, rows[1].hash),),
            ).pack(),
        ),
        "bundle": (
            "bundle",
            KIOSK,
            bundle.Bundle(
                name(1), name(31), 1, KIOSK.public.raw, certificate, CLOCKS, WALL, span
            ).pack(),
        ),
        "manifest": (
            "manifest",
            KIOSK,
            bundle.Manifest(name(1), name(31), (part,), span, 0, CLOCKS).pack(),
        ),
        "courier": (
            "courier",
            HUB,
            bundle.Courier(
                name(41), "Anh Tư", WALL, WALL + 30 * 86_400_000, (name(1),), ("p7k2m4qa",)
            ).pack(),
        ),
    }  # fmt: skip


def readable(value: Any) -> Any:
    """Return a payload as JSON: bytes become ``{"hex": …}``."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, dict):
        return {str(key): readable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [readable(item) for item in value]
    return value


def write(file: str, kind: str, key: SigningKey, payload: dict[str, Any]) -> dict[str, Any]:
    """Write one message; returns what the vectors say of it."""
    data = signed.sign(payload, key, kind)
    (FOLDER / f"{file}.cose").write_bytes(data)
    return {
        "kind": kind,
        "signer": "hub" if key is HUB else "kiosk",
        "sha256": digest(data).hex(),
        "cbor_sha256": digest(dumps(payload)).hex(),
        "payload": readable(payload),
    }


def add() -> None:
    """Write the messages that are not there yet."""
    rows = [
        Entry(*((FOLDER / f"entry-{n}.{part}").read_bytes() for part in ("header", "sealed")))
        for n in (1, 2, 3)
    ]
    path = FOLDER / "vectors.json"
    vectors = json.loads(path.read_text(encoding="utf-8"))
    for file, message in messages(rows).items():
        if file not in vectors["messages"]:
            vectors["messages"][file] = write(file, *message)
    text = json.dumps(vectors, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Write everything."""
    if FOLDER.exists():
        add()
        return
    FOLDER.mkdir()
    rows = entries()
    vectors: dict[str, Any] = {
        "keys": {
            "hub": {"private": HUB.raw.hex(), "public": HUB.public.raw.hex(), "kid": HUB.kid.hex()},
            "kiosk": {
                "private": KIOSK.raw.hex(),
                "public": KIOSK.public.raw.hex(),
                "kid": KIOSK.kid.hex(),
            },
            "open": {
                "private": OPEN.raw.hex(),
                "public": OPEN.public.raw.hex(),
                "kid": OPEN.kid.hex(),
            },
        },
        "entries": [],
        "messages": {},
    }
    for number, row in enumerate(rows, 1):
        (FOLDER / f"entry-{number}.header").write_bytes(row.header_bytes)
        (FOLDER / f"entry-{number}.sealed").write_bytes(row.sealed)
        vectors["entries"].append({"hash": row.hash.hex(), "header_hex": row.header_bytes.hex()})
    for file, message in messages(rows).items():
        vectors["messages"][file] = write(file, *message)
    code = EnrolmentCode(
        kiosk=name(1),
        token=secret("token")[:16],
        url="https://hub.example.vn",
        hub_key=HUB.public.raw,
        seal_key=OPEN.public.raw,
        place="p7k2m4qa",
        place_name="Chợ Ví Dụ",
        gate="Cổng A",
        expires_ms=WALL + 30 * 86_400_000,
        pin=secret("certificate"),
        gates=2,
    )
    (FOLDER / "enrolment.txt").write_text(code.to_text(HUB) + "\n", encoding="ascii")
    text = json.dumps(vectors, ensure_ascii=False, indent=1)
    (FOLDER / "vectors.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
