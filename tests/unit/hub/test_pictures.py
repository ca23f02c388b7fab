"""Each rule of contact has a picture in the pages, drawn from the case that its test asserts."""

from __future__ import annotations

from tests.unit.hub import pictures


def test_every_picture_is_of_the_cases_as_they_are_and_stands_in_the_page() -> None:
    made = pictures.drawn()
    lying = {path.name: path.read_text(encoding="utf-8") for path in pictures.FOLDER.glob("*.svg")}
    assert lying == made, "run python -m tests.unit.hub.pictures"
    page = (pictures.FOLDER.parents[1] / "tracing.md").read_text(encoding="utf-8")
    assert [name for name in made if f"pictures/tracing/{name}" not in page] == []
