"""A display for the window tests: the one there is, else one of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.ui.desk import Desk


@pytest.fixture(scope="session", autouse=True)
def display() -> Iterator[None]:
    """Open a virtual display unless there is a display; without Xvfb the tests cannot run."""
    if os.environ.get("DISPLAY"):
        yield
        return
    server = shutil.which("Xvfb")
    if server is None:
        pytest.fail("the window tests need Xvfb: run make setup-test")
    ready, told = os.pipe()
    command = [server, "-displayfd", str(told), "-screen", "0", "1920x1280x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[told], stderr=subprocess.DEVNULL)
    os.close(told)
    with os.fdopen(ready) as answer:
        os.environ["DISPLAY"] = f":{answer.readline().strip()}"
    try:
        yield
    finally:
        del os.environ["DISPLAY"]
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def desk() -> Desk:
    """Where commands go."""
    return Desk()
