"""The public and the owners' pages speak both languages, wear one style, and hold no words."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3] / "hub"
APPS = ("visitors", "owners")


def words(app: str) -> dict[str, dict]:
    """Return an app's words by language."""
    return tomllib.loads((ROOT / app / "words.toml").read_text(encoding="utf-8"))


def templates(app: str) -> list[Path]:
    """Return an app's pages."""
    return sorted((ROOT / app / "templates" / app).glob("*.html"))


def flat(tree: dict, above: str = "") -> set[str]:
    """Return the dotted keys of all sentences."""
    found = set()
    for key, value in tree.items():
        found |= flat(value, f"{above}{key}.") if isinstance(value, dict) else {f"{above}{key}"}
    return found


@pytest.mark.parametrize("app", APPS)
def test_both_languages_have_the_same_words_and_none_is_empty(app: str) -> None:
    vi, en = words(app)["vi"], words(app)["en"]
    assert flat(vi) == flat(en)
    for tree in (vi, en):
        for value in tree.values():
            assert all(value.values()) if isinstance(value, dict) else value


def test_every_word_that_a_page_asks_for_is_there() -> None:
    public, owners = flat(words("visitors")["vi"]), flat(words("owners")["vi"])
    for app in APPS:
        own = public if app == "visitors" else owners
        for path in templates(app):
            text = path.read_text(encoding="utf-8")
            desk = path.name.startswith("desk_")
            pairs = {"v": own} if desk else {"w": public, "o": owners}
            for letter, known in pairs.items():
                asked = re.findall(rf"(?<![\w.]){letter}\.([a-z_0-9]+(?:\.[a-z-]+)?)", text)
                tables = {key.partition(".")[0] for key in known if "." in key}
                assert set(asked) <= known | tables, (path.name, set(asked) - known - tables)


@pytest.mark.parametrize("app", APPS)
def test_pages_hold_no_words_no_script_and_no_style_of_their_own(app: str) -> None:
    for path in templates(app):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        if not path.name.startswith("desk_"):
            assert " style=" not in text, path.name
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
        text = re.sub(r"<(style|svg).*?</\1>|<[^>]*>", "", text, flags=re.DOTALL)
        text = text.replace("A4", "").replace("A5", "")  # sizes of paper have no language
        assert not [c for c in text if c in string.ascii_letters], path.name


def test_the_style_uses_the_kiosk_s_colours_alone() -> None:
    style = (ROOT / "visitors/templates/visitors/style.css").read_text(encoding="utf-8")
    colours = (ROOT / "desk/templates/colours.css").read_text(encoding="utf-8")
    known = set(re.findall(r"--([a-z-]+):", colours))
    assert set(re.findall(r"var\(--([a-z-]+)\)", style)) <= known
    # White under codes, and what a browser too old for variables shows of the page.
    assert set(re.findall(r"#[0-9a-fA-F]{3,6}\b", style)) == {"#fff", "#EEF1F4", "#10202C"}
