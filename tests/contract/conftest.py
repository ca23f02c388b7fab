"""Which hub the contract is held against: ``--hub URL --enrolment-code TEXT``, or ours.

Without options our own hub is started, on SQLite and on PostgreSQL. The tests know nothing
but ``wire``: any upstream that passes them can stand in the hub's place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from tests.hubs import Gate, HubProcess, PostgreSQL
from wire.enrol import ClaimAnswer, EnrolmentCode
from wire.entry import GENESIS


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract")
    group.addoption("--hub", metavar="URL", help="hold this hub to the contract")
    group.addoption("--enrolment-code", metavar="TEXT", help="an unused code of that hub")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "joined" in metafunc.fixturenames:
        given = metafunc.config.getoption("--hub")
        kinds = ["given"] if given else ["sqlite", "postgresql"]
        metafunc.parametrize("joined", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def joined(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    """A kiosk whose claim was accepted."""
    folder = tmp_path_factory.mktemp("hub")
    if request.param == "given":
        text = request.config.getoption("--enrolment-code")
        if not text:
            raise pytest.UsageError("--hub needs --enrolment-code, an unused code of that hub.")
        yield _claimed(text, request.config.getoption("--hub").rstrip("/"))
    elif request.param == "sqlite":
        with HubProcess(folder) as hub:
            yield _claimed(hub.spare_code(), hub.url)
    else:
        with PostgreSQL(folder) as server, HubProcess(folder, database=server.database()) as hub:
            yield _claimed(hub.spare_code(), hub.url)


def _claimed(text: str, url: str) -> Gate:
    gate = Gate(EnrolmentCode.from_text(text), url)
    answer = ClaimAnswer.unpack(gate.claim().read("claim-answer"))
    assert answer.status == "accepted"
    return gate


@pytest.fixture
def gate(joined: Gate) -> Gate:
    """The kiosk with a fresh outbox: a chain of its own."""
    return replace(joined, chain=uuid4(), seq=0, prev=GENESIS)
