"""A further language is one file: it is offered, spoken, and fits where the others do."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import words
from tests.ui import faults, gallery, scenes
from tests.ui.robot import driven, texts
from tests.ui.sample import StillSource

ACCENTED = str.maketrans("aeioubcdAEIOU", "áêïõûbcđÁÊÏÕÛ")


def another_language() -> str:
    """Return a file like ``en.toml`` in letters that tell it from English."""
    lines = []
    for section, sentences in tomllib.loads(
        Path(words.__file__).with_name("en.toml").read_text("utf-8")
    ).items():
        lines += list(_table(section, sentences))
    return "\n".join(lines)


def _table(name: str, tree: dict[str, object]) -> Iterator[str]:
    yield f"[{name}]"
    for key, value in tree.items():
        if not isinstance(value, dict):
            yield f'{key} = "{_translated(str(value))}"'
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _table(f"{name}.{key}", value)


def _translated(sentence: str) -> str:
    """Change the letters outside braces."""
    parts = sentence.replace('"', "”").split("{")
    head, *rest = parts
    return head.translate(ACCENTED) + "".join(
        "{" + field + "}" + tail.translate(ACCENTED)
        for field, _, tail in (part.partition("}") for part in rest)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A kiosk's folder of further languages, with one in it."""
    (tmp_path / "xx.toml").write_text(another_language(), "utf-8")
    words.look_in(tmp_path)
    yield tmp_path
    words.look_in()


def test_a_language_is_added_by_one_file(folder: Path) -> None:
    from kiosk.ui import KioskApp

    assert words.languages() == ("vi", "en", "xx")
    app = KioskApp(
        replace(gallery.SETTINGS, self_service=True),
        send=lambda _: None,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=gallery.everything(),
    )
    with driven(app) as robot:
        robot.press("language")
        robot.press("xx")
        assert words.load("xx")["visitor.show"] in texts(robot)
        assert words.load("xx").own.keys() == words.load("vi").own.keys()
    (folder / "xx.toml").unlink()
    words.look_in()
    assert words.languages() == ("vi", "en")


@pytest.mark.slow
@pytest.mark.parametrize("size", gallery.TIGHTEST)
def test_every_sentence_of_the_added_language_fits(folder: Path, size: tuple[int, int]) -> None:
    from kiosk.ui import KioskApp

    app = KioskApp(
        replace(gallery.SETTINGS, size=size, language="xx"),
        send=lambda _: None,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=gallery.everything(),
    )
    found = []
    with driven(app) as robot:
        for name, scene in scenes.SCENES.items():
            app.stage.go_home()
            app.show_hint("")
            scene(robot)
            robot.settle()
            found += [f"{name}: {fault}" for fault in faults.of(app.stage)]
    assert found == []
