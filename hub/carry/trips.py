"""Takes in what sticks bring, through the same doors as the network, and gives answers back.

In any order, twice, from many kiosks: each claim, pulse and batch is a message that is
verified, stored and answered by itself (:mod:`hub.intake`); parts and manifests only say
what should have come.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import uuid
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError

from hub.carry import times
from hub.carry.between import Copy
from hub.carry.models import Trip
from hub.errors import HubError
from hub.intake.answers import Answer, Refused, refusal, sender
from hub.intake.audit import record
from hub.intake.claims import claim
from hub.intake.models import Chain, Kiosk
from hub.intake.pulses import pulse
from hub.intake.receive import receive
from hub.intake.transactions import durable, now_ms
from hub.trust.settings import signed_settings
from hub.trust.signer import signing_key
from wire import batch as messages
from wire import bundle as wire
from wire import sequence, signed
from wire.batch import Receipt
from wire.enrol import ClaimAnswer, read_claim
from wire.errors import WireError

KEEP_ANSWERS = dt.timedelta(days=30)
MOST_BRIEFED = 2_000
"""Kiosks whose settings are put on a courier's stick."""

_DOORS: dict[str, Callable[..., Answer]] = {"claim": claim, "batch": receive, "pulse": pulse}


@dataclass(slots=True)
class Came:
    """What a stick brought of one kiosk, and what is missing of it now."""

    kiosk: Kiosk
    stored: int = 0
    known: int = 0
    refused: int = 0
    dropped: int = 0
    late: bool = False
    claim: str = ""
    why: str = ""
    left_out: int = 0
    timed: int = 0
    missing_parts: list[str] = field(default_factory=list)
    missing: list[tuple[str, int, int]] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """Return it for programs, pages and the trip's row."""
        return {
            "kiosk": str(self.kiosk.pk),
            "place": self.kiosk.place_id,
            "place_name": self.kiosk.place.name,
            "gate": self.kiosk.gate,
            "stored": self.stored,
            "known": self.known,
            "refused": self.refused,
            "dropped": self.dropped,
            "late": self.late,
            "claim": self.claim or None,
            "refusal": self.why or None,
            "left_out": self.left_out,
            "timed": self.timed,
            "missing": sum(last - first + 1 for _, first, last in self.missing),
            "missing_ranges": [list(one) for one in self.missing[:200]],
            "missing_parts": self.missing_parts[:200],
        }


@dataclass(slots=True)
class Taken:
    """What came of one taking-in: per kiosk, and what was not ours at all."""

    id: uuid.UUID
    kiosks: dict[uuid.UUID, Came] = field(default_factory=dict)
    damaged: int = 0
    foreign: int = 0

    @property
    def came(self) -> list[dict[str, Any]]:
        """The facts, by place and gate."""
        found = [one.facts() for one in self.kiosks.values()]
        return sorted(found, key=lambda facts: (facts["place"], facts["gate"], facts["kiosk"]))

    def returns(self) -> list[tuple[str, bytes]]:
        """Return the files of answers: (name, content), none larger than a kiosk reads."""
        files = []
        for kiosk, one in self.kiosks.items():
            number, some, size = 1, list[bytes](), 0
            for answer in one.answers:
                if some and size + len(answer) > wire.MAX_RETURN // 2:
                    files.append((wire.return_name(kiosk, number), b"".join(some)))
                    number, some, size = number + 1, [], 0
                some.append(answer)
                size += len(answer)
            if some:
                files.append((wire.return_name(kiosk, number), b"".join(some)))
        return files


def take(files: Iterable[tuple[str, bytes]], *, actor: str) -> Taken:
    """Take in parts and manifests; what they bring is stored when this returns."""
    taken = Taken(uuid.uuid4())
    here: dict[str, bytes] = {}
    manifests: list[wire.Manifest] = []
    try:
        for name, data in files:
            here[name] = hashlib.sha256(data).digest()
            _file(data, taken, manifests)
        for one in taken.kiosks.values():
            _close(one, [m for m in manifests if m.kiosk == one.kiosk.pk], here)
        _remember(taken, actor)
    except DatabaseError as error:
        raise HubError(
            "The database took only a part of it; nothing is lost. Import the stick once more."
        ) from error
    return taken


def _file(data: bytes, taken: Taken, manifests: list[wire.Manifest]) -> None:
    found: dict[str, list[bytes]] = {}
    for one in sequence.split(data):
        if isinstance(one, sequence.Damage):
            taken.damaged += 1
            continue
        try:
            found.setdefault(signed.peek(one)[0], []).append(one)
        except WireError:
            taken.damaged += 1
    # The claim makes the key known by which the rest is believed; the pulse asks what is here
    # of the chains, so it comes after what it brings.
    for kind in ("claim", "batch", "pulse", "bundle", "manifest"):
        for one in found.pop(kind, []):
            if kind in _DOORS:
                _through(kind, one, taken)
            else:
                _about(kind, one, taken, manifests)
    taken.foreign += sum(map(len, found.values()))


