"""What a hub may set at a kiosk, by place and by kind of venue: a closed list, data alone.

The map ``profile`` of a ``settings`` object holds, by scope, values by key. No key names a file,
an address, a program or a pin, so that nothing a hub can sign makes a kiosk run or open anything.
A kiosk leaves out keys and values that it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wire.errors import Malformed

EVERYWHERE = ""
"""The scope that holds for every kiosk; ``profile:NAME`` and ``place:ID`` go before it."""

RESPONSES = ("record", "alert", "refuse")
MOST_TEXTS = 32
LONGEST = 200

_SCOPE = re.compile(r"(profile:[a-z][a-z-]{0,31}|place:[a-z0-9]{1,16})?")

Value = bool | int | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """What a key takes: ``kind`` is bool, int, str or list (of texts)."""

    kind: type
    least: int = 0
    most: int = 0
    words: tuple[str, ...] = ()


KEYS: Mapping[str, Key] = {
    **{
        f"policy.{name}": Key(str, words=RESPONSES)
        for name in (
            *("expired", "revoked", "bad_signature", "unchecked", "wrong_place"),
            *("no_declaration", "symptoms"),
        )
    },
    "policy.declaration": Key(bool),
    "policy.declaration_days": Key(int, 1, 60),
    "policy.no_declaration_for": Key(list),
    "policy.second_code_s": Key(int, 5, 600),
    "policy.purpose": Key(str),
    "policy.purposes": Key(list),
    "policy.watch_for": Key(list),
    "privacy.keep_address": Key(bool),
    "privacy.keep_phone": Key(bool),
    "privacy.keep_days": Key(int, 7, 365),
    "screen.self_service": Key(bool),
    "screen.hotline": Key(str),
    "screen.authority": Key(str),
    "screen.notice_days": Key(int, 1, 3650),
}
"""All there is; a test holds it against the kiosk's configuration."""


def checked(name: str, value: Any) -> Any:
    """Return ``value`` if the key ``name`` takes it; raises :class:`Malformed` with a sentence."""
    key = KEYS.get(name)
    if key is None:
        raise Malformed(f"“{name}” is nothing that a hub sets; known are {', '.join(KEYS)}.")
    if not _is(value, key.kind):
        wanted = {bool: "true or false", int: "a whole number", str: "a text", list: "a list"}
        raise Malformed(f"“{name}” takes {wanted[key.kind]}.")
    if key.kind is int and not key.least <= value <= key.most:
        raise Malformed(f"“{name}” takes {key.least} to {key.most}.")
    if key.words and value not in key.words:
        raise Malformed(f"“{name}” takes one of {', '.join(key.words)}.")
    texts = value if key.kind is list else [value] if key.kind is str else []
    if len(texts) > MOST_TEXTS or not all(_is_text(text) for text in texts):
        raise Malformed(f"“{name}” takes texts of at most {LONGEST} characters on one line.")
    return value


def check_scope(scope: str) -> str:
    """Return ``scope`` if it is one; raises :class:`Malformed`."""
    if not _SCOPE.fullmatch(scope):
        raise Malformed("A scope is profile:NAME, place:ID or nothing.")
    return scope


def chosen(profile: Mapping[str, Any], *, place: str, venue: str) -> dict[str, Any]:
    """Return what holds at a place with the profile ``venue``: the narrowest scope by key.

    Keys and values that are none of ours are left out: a newer hub, or nonsense.
    """
    found: dict[str, Any] = {}
    for scope in (EVERYWHERE, f"profile:{venue}", f"place:{place}"):
        values = profile.get(scope)
        for name, value in values.items() if isinstance(values, Mapping) else ():
            try:
                found[name] = checked(name, value)
            except (Malformed, TypeError):
                continue
    return found


def _is(value: object, kind: type) -> bool:
    return type(value) is kind  # a bool is no number here


def _is_text(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= LONGEST and (text == "" or text.isprintable())
