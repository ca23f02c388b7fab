"""What this hub says about itself to everybody: ``public.toml`` in its folder."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from typing import Any

from django.conf import settings

CHECKINS = 2000
"""Self-reported passages of one place in an hour: more than any gate sees, fewer than a flood."""


@cache
def office() -> dict[str, str]:
    """Return ``public.toml``, where there is one.

    Keys: ``authority`` (who receives the data), ``hotline``, ``office`` (where one goes with the
    card), ``days`` (how long entries are kept), ``checkins`` (self-reported passages of one place
    in an hour).
    """
    found = {
        "authority": "",
        "hotline": "",
        "office": "",
        "days": "30",
        "checkins": str(CHECKINS),
    }
    told = _told()
    if told:
        found |= {key: str(told[key]) for key in found if key in told}
    if not found["checkins"].isascii() or not found["checkins"].isdecimal():
        raise ValueError("public.toml: checkins must be a whole number, such as 2000.")
    return found


@cache
def holidays() -> frozenset[dt.date]:
    """Return the public holidays of ``public.toml``: ``holidays = [2027-02-05, …]``."""
    days = _told().get("holidays", [])
    if not isinstance(days, list) or not all(type(day) is dt.date for day in days):
        raise ValueError("public.toml: holidays are days such as [2027-02-05, 2027-02-08].")
    return frozenset(days)


def _told() -> dict[str, Any]:
    path = settings.HOME.folder / "public.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
