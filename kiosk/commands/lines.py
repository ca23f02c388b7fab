"""Facts as the JSON that programs rely on."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from kiosk.model import Code, Person, Verdict


def say(facts: dict[str, Any]) -> None:
    """Write one line of JSON at once."""
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def moment(at: dt.datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC, e.g. ``2026-01-02T03:04:05.678Z``."""
    if at is None:
        return None
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def verdict_line(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict line; nothing in it is personal.

    ``alerts`` are the words of what was recorded all the same: an unknown key, say.
    """
    return {
        "verdict": verdict.outcome.value,
        "id": verdict.id,
        "seq": verdict.seq,
        "direction": verdict.direction.value if verdict.direction else None,
        "direction_basis": verdict.basis.value if verdict.basis else None,
        "kind": verdict.kind or None,
        "trust": verdict.trust.value if verdict.trust else None,
        "at": moment(verdict.at),
        "reason": verdict.reason or None,
        "alerts": list(verdict.alerts),
        "ms": None if verdict.elapsed_ms is None else round(verdict.elapsed_ms, 1),
    }


def person_line(person: Person | None, *, reveal: bool) -> dict[str, str] | None:
    """Return a person, masked unless ``reveal``."""
    if person is None:
        return None
    if reveal:
        return {name: value for name in Person.__slots__ if (value := getattr(person, name))}
    masked = {"name": person.masked_name, "sex": person.sex, "birth": person.birth_year}
    return {name: value for name, value in masked.items() if value}


def code_line(code: Code, *, reveal: bool) -> dict[str, Any]:
    """Return what a code means."""
    return {
        "kind": code.kind,
        "person": person_line(code.person, reveal=reveal),
        "trust": code.trust.value,
        "reason": code.reason or None,
        "warnings": list(code.warnings),
        "valid_from": moment(code.valid_from),
        "valid_until": moment(code.valid_until),
        "issuer": code.issuer or None,
        "reference": (code.reference or None) if reveal else None,
    }
