"""The hub's key files and its home."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hub import keys
from hub.errors import BadUsage
from hub.home import Home


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first, second = keys.load(home), keys.load(home)
    assert first.ids == second.ids
    files = list((tmp_path / "keys").iterdir())
    assert len(files) == len(keys.KINDS)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_new_key_is_used_and_the_old_one_is_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    before = keys.load(home)
    keys.add(home, "signing")
    keys.add(home, "opening")
    after = keys.load(home)
    assert after.signing != before.signing
    assert before.signing in after.signing_keys
    assert set(before.opening) < set(after.opening)


def test_a_key_ring_shows_no_key(tmp_path: Path) -> None:
    ring = keys.load(Home(tmp_path))
    assert ring.raw["data"][0].hex() not in repr(ring)
    assert repr(ring.raw["data"][0]) not in repr(ring)


def spoil(path: Path, text: str | None = None, mode: int = 0o600) -> None:
    if text is not None:
        path.write_text(text, encoding="ascii")
    path.chmod(mode)


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [(None, 0o644, "chmod 600"), ("zz", 0o600, "damaged"), ("00ff", 0o600, "cut")],
)
def test_a_key_that_cannot_be_used_is_named(
    tmp_path: Path, text: str | None, mode: int, words: str
) -> None:
    home = Home(tmp_path)
    keys.load(home)
    spoil(home.keys / "data-0001.key", text, mode)
    with pytest.raises(BadUsage, match=words):
        keys.load(home)


def test_a_database_is_a_file_of_ones_own_or_a_url() -> None:
    assert Home(Path("/d")).django_database()["NAME"] == Path("/d/hub.sqlite3")
    assert Home(Path("/d"), "sqlite:////x/y.db").django_database()["NAME"] == Path("/x/y.db")
    given = Home(Path("/d"), "postgresql://me:pw@db.example:5433/hub?sslmode=require")
    made = given.django_database()
    assert (made["USER"], made["HOST"], made["PORT"], made["NAME"]) == (
        "me", "db.example", "5433", "hub",
    )  # fmt: skip
    assert made["OPTIONS"] == {"connect_timeout": 10, "sslmode": "require"}


@pytest.mark.parametrize("url", ["mysql://x/y", "hub.db", "sqlite://", "postgresql://h/d?nope=1"])
def test_an_address_of_no_database_is_refused(url: str) -> None:
    with pytest.raises(BadUsage, match="--database"):
        Home(Path("/d"), url).django_database()
