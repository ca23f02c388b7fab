"""The interval cases that docs/tracing.md draws: each a line of a table."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from hub.tracing.intervals import Bound, Stay, overlap
from hub.tracing.pairing import VIETNAM, Rule, Sighting, ordered, stays

MINUTE = 60_000
MARKET = Rule(120 * MINUTE, closes=20 * 60)
HOSPITAL = Rule(24 * 60 * MINUTE, overnight=True)
STATION = Rule(60 * MINUTE)
VEHICLE = Rule(12 * 60 * MINUTE, overnight=True)
RULES = {"market": MARKET, "hospital": HOSPITAL, "station": STATION, "bus": VEHICLE}


def at(text: str) -> int:
    """Return the milliseconds of HH:MM[:SS] on a day; ``+`` before it means the next day."""
    day = 11 if text.startswith("+") else 10
    time = dt.time.fromisoformat(text.lstrip("+"))
    moment = dt.datetime.combine(dt.date(2026, 3, day), time, VIETNAM)
    return int(moment.timestamp() * 1000)


NOW = at("+23:00")


def seen(way: str, time: str, place: str = "market", gate: str = "A", **more: object) -> Sighting:
    facts: dict[str, object] = {"error_ms": 2000, "gate": gate}
    return Sighting(uuid.uuid4(), at(time), direction=way, place=place, **(facts | more))  # type: ignore[arg-type]


def shape(found: list[Stay]) -> list[tuple[str, str, str, str, str]]:
    def clock(bound: Bound) -> str:
        moment = dt.datetime.fromtimestamp(bound.ms / 1000, VIETNAM)
        return ("+" if moment.day == 11 else "") + moment.strftime("%H:%M")

    return [(s.place, clock(s.start), s.start.why, clock(s.end), s.end.why) for s in found]


PAIRS: list[tuple[str, list[tuple[str, ...]], list[tuple[str, ...]]]] = [
    ("in and out", [("in", "08:00"), ("out", "09:00")],
     [("market", "08:00", "seen", "09:00", "seen")]),
    ("open end, kind of place", [("in", "08:00")],
     [("market", "08:00", "seen", "10:00", "stay")]),
    ("open end, closing time", [("in", "19:00")],
     [("market", "19:00", "seen", "20:00", "closing")]),
    ("after closing time", [("in", "20:30")],
     [("market", "20:30", "seen", "22:30", "stay")]),
    ("open end, midnight", [("in", "23:00")],
     [("market", "23:00", "seen", "+00:00", "midnight")]),
    ("open end, a new check-in elsewhere", [("in", "08:00"), ("in", "08:30", "station")],
     [("market", "08:00", "seen", "08:30", "next"), ("station", "08:30", "seen", "09:30", "stay")]),
    ("open end, overnight", [("in", "22:00", "hospital")],
     [("hospital", "22:00", "seen", "+22:00", "stay")]),
    ("open end, still there", [("in", "+22:30", "station")],
     [("station", "+22:30", "seen", "+23:00", "now")]),
    ("across midnight", [("in", "22:00", "hospital"), ("out", "+03:00", "hospital")],
     [("hospital", "22:00", "seen", "+03:00", "seen")]),
    ("open start, kind of place", [("out", "09:00")],
     [("market", "07:00", "stay", "09:00", "seen")]),
    ("open start, midnight", [("out", "01:00")],
     [("market", "00:00", "midnight", "01:00", "seen")]),
    ("open start, seen elsewhere before",
     [("in", "07:30", "station"), ("out", "08:00", "station"), ("out", "09:00")],
     [("station", "07:30", "seen", "08:00", "seen"), ("market", "08:00", "next", "09:00", "seen")]),
    ("same minute", [("in", "08:00:10"), ("out", "08:00:40")],
     [("market", "08:00", "seen", "08:00", "seen")]),
    ("two kiosks", [("in", "08:00", "market", "A"), ("out", "08:40", "market", "B")],
     [("market", "08:00", "seen", "08:40", "seen")]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "given", "expected"), PAIRS, ids=[p[0] for p in PAIRS])
def test_sightings_become_stays(what, given, expected) -> None:
    found = stays([seen(*one) for one in given], RULES.__getitem__, now_ms=NOW)
    assert shape(found) == expected


def test_in_at_one_kiosk_and_out_at_another_is_one_stay() -> None:
    came = seen("in", "08:00", gate="A", chain="a", seq=7)
    left = seen("out", "08:40", gate="B", chain="b", seq=2)
    (one,) = stays([left, came], RULES.__getitem__, now_ms=NOW)
    assert (one.gate_in, one.gate_out) == ("A", "B")


def test_within_one_chain_the_sequence_decides_and_not_the_clock() -> None:
    came = seen("in", "08:05", chain="a", seq=1)
    left = seen("out", "08:00", chain="a", seq=2)
    assert [s.seq for s in ordered([left, came])] == [1, 2]
    (one,) = stays([left, came], RULES.__getitem__, now_ms=NOW)
    assert one.start.ms <= one.end.ms


def test_a_direction_that_a_gate_only_assumed_pairs_anew() -> None:
    again = seen("in", "09:00", basis="assumed")
    (one,) = stays([seen("in", "08:00"), again], RULES.__getitem__, now_ms=NOW)
    assert one.end == Bound(again.ms, again.error_ms)


def stay(start: str, end: str, *, error: int = 2, why: str = "seen", **more: object) -> Stay:
    first, last = Bound(at(start), error * 1000), Bound(at(end), error * 1000, why)
    facts: dict[str, object] = {"place": "market", "trip": "", "start": first, "end": last}
    return Stay(**(facts | more))  # type: ignore[arg-type]


OVERLAPS = [
    ("together", stay("08:00", "09:00"), stay("08:30", "10:00"), (30, "high")),
    ("one inside the other", stay("08:00", "12:00"), stay("09:00", "09:15"), (15, "high")),
    ("one after the other", stay("08:00", "08:30"), stay("09:00", "10:00"), None),
    ("touching ends", stay("08:00", "09:00"), stay("09:00", "10:00"), (0, "medium")),
    ("same minute", stay("08:00:10", "08:00:40"), stay("08:00:20", "08:00:50"), (1 / 3, "high")),
    ("one open end", stay("08:00", "10:00", why="stay"), stay("09:00", "09:30"), (30, "medium")),
    ("two open ends", stay("08:00", "10:00", why="stay"), stay("09:00", "11:00", why="stay"),
     (60, "low")),
    ("across midnight", stay("23:30", "+00:30"), stay("+00:00", "+01:00"), (30, "high")),
    ("clock error larger than the meeting", stay("08:00", "08:10", error=600),
     stay("08:05", "08:20"), (5, "medium")),
    ("met only within the error", stay("08:00", "08:10", error=600),
     stay("08:15", "08:30"), (0, "low")),
    ("out of the error's reach", stay("08:00", "08:10", error=60), stay("08:15", "08:30"), None),
    ("another place", stay("08:00", "09:00"), stay("08:00", "09:00", place="station"), None),
    ("one bus", stay("08:00", "12:00", place="bus", trip="51B-1"),
     stay("09:00", "10:00", place="bus", trip="51B-1"), (60, "high")),
    ("another trip of the same bus", stay("08:00", "12:00", place="bus", trip="51B-1"),
     stay("09:00", "10:00", place="bus", trip="51B-2"), None),
    ("perhaps another person", stay("08:00", "09:00", join=0.5), stay("08:30", "10:00"),
     (30, "low")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "one", "other", "expected"), OVERLAPS, ids=[o[0] for o in OVERLAPS]
)
def test_two_stays_meet(what, one, other, expected) -> None:
    for found in (overlap(one, other), overlap(other, one)):
        if expected is None:
            assert found is None
        else:
            assert (pytest.approx(expected[0]), expected[1]) == (found.minutes, found.confidence)
            assert found.least <= found.minutes <= found.most


def test_people_at_one_station_an_hour_apart_are_not_together() -> None:
    morning = stays([seen("in", "07:00", "station")], RULES.__getitem__, now_ms=NOW)
    later = stays([seen("in", "08:05", "station")], RULES.__getitem__, now_ms=NOW)
    assert overlap(morning[0], later[0]) is None


def test_where_they_met_is_told() -> None:
    a = stay("08:00", "09:00", gate_in="A", gate_out="A")
    near = stay("08:04", "09:30", gate_in="A", gate_out="B")
    far = stay("08:10", "09:30", gate_in="A", gate_out="B")
    bus = stay("08:00", "09:00", place="bus", trip="1")
    assert overlap(a, near).at == "gate"
    assert overlap(a, far).at == "place"
    assert overlap(bus, bus).at == "trip"
