"""A small server for a hub: a bare Debian with what its installer would fetch, and checkouts."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.board.machine import ROOT, mirror

PACKAGES = (
    "systemd-sysv,dbus,udev,gpgv,python3-venv,ca-certificates,openssl,libzbar0,postgresql,caddy,"
    "nginx-light,curl"
)
PARTS = (
    "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "requirements.lock", "kiosk", "wire",
    "hub", "deploy/hub",
)  # fmt: skip
MIGRATION = """\
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("intake", "{leaf}")]
    operations = [migrations.RunSQL("CREATE TABLE added_{word} (n integer)")]
"""


def fresh(folder: Path, suite: str) -> Path:
    """Make the bare server in ``folder``."""
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(folder), mirror()],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    folder.chmod(0o755)
    # It has no network: the wheels come from the bundle's shelf.
    (folder / "etc/pip.conf").write_text(
        "[global]\nno-index = true\nfind-links = /media/good/wheels\n"
    )
    return folder


def checkout(
    folder: Path, version: str, *, moves: str = "", changes: Mapping[str, str] | None = None
) -> Path:
    """Copy this checkout under another version; with ``moves``, its tables go a step forward."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    init = folder / "kiosk/__init__.py"
    text, count = re.subn(
        r'(?m)^__version__ = ".*"', f'__version__ = "{version}"', init.read_text()
    )
    assert count == 1
    init.write_text(text)
    if moves:
        steps = folder / "hub/intake/migrations"
        leaf = max(file.stem for file in steps.glob("0*.py"))
        number = int(leaf[:4]) + 1
        (steps / f"{number:04}_{moves}.py").write_text(MIGRATION.format(leaf=leaf, word=moves))
    for name, text in (changes or {}).items():
        (folder / name).write_text(text)
    return folder
