"""What every test stands on: a clean environment, a home of its own, repeatable examples."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis

# Settings of the person who runs the tests must not decide what they find. This happens at
# import, before any test module can import what reads them (Kivy does so once, on import).
FOREIGN = ("KIOSK_", "HUB_", "KIVY_", "KCFG_", "DJANGO_", "PG", "XDG_", "LC_", "PYTHON", "COV_CORE")
FOREIGN_NAMES = {
    "ALL_PROXY",
    "CURL_CA_BUNDLE",
    "DATABASE_URL",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANGUAGE",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "RUNTIME_DIRECTORY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "STATE_DIRECTORY",
    "CONFIGURATION_DIRECTORY",
    "NOTIFY_SOCKET",
    "WATCHDOG_USEC",
}
# Where this machine keeps its browser's and Python's own matters.
KEPT = {"PYTHONFAULTHANDLER", "PYTHONDEVMODE", "PYTHONASYNCIODEBUG"}

for name in list(os.environ):
    if name.upper() in FOREIGN_NAMES or (name.startswith(FOREIGN) and name not in KEPT):
        del os.environ[name]

home = Path(tempfile.mkdtemp(prefix="tests-home-"))
atexit.register(shutil.rmtree, home, ignore_errors=True)
(home / "runtime").mkdir(mode=0o700)
os.environ |= {
    "HOME": str(home),
    "XDG_RUNTIME_DIR": str(home / "runtime"),
    "LANG": "C.UTF-8",
    "TZ": "Asia/Ho_Chi_Minh",  # not UTC: a forgotten time zone must show
    "KIVY_NO_ARGS": "1",
    "KIVY_NO_CONSOLELOG": "1",
    "KIVY_NO_FILELOG": "1",
    "PYTHONWARNINGS": "default",  # for the programs that tests start
}

# No deadline: a shared machine is slow at times, and a slow example is not a wrong one.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2000, print_blob=True)
hypothesis.settings.load_profile("repeatable")
