"""A place's life: known, applied, verified, active, suspended, closed; each step is kept."""

from __future__ import annotations

import datetime as dt

from hub.errors import BadUsage, NotAllowed
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.registry import add_place
from hub.intake.transactions import durable
from hub.places.models import Profile, Stage, StageChange, Unit
from wire.names import fold

STEPS: dict[str, frozenset[str]] = {
    Stage.KNOWN: frozenset({Stage.APPLIED, Stage.VERIFIED, Stage.CLOSED}),
    Stage.APPLIED: frozenset({Stage.VERIFIED, Stage.KNOWN, Stage.CLOSED}),
    Stage.VERIFIED: frozenset({Stage.ACTIVE, Stage.CLOSED}),
    Stage.ACTIVE: frozenset({Stage.SUSPENDED, Stage.CLOSED}),
    Stage.SUSPENDED: frozenset({Stage.ACTIVE, Stage.CLOSED}),
    Stage.CLOSED: frozenset({Stage.APPLIED}),
}
"""Where one can go from each stage."""


LONGEST_EVENT = dt.timedelta(days=31)


def folded(name: str, address: str) -> str:
    """Return that by which two entries of one place are recognised."""
    plain = fold(f"{name}|{address}")
    return "".join(c for c in plain if c.isalnum() or c == "|")[:520]


def profile_of(place: Place, **facts: object) -> Profile:
    """Return the place's profile, made with ``facts`` where it has none yet."""
    made, _ = Profile.objects.get_or_create(
        place=place, defaults={"folded": folded(place.name, place.address), **facts}
    )
    return made


def move(
    place: Place,
    stage: str,
    *,
    actor: str,
    decision: str = "",
    decided: dt.date | None = None,
    note: str = "",
) -> None:
    """Take the next step; suspending and reopening need a decision's number and date.

    Raises :class:`BadUsage` for a stage that does not exist, :class:`NotAllowed` for a step
    that is none.
    """
    if stage not in Stage.values:
        raise BadUsage(f"There is no stage “{stage}”: {', '.join(Stage.values)}.")
    with durable():
        profile_of(place)
        profile = Profile.objects.select_for_update().get(place=place)
        if stage not in STEPS[profile.stage]:
            allowed = ", ".join(sorted(STEPS[profile.stage]))
            raise NotAllowed(f"From {profile.stage} the next can be: {allowed}.")
        if Stage.SUSPENDED in (stage, profile.stage) and not (decision.strip() and decided):
            raise NotAllowed("Suspending and reopening need --decision NUMBER and --date.")
        _take(profile, stage, actor, decision=decision, decided=decided, note=note)


def temporary(
    name: str,
    *,
    host: str,
    starts: dt.datetime,
    ends: dt.datetime,
    actor: str,
    address: str = "",
    phone: str = "",
    territory: Unit | None = None,
    body: Unit | None = None,
) -> Place:
    """Register a meeting, wedding or funeral, which closes itself; raises :class:`BadUsage`."""
    if not starts < ends <= starts + LONGEST_EVENT:
        raise BadUsage("A temporary place ends after it starts, within 31 days.")
    place = add_place(name, kind="event", address=address, actor=actor)
    profile_of(
        place, responsible=host.strip()[:200], phone=phone, starts=starts, ends=ends,
        territory=territory, body=body,
    )  # fmt: skip
    return place


def close_ended(now: dt.datetime) -> int:
    """Close the temporary places that are over; returns how many."""
    with durable():
        over = Profile.objects.filter(ends__lte=now).exclude(stage=Stage.CLOSED)
        rows = list(over.select_for_update())
        for profile in rows:
            _take(profile, Stage.CLOSED, "hub", note="over")
    return len(rows)


def _take(
    profile: Profile,
    stage: str,
    actor: str,
    *,
    decision: str = "",
    decided: dt.date | None = None,
    note: str = "",
) -> None:
    before = profile.stage
    Profile.objects.filter(pk=profile.pk).update(stage=stage)
    StageChange.objects.create(
        place_id=profile.place_id,
        stage=stage,
        at=dt.datetime.now(dt.UTC),
        actor=actor[:150],
        decision=decision.strip()[:80],
        decided=decided,
        note=note[:300],
    )
    record(
        "place-stage",
        actor=actor,
        subject=profile.place_id,
        reason=note,
        detail={"from": before, "to": stage, "decision": decision.strip()[:80]},
    )
