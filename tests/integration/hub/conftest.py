"""Our hub on both databases, started once; each test brings a kiosk of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.street import Street
from tests.hubs import Gate, HubProcess, PostgreSQL


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """A server of our own."""
    with PostgreSQL(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HubProcess]:
    """A hub that many tests share."""
    database = ""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgresql").database()
    with HubProcess(tmp_path_factory.mktemp("hub"), database=database) as hub:
        yield hub


@pytest.fixture
def own_hub(tmp_path: Path) -> Iterator[HubProcess]:
    """A hub on SQLite that a test may stop, damage and restart."""
    with HubProcess(tmp_path / "hub") as hub:
        yield hub


@pytest.fixture
def gate(hub: HubProcess) -> Gate:
    """A fresh kiosk, enrolled."""
    return Gate.joined(hub)


@pytest.fixture(scope="session")
def street_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A hub for the public's and the owners' pages; modules take a quarter of it."""
    street = Street.opened(tmp_path_factory.mktemp("street"))
    yield street
    street.close()


@pytest.fixture(scope="session")
def street(street_hub: Street, tmp_path_factory: pytest.TempPathFactory) -> Street:
    """A hospital at which a real kiosk saw three people; others may have checked in since."""
    return street_hub.quarter(tmp_path_factory.mktemp("quarter"))
