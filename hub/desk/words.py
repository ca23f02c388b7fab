"""The words of the desk's pages in each language, from ``words.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("vi", "en")


@cache
def every() -> dict[str, dict[str, Any]]:
    """Return all words by language."""
    text = resources.files("hub.desk").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def colour(name: str) -> str:
    """Return a colour of ``colours.css`` by its name there, such as ``accent``."""
    text = resources.files("hub.desk").joinpath("templates/colours.css").read_text("utf-8")
    found = re.search(rf"--{re.escape(name)}: (#[0-9A-Fa-f]{{6}})", text)
    assert found is not None, name
    return found[1]


def words(language: str) -> dict[str, Any]:
    """Return the words of a language, Vietnamese for one that is not known."""
    found: dict[str, Any] = every()["en" if language.startswith("en") else "vi"]
    return found
