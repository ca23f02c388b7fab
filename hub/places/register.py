"""Places registered and corrected on a page: the same rules as for lists."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from hub.errors import BadUsage
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.registry import add_place
from hub.intake.transactions import durable
from hub.places import kinds
from hub.places.lifecycle import folded, move, profile_of
from hub.places.models import Profile, Stage, Unit

PHONE = re.compile(r"(0|\+?84)\d{8,10}")
LIMITS = {"name": 200, "address": 300, "responsible": 200, "hours": 100, "gate_names": 1000}


def phone_of(text: str) -> str:
    """Return a phone number's digits; raises :class:`BadUsage` for what is none."""
    digits = re.sub(r"[ .()-]", "", text)
    if digits and not PHONE.fullmatch(digits):
        raise BadUsage("This is no phone number.")
    return digits


def same(name: str, address: str, *, but: str = "") -> Place | None:
    """Return a place of the same name and address, if there is one."""
    found = Profile.objects.select_related("place").filter(folded=folded(name, address))
    one = found.exclude(place=but).exclude(stage=Stage.CLOSED).first()
    return one.place if one else None


def register(
    given: Mapping[str, str], *, territory: Unit | None, body: Unit | None = None, actor: str
) -> Place:
    """Register a place that was visited just now; raises :class:`BadUsage`."""
    name, address = _text(given, "name"), _text(given, "address")
    twin = same(name, address)
    if twin is not None:
        raise BadUsage(f"This place is known already: {twin}.")
    facts = _facts(given)
    kind = kinds.named(given.get("kind", ""))
    place = add_place(name, kind=kind.id, address=address, gates=_gates(given), actor=actor)
    profile_of(place, stage=Stage.APPLIED, territory=territory, body=body)
    Profile.objects.filter(place=place).update(**facts)
    return place


def correct(place: Place, given: Mapping[str, str], *, actor: str) -> None:
    """Change what is known of a place; a new phone is not verified any more."""
    name, address = _text(given, "name"), _text(given, "address")
    if not name:
        raise BadUsage("A place needs a name.")
    twin = same(name, address, but=place.pk)
    if twin is not None:
        raise BadUsage(f"Another place has this name and address: {twin}.")
    facts, kind, gates = _facts(given), kinds.named(given.get("kind", "")), _gates(given)
    before = profile_of(place)
    changed = [
        field for field, value in {"name": name, "address": address}.items()
        if getattr(place, field) != value
    ] + [field for field, value in facts.items() if getattr(before, field) != value]  # fmt: skip
    if before.phone != facts["phone"]:
        facts["phone_verified"] = None
    with durable():
        Place.objects.filter(pk=place.pk).update(
            name=name, address=address, kind=kind.id, gates=gates
        )
        Profile.objects.filter(place=place).update(folded=folded(name, address), **facts)
        record("place-correct", actor=actor, subject=place.pk, detail={"fields": sorted(changed)})


def phone_verified(place: Place, *, actor: str) -> None:
    """Note that somebody reached the responsible person under the number."""
    if not profile_of(place).phone:
        raise BadUsage("There is no number to verify.")
    with durable():
        Profile.objects.filter(place=place).update(phone_verified=dt.datetime.now(dt.UTC))
        record("place-phone", actor=actor, subject=place.pk)


def settled(place: Place, *, actor: str, note: str) -> None:
    """Bring a place that somebody stands in front of to service, step by step."""
    for stage in (Stage.APPLIED, Stage.VERIFIED, Stage.ACTIVE):
        here = profile_of(place).stage
        order = [Stage.KNOWN, Stage.APPLIED, Stage.VERIFIED, Stage.ACTIVE]
        if here in order and order.index(here) < order.index(stage):
            move(place, stage, actor=actor, note=note)


def _facts(given: Mapping[str, str]) -> dict[str, object]:
    facts: dict[str, object] = {
        field: _text(given, field) for field in ("responsible", "hours", "gate_names")
    }
    facts["phone"] = phone_of(given.get("phone", ""))
    for field, most in (("latitude", 90), ("longitude", 180)):
        text = given.get(field, "").strip().replace(",", ".")
        try:
            value = float(text) if text else None
        except ValueError:
            value = 999.0
        if value is not None and not -most <= value <= most:
            raise BadUsage(f"The position needs degrees from -{most} to {most}.")
        facts[field] = value
    if (facts["latitude"] is None) != (facts["longitude"] is None):
        raise BadUsage("A position needs both degrees.")
    return facts


def _gates(given: Mapping[str, str]) -> int:
    text = given.get("gates", "").strip() or "1"
    if not text.isdigit() or not 1 <= int(text) <= 999:
        raise BadUsage("A place has between 1 and 999 gates.")
    return int(text)


def _text(given: Mapping[str, str], field: str) -> str:
    text = given.get(field, "")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    joined = "\n".join(line for line in lines if line)
    if len(joined) > LIMITS[field]:
        raise BadUsage(f"A field is longer than {LIMITS[field]} letters.")
    return joined if field == "gate_names" else joined.replace("\n", " ")
