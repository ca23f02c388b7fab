"""The page on security names tests; each of them exists."""

from __future__ import annotations

import re

from tests.hubs import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`((?:tests/)?[\w/]*test_\w+\.py)(?:::(\w+))?`")


def test_every_test_that_the_page_on_security_names_exists() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 50
    for file, test in named:
        found = list((ROOT / "tests").rglob(file.removeprefix("tests/")))
        assert found, file
        if test:
            assert any(f"def {test}(" in path.read_text(encoding="utf-8") for path in found), test


def test_every_file_that_the_page_on_security_names_exists() -> None:
    for path in re.findall(r"`((?:tests|wire|kiosk|hub)/[\w/.]+)`", PAGE):
        assert (ROOT / path).exists(), path
