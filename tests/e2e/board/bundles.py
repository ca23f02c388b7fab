"""Bundles as a stick brings them: a real one, and newer and spoilt ones made from its files."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.board.machine import ROOT

BUNDLE = ROOT / "deploy/raspberrypi/bundle"
GPG = ("gpg", "--batch", "--yes", "--homedir")


def release_key(folder: Path, name: str) -> Path:
    """Make a key that signs bundles."""
    folder.mkdir(mode=0o700)
    subprocess.run(
        [*GPG, folder, "--passphrase", "", "--quick-generate-key", name, "ed25519", "sign",
         "never"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


def made(folder: Path, key: Path, target: str) -> Path:
    """Make a real bundle for ``target``, such as ``bookworm-amd64``."""
    subprocess.run(
        [sys.executable, BUNDLE, folder, "--key", key, "--for", target],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return folder


def sign(folder: Path, key: Path) -> None:
    """List all files with their sums, and sign the list."""
    for name in ("SHA256SUMS", "SHA256SUMS.sig"):
        (folder / name).unlink(missing_ok=True)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))
    subprocess.run(
        [*GPG, key, "--detach-sign", "--output", folder / "SHA256SUMS.sig", folder / "SHA256SUMS"],
        check=True, capture_output=True,
    )  # fmt: skip


def newer(
    bundle: Path, folder: Path, version: str, key: Path, changes: Mapping[str, str] | None = None
) -> Path:
    """Make a bundle of the same files under another version; ``changes`` are files of it.

    A name of ``changes`` is a module's path in the wheel, and its value is put in the place of
    the file.
    """
    # Hard links: what is changed is written anew.
    shutil.copytree(bundle, folder, copy_function=os.link)
    old = next((folder / "wheels").glob("entrance_kiosk-*.whl"))
    was = old.name.split("-")[1]
    new = old.with_name(old.name.replace(was, version, 1))
    rows, record = [], ""
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as target:
        for given in source.namelist():
            data = source.read(given)
            name = given.replace(f"-{was}.dist-info", f"-{version}.dist-info")
            if name.endswith("METADATA") or name == "kiosk/__init__.py":
                data = data.replace(was.encode(), version.encode(), 1)
            data = (changes or {}).get(name, "").encode() or data
            if name.endswith("RECORD"):
                record = name
                continue
            target.writestr(name, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(data)}\n")
        target.writestr(record, "".join(rows) + f"{record},,\n")
    old.unlink()
    rewrite(folder / "VERSION", version + "\n")
    sign(folder, key)
    return folder


def rewrite(path: Path, text: str) -> None:
    """Put ``text`` in the place of a file that may be shared with another bundle."""
    path.unlink()
    path.write_text(text)
