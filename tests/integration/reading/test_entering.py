"""What ``kiosk enter`` and ``kiosk decode`` say of input that is none."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

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
