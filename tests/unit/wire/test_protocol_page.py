"""docs/protocol.md names every field that crosses, and none that does not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from wire.entry import BASES, CLOCK_STATES, CONTENT, TYPES, Header

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
VECTORS = json.loads((ROOT / "tests/samples/wire/v1/vectors.json").read_text(encoding="utf-8"))


def table(head: str) -> list[list[str]]:
    """Return the cells of the table whose first heading is ``head``."""
    lines = PAGE.splitlines()
    start = next(
        i
        for i, line in enumerate(lines[:-1])
        if line.startswith(f"| {head} |") and lines[i + 1].startswith("|---")
    )
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def names(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


@pytest.mark.parametrize("kind", sorted({m["kind"] for m in VECTORS["messages"].values()}))
def test_every_field_of_a_message_is_named(kind: str) -> None:
    payload = set[str]().union(
        *(m["payload"] for m in VECTORS["messages"].values() if m["kind"] == kind)
    )
    told = set().union(*(names(row[0]) for row in table(f"`{kind}`")))
    assert told == set(payload) - {"v"}


def test_every_header_fact_is_named_under_its_number() -> None:
    rows = PAGE.split("### Header (clear)")[1].split("###")[0]
    told = {int(n): name for n, name in re.findall(r"^\| (\d+) \| `(\w+)` \|", rows, re.MULTILINE)}
    facts = Header.__dataclass_fields__
    assert told == {field.metadata["key"]: name for name, field in facts.items()}
    for word in TYPES | BASES | CLOCK_STATES:
        assert f"`{word}`" in rows


def test_every_fact_of_the_sealed_part_is_named() -> None:
    part = PAGE.split("### Sealed part")[1].split("###")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) == set(CONTENT)


def test_the_vector_on_the_page_is_the_samples() -> None:
    block = PAGE.split("```")[1]
    printed = "".join(re.findall(r"[0-9a-f]{8,}", block.split("hash")[0]))
    entry = VECTORS["entries"][0]
    assert entry["header_hex"].startswith(printed)
    assert entry["hash"] in block
    assert VECTORS["keys"]["open"]["kid"] in block


def test_every_reason_to_refuse_is_named() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "hub" / "intake").rglob("*.py")
    )
    raised = set(re.findall(r'Refused\(\s*"([a-z-]+)"', source))
    told = {row[0].strip("`") for row in table("reason")}
    assert raised == told
