"""What commands say of input that is none, of wrong words and of wrong settings."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from hub.arguments import parser as hub_parser
from kiosk.main import cli
from tests.unit.codes import payloads


@pytest.mark.parametrize("text", ["", "\r\n", "\ufeff", " "])
def test_nothing_is_entered_and_one_sentence_says_so(text, tmp_path, capsys):
    assert cli(["enter", text, "--data", str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("kiosk: Nothing was entered")
    assert shown.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_are_no_text_are_told_from_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"054\xff")))
    assert cli(["enter", "-", "--data", str(tmp_path)]) == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_decode_tells_how_old_the_signers_are(tmp_path, capsys):
    signer = payloads.signer()
    signers = tmp_path / "signers.der"
    signers.write_bytes(signer.der)
    picture = tmp_path / "empty.png"
    cv2.imwrite(str(picture), np.full((90, 90), 200, np.uint8))
    words = ["decode", "--json", "--data", str(tmp_path), "--trust-list", str(signers)]
    assert cli([*words, "--at", "2099-01-01", str(picture)]) == 1
    told = json.loads(capsys.readouterr().out)["trust_list"]
    assert (told["signers"], told["old"]) == (1, True)
    assert told["age_days"] > 365
    assert cli(["decode", "--json", "--data", str(tmp_path), str(picture)]) == 1
    assert json.loads(capsys.readouterr().out)["trust_list"] is None


@pytest.mark.parametrize("rate", ["0", "-3", "nan", "inf", "x"])
def test_a_rate_that_nothing_plays_at_is_refused(rate, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        cli(["run", "--headless", "--camera", "none", "--data", str(tmp_path), "--fps", rate])
    shown = capsys.readouterr()
    assert (ended.value.code, shown.out, shown.err.count("\n")) == (2, "", 1)
    assert "--fps" in shown.err


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[gate]\ndirektion = "in"', "gate.direktion"),
        ('[policy]\nkinds = ["cccc"]', "policy.kinds"),
        ('[screen]\nlanguage = "xx"', "screen.language"),
        ('[codes]\ntrust_list = "none.pem"', "codes.trust_list"),
        ('[sound]\nphrases = "/none"', "sound.phrases"),
        ("[signals]\nrelay = 5\ngreen = 5", "signals.green"),
    ],
)
def test_wrong_settings_are_one_line_with_the_key_and_the_file(text, key, tmp_path, capsys):
    file = tmp_path / "gate.toml"
    file.write_text(text)
    for words in (["enter", "x"], ["run", "--headless", "--camera", "none"]):
        assert cli([*words, "--data", str(tmp_path / "kiosk"), "--config", str(file)]) == 2
        shown = capsys.readouterr()
        assert (shown.out, shown.err.count("\n")) == ("", 1)
        assert key in shown.err
        assert str(file) in shown.err
        assert not shown.err.endswith("?.\n")


@pytest.mark.parametrize("words", [[], ["place"], ["place", "add", "X", "--kind"], ["frob"]])
def test_a_wrong_hub_command_is_told_in_one_line(words, capsys):
    with pytest.raises(SystemExit) as ended:
        hub_parser().parse_args(words)
    shown = capsys.readouterr()
    assert (ended.value.code, shown.out, shown.err.count("\n")) == (2, "", 1)
    assert shown.err.startswith("hub")


@pytest.mark.parametrize("command", ["status", "fsck", "export", "enter"])
def test_a_file_where_the_kiosks_folder_is_wanted_is_named(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("x")
    more = {"export": [str(tmp_path)], "enter": ["x"]}.get(command, [])
    assert cli([command, *more, "--data", str(file)]) == 2
    said = f"kiosk: {file} is no folder; give --data the kiosk's folder.\n"
    assert capsys.readouterr().err == said
