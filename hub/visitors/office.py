"""What this hub says about itself to everybody: ``public.toml`` in its folder."""

from __future__ import annotations

import tomllib
from functools import cache

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
    path = settings.HOME.folder / "public.toml"
    if path.exists():
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        found |= {key: str(told[key]) for key in found if key in told}
    if not found["checkins"].isascii() or not found["checkins"].isdecimal():
        raise ValueError("public.toml: checkins must be a whole number, such as 2000.")
    return found
