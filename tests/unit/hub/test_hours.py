"""Opening hours as people write them end stays, and never too early."""

from __future__ import annotations

import tomllib

import pytest

from hub.tracing.hours import Hours, hours_of
from tests.hubs import ROOT


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("06:00–18:00", 18 * 60),
        ("6h-18h30", 18 * 60 + 30),
        ("6h30 đến 21h", 21 * 60),
        ("từ 6 giờ 30 tới 21 giờ", 21 * 60),
        ("7:00-11:00, 13:30-17:00", 17 * 60),
        ("T2–T6 7.30 – 16.30; T7 7.30 – 11.30", 16 * 60 + 30),
        ("8 - 22", 22 * 60),
        ("18:00–02:00", None),
        ("05:00–24:00", None),
        ("24/24", None),
        ("mở cửa 24h", None),
        ("Cả ngày", None),
    ],
)
def test_closing_time_is_when_the_last_span_ends(text: str, closes: int | None) -> None:
    assert hours_of(text) == Hours(closes)


@pytest.mark.parametrize("text", ["", "theo giờ hành chính", "29:00-31:00", "7:80-9:90", "1022"])
def test_what_is_not_understood_says_nothing(text: str) -> None:
    assert hours_of(text) is None


def test_each_kind_of_venue_has_a_rule_of_how_long_people_stay() -> None:
    places, stays = (
        tomllib.loads((ROOT / "hub" / app / "kinds.toml").read_text(encoding="utf-8"))
        for app in ("places", "tracing")
    )
    assert places.keys() == stays.keys()
    for kind in ("hospital", "quarantine", "apartment", "hotel", "vehicle"):
        assert stays[kind]["overnight"]
