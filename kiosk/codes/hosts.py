"""Codes that are links to known hosts: opaque offline, listed in ``hosts.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from kiosk.codes.family import Context, Family
from kiosk.model import Code, Person

_LINK = re.compile(r"https?://([a-z0-9.-]{3,253})(?::[0-9]{1,5})?(?=[/?#]|$)", re.IGNORECASE)
_ID = re.compile(r"[?&](?:id|code|token|qr|data)=([^&#\s]{4,128})", re.IGNORECASE)
_LONGEST_REFERENCE = 128
_OPAQUE = re.compile(r"(?:^|[/=])(?=[^/=]*[0-9])[A-Za-z0-9_-]{6,}$")
"""What a link without a named id must end with to be one person's: six signs, one a digit."""
_MEANS = {
    "declaration": "declaration-link",
    "place": "place-link",
    "zalo": "zalo",
    "bank": "bank",
}
_REASONS = {"place-link": "place-board", "zalo": "zalo", "bank": "bank"}


@dataclass(frozen=True, slots=True)
class Host:
    """One line of the table."""

    host: str
    kind: str
    path: str
    name: str
    sure: str


def load(text: str) -> tuple[Host, ...]:
    """Read a table such as ``hosts.toml``; raises ValueError or KeyError when it is wrong."""
    return tuple(
        Host(
            row["host"].lower(), _MEANS[row["means"]], row.get("path", ""), row["name"], row["sure"]
        )
        for row in tomllib.loads(text)["host"]
    )


HOSTS = load((files("kiosk.codes") / "hosts.toml").read_text("utf-8"))


def read(text: str, _context: Context) -> Code | None:
    """Read a link to a known host; a declaration's id stands for its person."""
    link = _LINK.match(text)
    if link is None:
        return None
    host, rest = link[1].lower().removeprefix("www."), text[link.end() :]
    for known in HOSTS:
        if not (host == known.host or host.endswith("." + known.host)):
            continue
        if not rest.startswith(known.path):
            continue
        return _code(known.kind, host, rest)
    return None


def _code(kind: str, host: str, rest: str) -> Code:
    if kind != "declaration-link":
        return Code(kind=kind, reason=_REASONS[kind])
    stated = _ID.search(rest)
    reference = stated[1] if stated is not None else rest.strip("/#? ")[-_LONGEST_REFERENCE:]
    if stated is None and not _OPAQUE.search(reference):  # a page that everybody opens
        return Code(kind="unknown-url", reason="unknown-url")
    return Code(kind=kind, person=Person(), reference=f"{host}/{reference}")


FAMILY = Family("known-links", (*_MEANS.values(), "unknown-url"), read)
