"""What owners ask for: applications, claims of known places, corrections; each is confirmed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from hub.desk.models import Role
from hub.errors import BadUsage, NotAllowed
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.registry import add_place_now
from hub.intake.transactions import durable
from hub.owners.models import Change
from hub.places.kinds import kinds
from hub.places.lifecycle import folded, move, profile_of
from hub.places.models import Profile, Stage, Unit
from hub.visitors.models import Introduction
from hub.visitors.people import phone_of

FACTS = {"name": 200, "kind": 40, "address": 300, "hours": 100, "responsible": 200, "phone": 20,
         "gates": 2, "introduction": 2000}  # fmt: skip
"""What one can say about a place, and how long each may be."""

NEEDED = frozenset({"name", "kind", "address", "responsible", "phone"})
MOST_WAITING = 5
"""What one account may have waiting at a time."""


def read(given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return a place's facts in our forms, and what is wrong, by field."""
    facts: dict[str, str] = {}
    troubles: dict[str, str] = {}
    for key, longest in FACTS.items():
        text = unicodedata.normalize("NFC", given.get(key, "").replace("\0", "")).strip()
        if key != "introduction":
            text = " ".join(text.split())
        facts[key] = text
        if len(text) > longest:
            troubles[key] = "long"
        elif not text and key in NEEDED:
            troubles[key] = "empty"
    if facts["kind"] and facts["kind"] not in kinds():
        troubles["kind"] = "choose"
    phone = phone_of(facts["phone"])
    if phone is None and "phone" not in troubles:
        troubles["phone"] = "phone"
    facts["phone"] = phone or facts["phone"]
    facts["gates"] = facts["gates"] or "1"
    if not re.fullmatch(r"[1-9][0-9]?", facts["gates"]):
        troubles["gates"] = "gates"
    return facts, troubles


def of(place: Place) -> dict[str, str]:
    """Return a place's facts as a form holds them."""
    profile = profile_of(place)
    told = Introduction.objects.filter(place=place).values_list("text", flat=True).first()
    return {
        "name": place.name,
        "kind": place.kind,
        "address": place.address,
        "gates": str(place.gates),
        "hours": profile.hours,
        "responsible": profile.responsible,
        "phone": profile.phone,
        "introduction": told or "",
    }


def apply(account: User, facts: Mapping[str, str]) -> Change:
    """Ask for a place; one that is on a list already is asked for as that one."""
    key = folded(facts["name"], facts["address"])
    known = Profile.objects.filter(folded=key).exclude(stage=Stage.CLOSED).first()
    what = Change.What.CLAIM if known else Change.What.APPLY
    return _ask(account, what, known.place if known else None, facts)


def correct(account: User, place: Place, facts: Mapping[str, str]) -> Change | None:
    """Ask for one's own place to be corrected; None where nothing differs."""
    now = of(place)
    different = {key: value for key, value in facts.items() if value != now[key]}
    if not different:
        return None
    if has_enough(account):
        raise NotAllowed("Corrections of yours wait already; ask the official to look at them.")
    return _ask(account, Change.What.CORRECT, place, different)


def has_enough(account: User) -> bool:
    """Whether an account asked for as much as may wait at a time."""
    waiting = Change.objects.filter(account=account, state=Change.State.WAITING)
    return waiting.count() >= MOST_WAITING


def owners_of(change: Change) -> list[str]:
    """Return the other accounts that own the place of a change already."""
    if change.place_id is None:
        return []
    held = Role.objects.filter(kind=Role.Kind.OWNER, place=change.place_id)
    names = held.exclude(account=change.account_id).order_by("account__username")
    return list(names.values_list("account__username", flat=True))


def has_role(change: Change) -> bool:
    """Whether the account that asks for a place can be given none: it has a role elsewhere."""
    role = Role.objects.filter(account_id=change.account_id).first()
    if change.what == Change.What.CORRECT or role is None:
        return False
    return role.kind != Role.Kind.OWNER or role.place_id != change.place_id


def decide(
    change: Change,
    *,
    accept: bool,
    actor: str,
    reason: str = "",
    territory: Unit | None = None,
    body: Unit | None = None,
) -> None:
    """Confirm a change, which takes effect at once, or refuse it with a reason.

    ``territory`` and ``body`` are where a new place belongs.
    """
    if not accept and not reason.strip():
        raise BadUsage("Refusing needs a reason, which the owner reads.")
    with durable():
        row = Change.objects.select_for_update().get(pk=change.pk)
        if row.state != Change.State.WAITING:
            raise NotAllowed("This was decided already.")
        if accept and has_role(row):
            raise NotAllowed(
                "This account has a role already, and one account is for one place; refuse this, "
                "and let the owner apply with another account."
            )
        if accept:
            row.place = _accepted(row, actor, territory, body)
        row.state = Change.State.CONFIRMED if accept else Change.State.REFUSED
        row.decided, row.decided_by = dt.datetime.now(dt.UTC), actor[:150]
        row.reason = reason.strip()[:300]
        row.save()
        record(
            f"change-{row.state}",
            actor=actor,
            subject=row.place_id or "",
            reason=row.reason,
            detail={"change": row.pk, "what": row.what, "fields": sorted(row.facts)},
        )
    known = accept and row.what == Change.What.CLAIM
    if known and profile_of(row.place).stage == Stage.KNOWN:
        move(row.place, Stage.APPLIED, actor=actor, note="claimed by its owner")


def _accepted(row: Change, actor: str, territory: Unit | None, body: Unit | None) -> Place:
    """Write what was confirmed, and let whoever asked for a place be its owner."""
    place = row.place
    if place is None:
        place = add_place_now(
            row.facts["name"], kind=row.facts["kind"], address=row.facts["address"],
            gates=int(row.facts["gates"]), actor=actor,
        )  # fmt: skip
        Profile.objects.create(place=place, stage=Stage.APPLIED, territory=territory, body=body)
    _take(place, row.facts)
    if row.what != Change.What.CORRECT:
        owner = {"kind": Role.Kind.OWNER, "place": place}
        Role.objects.get_or_create(account_id=row.account_id, defaults=owner)
    return place


def _ask(account: User, what: str, place: Place | None, facts: Mapping[str, str]) -> Change:
    with durable():
        made = Change.objects.create(
            place=place,
            account=account,
            what=what,
            facts=dict(facts),
            made=dt.datetime.now(dt.UTC),
        )
        record(f"change-{what}", actor=account.get_username(), subject=place.pk if place else "")
    return made


def _take(place: Place, facts: Mapping[str, Any]) -> None:
    """Write facts where they belong; a phone that changes is no longer verified."""
    for key in ("name", "kind", "address"):
        if key in facts:
            setattr(place, key, facts[key])
    if "gates" in facts:
        place.gates = int(facts["gates"])
    place.save()
    profile, _ = Profile.objects.get_or_create(place=place)
    for key in ("hours", "responsible"):
        if key in facts:
            setattr(profile, key, facts[key])
    if "phone" in facts and facts["phone"] != profile.phone:
        profile.phone, profile.phone_verified = facts["phone"], None
    profile.folded = folded(place.name, place.address)
    profile.save()
    if "introduction" in facts:
        Introduction.objects.update_or_create(place=place, defaults={"text": facts["introduction"]})
