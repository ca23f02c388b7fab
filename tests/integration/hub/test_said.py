"""Whatever goes wrong on a page of the desk or of owners is said in the reader's language."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from hub.desk.said import every, said, sentence
from hub.errors import BadUsage, HubError
from hub.lists import SHOWN, BadList, Problem
from tests.hubs import ROOT

RAISED = {"HubError", "BadUsage", "NotAllowed"}
BEHIND_PAGES = ("desk", "owners", "visitors", "places", "compliance", "paper", "tracing",
                "lists.py", "intake/reveal.py", "intake/vault.py", "intake/registry.py",
                "retention/erasure.py")  # fmt: skip
"""What the pages call, as far as it raises for what was typed or chosen there."""

COMMANDS_ONLY = {"{} begins with “{}”; hub kiosk list shows them.",
                 "The check-in was not stored; try again."}  # fmt: skip
OF_LISTS = tuple(english for english in every()["en"])


def sentences() -> Iterator[str]:
    """Return every sentence that the code behind pages raises, ``{}`` for what differs."""
    for name in BEHIND_PAGES:
        at = ROOT / "hub" / name
        for path in [at] if at.is_file() else sorted(at.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    called = node.exc.func
                    if isinstance(called, ast.Name) and called.id in RAISED and node.exc.args:
                        yield from _sentence(node.exc.args[0])


def _sentence(said_as: ast.expr) -> Iterator[str]:
    if isinstance(said_as, ast.Constant):
        yield str(said_as.value)
    elif isinstance(said_as, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in said_as.values
        )


def test_every_sentence_behind_a_page_has_its_vietnamese() -> None:
    raised = set(sentences())
    assert len(raised) > 80
    assert not raised - every()["vi"].keys() - COMMANDS_ONLY


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("english", OF_LISTS)
def test_no_page_names_a_file_of_ours(english: str, language: str) -> None:
    gaps = english.count("{}")
    raised = BadUsage(english.format("/dev/shm/tmp4x/roster", *["7"] * (gaps - 1)))
    told = said(raised, language)
    assert "roster" not in told
    assert told != str(raised)


def test_what_differs_stands_in_its_place_and_an_unknown_sentence_is_shown_as_it_is() -> None:
    assert said(BadUsage("There is no place “TH-1”."), "vi") == "Không có nơi “TH-1”."
    assert said(BadUsage("There is no place “{0}”."), "vi") == "Không có nơi “{0}”."
    assert said(BadUsage("There is no place “TH-1”."), "en") == "There is no place “TH-1”."
    assert said(HubError("Something else."), "vi") == "Something else."


def test_each_translation_takes_no_more_than_its_sentence_has() -> None:
    for told in every().values():
        for english, words in told.items():
            assert words.format(*["x"] * english.count("{}"))


def of_cells() -> Iterator[str]:
    """Return what may be wrong in a cell of the lists that pages take, ``{}`` for what differs."""
    for name in ("places/imports.py", "trust/roster.py"):
        text = (ROOT / "hub" / name).read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or len(node.args) != 2:
                continue
            called = node.func
            word = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if word in ("problem", "BadCell"):
                yield from _branches(node.args[1])


def _branches(said_as: ast.expr) -> Iterator[str]:
    """Return what a choice between sentences may come to."""
    if isinstance(said_as, ast.IfExp):
        yield from _branches(said_as.body)
        yield from _branches(said_as.orelse)
    else:
        yield from _sentence(said_as)


def test_what_is_wrong_in_a_list_s_cells_has_its_vietnamese() -> None:
    found = set(of_cells())
    assert len(found) > 15
    assert not {text for text in found if sentence(text.replace("{}", "7"), "vi") == text}


def test_a_refused_list_names_its_cells_in_the_reader_s_language() -> None:
    wrong = [Problem(4, "B (Số CCCD)", "a citizen number has 12 digits")] * (SHOWN + 2)
    told = said(BadList("No pass was issued; roster has problems:", wrong), "vi").splitlines()
    assert told[0] == "Danh sách có chỗ sai, chưa nhận dòng nào:"
    assert told[1] == "dòng 4, B (Số CCCD): số căn cước có 12 chữ số"
    assert told[-1] == "+2"