def _through(kind: str, data: bytes, taken: Taken) -> None:
    try:
        answer = _DOORS[kind](data, carried=True)
    except Refused as refused:
        came = _whose(kind, data, refused, taken)
        if came is None:
            taken.foreign += 1
        else:
            came.why = refused.reason
            came.answers.append(refusal(data, refused).body)
        return
    payload = signed.peek_payload(answer.body)
    came = _came(uuid.UUID(bytes=payload["kiosk"]), taken)
    came.answers.append(answer.body)
    if kind == "batch":
        for one in Receipt.unpack(payload).answers:
            came.stored += one.status == messages.STORED
            came.known += one.status == messages.KNOWN
            came.refused += one.status == messages.REFUSED
            came.dropped += one.status in (messages.EXPIRED, messages.DISCARD)
    elif kind == "claim":
        came.claim = ClaimAnswer.unpack(payload).status


def _whose(kind: str, data: bytes, refused: Refused, taken: Taken) -> Came | None:
    """Whose refused message this is, as far as a signature tells; nobody's where none does."""
    if refused.kiosk is not None:
        return _came(refused.kiosk.pk, taken)
    if kind != "claim":
        return None
    try:
        found = Kiosk.objects.filter(pk=read_claim(data).kiosk).first()
    except WireError:
        return None
    return None if found is None else _came(found.pk, taken)


def _about(kind: str, data: bytes, taken: Taken, manifests: list[wire.Manifest]) -> None:
    try:
        claim, payload = sender(data, kind)
        came = _came(claim.kiosk_id, taken)
        if kind == "manifest":
            manifest = wire.Manifest.unpack(payload)
            manifests.append(manifest)
            came.left_out = max(came.left_out, manifest.left_out)
        else:
            part = wire.Bundle.unpack(payload)
            came.copies.append(Copy(part.clocks, part.heard_ms, now_ms()))
    except Refused as refused:
        if refused.kiosk is None:
            taken.foreign += 1
        else:
            _came(refused.kiosk.pk, taken).why = refused.reason
    except WireError:
        taken.damaged += 1


def _came(kiosk: uuid.UUID, taken: Taken) -> Came:
    if kiosk not in taken.kiosks:
        found = Kiosk.objects.select_related("place").get(pk=kiosk)
        from hub.carry.handover import is_late

        taken.kiosks[kiosk] = Came(found, late=is_late(kiosk))
    return taken.kiosks[kiosk]


def _close(one: Came, manifests: list[wire.Manifest], here: dict[str, bytes]) -> None:
    """Say what is missing now, and when what has no time must have been."""
    for manifest in manifests:
        for part in manifest.parts:
            if here.get(part.name) != part.sha256:
                one.missing_parts.append(part.name)
    one.missing = missing(Kiosk.objects.get(pk=one.kiosk.pk))
    one.timed = times.bound(one.kiosk, one.copies)


def missing(kiosk: Kiosk) -> list[tuple[str, int, int]]:
    """Return the ranges (chain, first, last) below what a kiosk told of that are not here."""
    ranges = {
        str(c): r for c, r in Chain.objects.filter(kiosk=kiosk).values_list("chain", "ranges")
    }
    found = []
    for chain, (seq, _) in kiosk.heads.items():
        following = 1
        for first, last in [*ranges.get(chain, []), [seq + 1, seq + 1]]:
            if first > following and following <= seq:
                found.append((chain, following, min(first - 1, seq)))
            following = max(following, last + 1)
    return found


def _remember(taken: Taken, actor: str) -> None:
    files = taken.returns()
    oldest = now_ms() - int(KEEP_ANSWERS.total_seconds() * 1000)
    with durable():
        Trip.objects.filter(at_ms__lt=oldest).exclude(answers=None).update(answers=None)
        Trip.objects.create(
            id=taken.id,
            at_ms=now_ms(),
            actor=actor[:150],
            came=taken.came,
            useless=taken.damaged + taken.foreign,
            answers=packed(files) if files else None,
        )
        record(
            "stick-import", actor=actor, subject=str(taken.id),
            detail={"kiosks": len(taken.kiosks), "stored": sum(c["stored"] for c in taken.came)},
        )  # fmt: skip


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return files of answers as a ZIP file with the folder that a stick has."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(f"{wire.FOLDER}/{name}", data)
    return made.getvalue()


def briefing(kiosks: Iterable[Kiosk]) -> list[tuple[str, bytes]]:
    """Return the settings in force for kiosks that a stick will be plugged into."""
    files = []
    for kiosk in list(kiosks)[:MOST_BRIEFED]:
        newest = signed_settings(signing_key(kiosk), place=kiosk.place_id)
        if newest is not None:
            files.append((wire.return_name(kiosk.pk, 0), newest))
    return files
