"""How long people stay at which kind of place, from ``kinds.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources

from hub.intake.models import Place
from hub.tracing.intervals import MINUTE_MS
from hub.tracing.pairing import Rule

OTHER = "other"


@cache
def rules() -> dict[str, Rule]:
    """Return the rule of each kind."""
    text = resources.files("hub.tracing").joinpath("kinds.toml").read_text(encoding="utf-8")
    return {kind: _rule(facts) for kind, facts in tomllib.loads(text).items()}


def rule_of_place(places: Iterable[str]) -> Callable[[str], Rule]:
    """Return a function that knows the rule of each of ``places`` (ids)."""
    kinds = dict(Place.objects.filter(pk__in=set(places)).values_list("pk", "kind"))
    known = rules()

    def rule(place: str) -> Rule:
        return known.get(kinds.get(place, OTHER), known[OTHER])

    return rule


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
