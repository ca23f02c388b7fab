"""The front door: what ``make run`` starts, from outside, as a person sees it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(
    *arguments: str, cwd: Path, timeout: float = 240, **environment: str
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed (make setup)")
def test_the_demo_tells_its_story_and_loses_nobody(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("-m", "kiosk", "demo", "--screenshots", str(out), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) <= 40
    assert done.stderr == ""
    for word in ("recorded", "already recorded", "two codes at once", "(bank)", "is back"):
        assert word in done.stdout
    waiting = [int(found) for found in re.findall(r"waiting (\d+)", done.stdout)]
    assert max(waiting) >= 2
    sums = next(line for line in lines if "shown" in line)
    assert sums.endswith("at the hub 12, lost 0, wrong names 0")
    assert (out / "contact-sheet.png").stat().st_size > 10_000
    page = (out / "journey.html").read_text(encoding="utf-8")
    for part in ("frame.png", "Nguyễn Thị Hồng Nhung", "The receipt", "stored", "The batch"):
        assert part in page
    assert (out / "frame.png").exists()


def test_without_a_screen_the_demo_says_so_and_plays_headless(tmp_path: Path) -> None:
    done = run(
        "-m", "kiosk", "demo", "--seconds", "8", "--screenshots", str(tmp_path / "out"),
        cwd=tmp_path, PATH=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no display and no Xvfb" in done.stdout
    assert "lost 0, wrong names 0" in done.stdout


def test_main_runs_as_a_script_from_any_directory(tmp_path: Path) -> None:
    done = run(str(ROOT / "kiosk" / "main.py"), "--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("kiosk ")
    inside = run("main.py", "--help", cwd=ROOT / "kiosk")
    assert inside.returncode == 0
    assert "A first day:" in inside.stdout
