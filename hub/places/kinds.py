"""The kinds of venue, as data: kinds.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hub.errors import BadUsage
from wire.names import fold


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of venue; ``words`` are what lists call it."""

    id: str
    name: str
    words: tuple[str, ...]
    temporary: bool = False


@cache
def kinds() -> dict[str, Kind]:
    """Return all kinds by their ids."""
    text = resources.files(__package__).joinpath("kinds.toml").read_text(encoding="utf-8")
    return {
        id_: Kind(id_, facts["name"], tuple(facts["words"]), facts.get("temporary", False))
        for id_, facts in tomllib.loads(text).items()
    }


def find(text: str) -> Kind | None:
    """Return the kind that a person's word means: its id, its name, or one of its words."""
    return _words().get(fold(text))


def named(text: str) -> Kind:
    """Return the kind that a word means; raises :class:`BadUsage` with the list of kinds."""
    found = find(text)
    if found is None:
        raise BadUsage(f"“{text}” is no kind of venue; take one of: {', '.join(kinds())}.")
    return found


@cache
def _words() -> dict[str, Kind]:
    return {
        fold(word): kind for kind in kinds().values() for word in (kind.id, kind.name, *kind.words)
    }
