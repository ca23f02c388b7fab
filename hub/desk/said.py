"""What went wrong, as a page says it: errors are raised in English, for commands, and said here.

``said.toml`` holds each sentence as it is raised, with ``{}`` for what differs, and what a page of
a language says instead: no command's option, no name of a file of ours.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib import resources

from hub.lists import SHOWN, BadList, Problem

GAP = "{}"


@cache
def every() -> dict[str, dict[str, str]]:
    """Return by language what is said instead of each sentence."""
    text = resources.files("hub.desk").joinpath("said.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def said(error: Exception, language: str) -> str:
    """Return an error's sentence in a language, ``vi`` or ``en``; as it is where none is known.

    Of a list that was refused, the cells that are wrong stand below, each in a line.
    """
    if not isinstance(error, BadList):
        return sentence(str(error), language)
    told = [sentence("Nothing of the list was taken:", language)]
    told += [
        f"{sentence('row', language)} {one.row}, {one.column}: {sentence(one.words, language)}"
        for one in error.problems[:SHOWN]
    ]
    more = len(error.problems) - SHOWN
    return "\n".join([*told, f"+{more}"] if more > 0 else told)


def problems(found: Iterable[Problem], language: str) -> list[Problem]:
    """Return what is wrong in a list's cells, in a language."""
    return [replace(one, words=sentence(one.words, language)) for one in found]


def sentence(text: str, language: str) -> str:
    """Return a sentence, or what is wrong in a cell, in a language."""
    found = every()[language].get(text)
    if found is not None:
        return found
    for pattern, told in _patterns(language):
        if match := pattern.fullmatch(text):
            return told.format(*match.groups())
    return text


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile("(.*?)".join(map(re.escape, english.split(GAP))), re.DOTALL), told)
        for english, told in every()[language].items()
        if GAP in english
    ]
