"""The profiles of venues: each is a configuration, explained, and never refuses by surprise."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from kiosk import config
from kiosk.codes import classify
from kiosk.model import Code, Person, Response, Trust
from kiosk.policy import Action, Memory, Now, lapse, meet
from kiosk.words import languages, load
from tests.unit.codes import payloads

FOLDER = Path(__file__).parents[2] / "config" / "profiles"
PROFILES = sorted(FOLDER.glob("*.toml"))
KINDS_OF_VENUE = {
    "apartment", "bus-station", "event", "factory", "hospital", "market", "office", "restaurant",
    "school", "vehicle", "worship",
}  # fmt: skip
NOW = Now(0, "2026-03-02", payloads.NOW)


def named(path: Path) -> str:
    """Return the venue's kind."""
    return path.stem


def test_every_kind_of_venue_has_a_profile() -> None:
    assert {named(path) for path in PROFILES} == KINDS_OF_VENUE


@pytest.mark.parametrize("path", PROFILES, ids=named)
def test_each_key_has_its_reason_above_it(path: Path) -> None:
    config.load(path)
    lines = path.read_text("utf-8").splitlines()
    assert lines[0].startswith("# ")
    for above, line in itertools.pairwise(lines):
        if "=" in line and not line.startswith("#"):
            assert above.startswith("# "), f"{line!r} has no comment above it"


@pytest.mark.parametrize("path", PROFILES, ids=named)
def test_every_purpose_has_words(path: Path) -> None:
    policy = config.load(path).policy
    for purpose in (policy.purpose, *policy.purposes, *policy.no_declaration_for):
        for language in languages():
            assert not purpose or f"purpose.{purpose}" in load(language).own


@pytest.mark.parametrize("path", PROFILES, ids=named)
@pytest.mark.parametrize("kind", [k for k in payloads.samples() if "declaration" not in k])
def test_a_profile_records_every_person_sooner_or_later(path: Path, kind: str) -> None:
    policy = config.load(path).policy
    decision, memory = meet(classify(payloads.samples()[kind]), policy, Memory(), NOW)
    if decision.action is Action.WAIT:
        (decision,), _ = lapse(policy, memory, Now(60_000, NOW.day, NOW.time))
    assert decision.action is Action.ACCEPT


def test_a_revoked_pass_is_refused_everywhere_but_where_nobody_is() -> None:
    gone = Code("pass", Person(number="054199012345"), Trust.REVOKED, "revoked")
    for path in PROFILES:
        policy = config.load(path).policy
        decision, _ = meet(gone, policy, Memory(), NOW)
        expected = Action.ACCEPT if named(path) == "worship" else Action.REFUSE
        assert decision.action is expected
        assert policy.revoked is not Response.RECORD


def test_a_hospital_asks_visitors_for_a_declaration_and_staff_for_none() -> None:
    policy = config.load(FOLDER / "hospital.toml").policy
    visitor = classify(payloads.CCCD)
    staff = Code("pass", Person(number="054199012345"), Trust.SIGNED, purpose="staff")
    assert meet(visitor, policy, Memory(), NOW)[0].action is Action.WAIT
    assert meet(staff, policy, Memory(), NOW)[0].action is Action.ACCEPT
    assert "relative" in policy.purposes
