"""Which figures are signs of a violation: each rule at its edge."""

from __future__ import annotations

from hub.compliance.figures import ESTIMATED, GUARD, SENSOR, Figures
from hub.compliance.signs import Standing, signs

QUIET = Figures()


def words(now: Figures, before: Figures = QUIET, standing: Standing | None = None) -> list[str]:
    found = signs(now, before, standing or Standing(gates=1), days=1, days_before=7)
    return [sign.word for sign in found]


def test_a_day_on_which_nothing_is_usual_is_no_silence() -> None:
    busy = Figures(scanned=700, active_days=7)
    assert words(QUIET, busy) == ["silent"]
    assert words(QUIET, busy, Standing(gates=1, expected=0.0)) == []
    assert words(QUIET, busy, Standing(gates=1, expected=3.0)) == ["silent"]


def test_what_fell_is_measured_against_the_same_weekday_where_it_is_known() -> None:
    seven = Figures(scanned=7, active_days=1)
    assert words(seven, QUIET, Standing(gates=1, expected=40.0)) == ["fell-silent"]
    assert words(seven, QUIET, Standing(gates=1, expected=35.0)) == []
    assert words(seven, Figures(scanned=280, active_days=7)) == ["fell-silent"]
    assert words(seven, Figures(scanned=280, active_days=7), Standing(1, expected=9.0)) == []


def test_a_stopped_place_that_scans_shows_that_alone() -> None:
    seen = Figures(scanned=1, by_hand=30, active_days=1)
    for stage in ("suspended", "closed"):
        standing = Standing(gates=1, stage=stage, troubles=frozenset({"silent"}), reports=2)
        assert words(seen, QUIET, standing) == ["open-though"]
        assert words(QUIET, QUIET, standing) == []


def test_a_place_nobody_registered_has_only_people_s_signs() -> None:
    assert words(QUIET, QUIET, Standing(gates=0, stage="known")) == ["not-registered"]
    told = Standing(gates=0, stage="applied", reports=1, unmended=True)
    assert words(QUIET, QUIET, told) == ["unmended", "reported", "not-registered"]


def test_machines_troubles_are_signs_once() -> None:
    standing = Standing(gates=1, troubles=frozenset({"silent", "behind", "clock", "never"}))
    good = Figures(scanned=50, active_days=1)
    assert words(good, QUIET, standing) == ["gate-silent", "lagging", "wrong-clock"]
    clock = Figures(scanned=50, active_days=1, wrong_clock=3)
    assert words(clock, QUIET, standing).count("wrong-clock") == 1
    assert words(good, QUIET, Standing(gates=0)) == ["no-gate"]
    assert words(good, QUIET, Standing(gates=0, boards=1)) == []  # people check in by phone


def test_where_a_sensor_counts_the_share_is_its_alone() -> None:
    both = Figures(scanned=80, unscanned=60, by_sensor=20, counted_by=SENSOR)
    assert both.share == 0.8
    assert Figures(scanned=80, unscanned=20, counted_by=GUARD).share == 0.8
    assert Figures(scanned=80, unscanned=20).share is None
    assert Figures(scanned=0, unscanned=-2, counted_by=ESTIMATED).share is None
    low = {"scanned": 79, "unscanned": 21, "by_sensor": 21, "active_days": 1}
    weights = [
        next(s.weight for s in signs(Figures(**low, counted_by=by), QUIET, Standing(1),
                                     days=1, days_before=7) if s.word == "low-share")
        for by in (SENSOR, GUARD)
    ]  # fmt: skip
    assert weights[0] > weights[1]
