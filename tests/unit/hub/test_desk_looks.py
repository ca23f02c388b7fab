"""The desk speaks both languages and wears the kiosk's colours."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

from hub.desk.words import every, words

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "hub" / "desk" / "templates"


def colours() -> dict[str, dict[str, str]]:
    """Return the style sheet's colours: by day, by night."""
    day, night = (PAGES / "colours.css").read_text(encoding="utf-8").split("@media")
    pattern = re.compile(r"--([a-z-]+): (#[0-9A-F]{6});")
    return {"day": dict(pattern.findall(day)), "night": dict(pattern.findall(night))}


def test_the_desk_wears_the_colours_of_the_kiosk() -> None:
    palette = tomllib.loads((ROOT / "kiosk/look/palette.toml").read_text(encoding="utf-8"))

    def css(table: str, prefix: str = "") -> dict[str, str]:
        return {prefix + name.replace("_", "-"): value for name, value in palette[table].items()}

    assert colours()["day"] == css("light") | css("verdict", "v-")
    assert colours()["night"] == css("dark")


def test_every_colour_that_a_page_uses_is_one_of_them() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in PAGES.iterdir() if p.suffix != ".py")
    used = set(re.findall(r"var\(--([a-z-]+)\)", text))
    assert used <= set(colours()["day"])
    style = (PAGES / "desk.css").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,6}\b", style) == ["#fff"]  # paper, when printed


def test_both_languages_have_the_same_words() -> None:
    assert set(every()) == {"vi", "en"}
    vi, en = every()["vi"], every()["en"]
    assert set(vi) == set(en)
    assert set(vi["word"]) == set(en["word"])
    assert words("en-US") is en
    assert words("fr") is vi


def test_every_word_that_a_page_asks_for_is_there() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in PAGES.glob("*.html"))
    asked = set(re.findall(r"\bw\.([a-z_]+)", text))
    assert asked <= set(every()["vi"])


def test_pages_hold_no_words_of_their_own() -> None:
    for path in PAGES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
        text = re.sub(r"<(style|svg).*?</\1>|<[^>]*>", "", text, flags=re.DOTALL)
        letters = [c for c in text if c in string.ascii_letters]
        assert not letters, path.name
