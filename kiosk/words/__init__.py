"""The words of the screen: one file per language, and what reads them (pure).

To add a language, copy ``vi.toml``, name it by its code, translate what is in quotes, and
lay it here or into the folder ``words`` beside the kiosk's data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

FIRST = "vi"
"""The language that every other one is measured against, and falls back to."""

_more: list[Path] = []

_BRACES = re.compile(r"\{(\w+)\}")


def _flat(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", str(value)


class Words(Mapping[str, str]):
    """One language's sentences by dotted key, e.g. ``words["guard.inside"]``.

    A key that this language lacks comes from the first language; a key that no language
    has comes back as itself: a wrong word must never stop a gate.
    """

    def __init__(
        self, language: str, sentences: Mapping[str, str], first: Mapping[str, str]
    ) -> None:
        self.language = language
        self.own = dict(sentences)
        self._all = {**first, **sentences}

    def __getitem__(self, key: str) -> str:
        return self._all.get(key, key)

    def __contains__(self, key: object) -> bool:
        return key in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __eq__(self, other: object) -> bool:
        # Screens ask at each change: a comparison of some hundred sentences costs a picture.
        return self is other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Words({self.language!r}, {len(self)} sentences)"

    def say(self, key: str, **facts: object) -> str:
        """Return the sentence with its braces filled; unknown braces stay as they are."""
        return _BRACES.sub(lambda hit: str(facts.get(hit[1], hit[0])), self[key])

    def said(self, key: str) -> str:
        """Return the sentence, or nothing where there is none."""
        return self._all.get(key, "")

    def either(self, *keys: str) -> str:
        """Return the sentence of the first key that this language has."""
        return next((self._all[key] for key in keys if key in self._all), keys[-1])


def look_in(*folders: Path) -> None:
    """Look for languages in these folders too (none: no longer); a file there comes first."""
    _more[:] = folders
    load.cache_clear()


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a file, the first language first."""
    codes = sorted(_files())
    return (FIRST, *(code for code in codes if code != FIRST))


def _files() -> dict[str, Traversable]:
    folders: list[Traversable] = [resources.files(__name__), *(f for f in _more if f.is_dir())]
    return {
        file.name.removesuffix(".toml"): file
        for folder in folders
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }


@cache
def load(language: str) -> Words:
    """Return one language's words; an unknown language gives the first one's."""
    first = _read(FIRST)
    if language == FIRST or language not in languages():
        return Words(FIRST, first, first)
    return Words(language, _read(language), first)


def _read(language: str) -> dict[str, str]:
    return dict(_flat(tomllib.loads(_files()[language].read_text("utf-8"))))
