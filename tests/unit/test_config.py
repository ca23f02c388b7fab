"""The configuration: every key is documented, every mistake is named in one line."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from kiosk import config
from kiosk.errors import BadConfig

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config" / "kiosk.example.toml"


def test_the_example_is_the_defaults() -> None:
    assert config.load(EXAMPLE) == config.Config()


def test_the_example_names_every_key() -> None:
    table = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    for section in dataclasses.fields(config.Config):
        kind = type(getattr(config.Config(), section.name))
        assert set(table[section.name]) == {field.name for field in dataclasses.fields(kind)}


def test_the_example_explains_every_key() -> None:
    above = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        key = line.split("=")[0].strip()
        if "=" in line and not line.startswith((" ", "#")) and key.isidentifier():
            assert above, f"{key} has no comment above it"
        above = line if line.startswith("#") or ("=" in line and above) else ""


@pytest.mark.parametrize("profile", sorted((ROOT / "config" / "profiles").glob("*.toml")))
def test_a_profile_is_a_configuration(profile: Path) -> None:
    config.load(profile)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[gate]\ndirecton = 'in'", "unknown key “gate.directon”; did you mean “direction”?"),
        ("[camra]\n", "unknown key “camra”; did you mean “camera”?"),
        ("[gate]\ndirection = 'up'", "“gate.direction” in {file} must be one of"),
        ("[camera]\nwidth = 'wide'", "“camera.width” in {file} must be a whole number"),
        ("[camera]\nmirror = 1", "“camera.mirror” in {file} must be true or false"),
        ("[sound]\nvolume = 11", "“sound.volume” in {file} must be from 0 to 1; it is 11"),
        ("[privacy]\nkeep_days = 1", "“privacy.keep_days” in {file} must be from 7"),
        ("[policy]\nexpired = 'shout'", "“policy.expired” in {file} must be one of"),
        ("[policy]\nform = ['emial']", '“policy.form” in {file} knows "nationality", "email"'),
        ("[policy]\nkinds = 'cccd'", "“policy.kinds” in {file} must be a list"),
        ("gate = 3", "“gate” in {file} must be a section"),
        ("[gate\n", "is not TOML"),
    ],
)
def test_a_mistake_is_named_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadConfig) as caught:
        config.load(file)
    assert said.format(file=file) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_missing_file_and_one_of_bytes_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="cannot be read"):
        config.load(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadConfig, match="UTF-8"):
        config.load(tmp_path / "bytes.toml")
