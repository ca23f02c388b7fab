"""How the kiosk is, in one line: the dearest first, calmly, and never more than two sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from kiosk import condition
from kiosk.model import ClockState, Health
from kiosk.words import load

AT = dt.datetime(2026, 3, 2, 7, 5, tzinfo=dt.UTC)
WELL = Health(hub="ok", clock=ClockState.TRUSTED, disk_days_left=900.0)
AWAY = Health(hub="offline", last_receipt=AT - dt.timedelta(hours=3), clock=ClockState.TRUSTED)


def told(health: Health) -> tuple[str, str]:
    sign = condition.footnote(health, AT, load("vi"))
    return sign.tone, sign.text


def test_a_kiosk_that_is_well_says_nothing() -> None:
    assert told(WELL) == ("quiet", "")
    assert told(Health(hub="ok")) == ("quiet", ""), "what is not known is no warning"


@pytest.mark.parametrize(
    ("days", "tone", "text"),
    [
        (31.0, "quiet", ""),
        (30.0, "quiet", "Đĩa chỉ còn 30 ngày."),
        (7.0, "bad", "Đĩa chỉ còn 7 ngày."),
        (0.4, "bad", "Đĩa chỉ còn 0 ngày."),
    ],
)
def test_the_guard_is_told_of_a_filling_disk_at_thirty_and_at_seven_days(
    days: float, tone: str, text: str
) -> None:
    assert told(Health(hub="ok", disk_days_left=days)) == (tone, text)


def test_a_nearly_full_disk_is_said_before_what_is_not_enforced_offline() -> None:
    offline = told(AWAY)[1]
    assert offline.startswith("Mất mạng")
    very = replace(AWAY, disk_days_left=3.0, refused=2)
    assert told(very) == ("bad", f"Đĩa chỉ còn 3 ngày. {offline}")
    low = replace(AWAY, disk_days_left=20.0)
    assert told(low) == ("quiet", f"{offline} Đĩa chỉ còn 20 ngày.")


@pytest.mark.parametrize(
    ("seconds", "detail"),
    [(None, ""), (0.0, ""), (59.9, ""), (60.0, "lâu nhất 1 phút"), (7200.0, "lâu nhất 2 giờ")],
)
def test_since_when_entries_wait_is_said_from_a_minute_on(
    seconds: float | None, detail: str
) -> None:
    sign = condition.waiting_sign(replace(AWAY, waiting=3, oldest_waiting_s=seconds), load("vi"))
    assert sign.detail == detail


def test_entries_that_the_hub_refused_are_counted_where_the_guard_sees_it() -> None:
    refused = replace(WELL, refused=2)
    assert told(refused) == ("quiet", "2 lượt bị trung tâm từ chối.")
