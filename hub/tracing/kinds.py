"""How long people stay at a place: by its kind (``kinds.toml``), its own hours, its own end."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from importlib import resources

from hub.intake.models import Place
from hub.tracing.hours import hours_of
from hub.tracing.intervals import MINUTE_MS
from hub.tracing.pairing import Rule

OTHER = "other"


@cache
def rules() -> dict[str, Rule]:
    """Return the rule of each kind."""
    text = resources.files("hub.tracing").joinpath("kinds.toml").read_text(encoding="utf-8")
    return {kind: _rule(facts) for kind, facts in tomllib.loads(text).items()}


def rule_of_place(places: Iterable[str]) -> Callable[[str], Rule]:
    """Return a function that knows the rule of each of ``places`` (ids).

    Opening hours that a place told go before its kind's, but where people sleep there; a
    temporary place is over at its end.
    """
    known, found = rules(), dict[str, Rule]()
    rows = Place.objects.filter(pk__in=set(places))
    for place, kind, hours, ends in rows.values_list(
        "pk", "kind", "profile__hours", "profile__ends"
    ):
        rule = known.get(kind, known[OTHER])
        told = hours_of(hours) if hours and not rule.overnight else None
        if told is not None:
            rule = replace(rule, closes=told.closes, overnight=told.closes is None)
        if ends is not None:
            rule = replace(rule, ends_ms=int(ends.timestamp() * 1000))
        found[place] = rule
    return lambda place: found.get(place, known[OTHER])


def longest_stay_ms() -> int:
    """Return how far back a stay that touches a moment can have begun."""
    return max(rule.stay_ms for rule in rules().values())


def _rule(facts: dict[str, object]) -> Rule:
    minutes, closes = facts["minutes"], facts.get("closes")
    assert isinstance(minutes, int)
    at = None
    if isinstance(closes, str):
        hour, _, minute = closes.partition(":")
        at = int(hour) * 60 + int(minute)
    return Rule(minutes * MINUTE_MS, at, overnight=bool(facts.get("overnight")))
