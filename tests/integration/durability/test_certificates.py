"""Whom the kiosk believes to be its hub, over TLS with real servers, whatever its clock shows."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path

import pytest

from kiosk.clock import SetClock
from kiosk.errors import HubUnreachable
from kiosk.model import ClockState
from kiosk.upstream import Hub
from tests.certificates import Authority, echoing
from tests.hubs import HubProcess
from tests.integration.durability.conftest import joined
from tests.kiosks import card

SENT = b"signed bytes"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that this system trusts."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


def asked(url: str, *, dates_count: bool, pin: bytes = b"") -> bool:
    """Whether what answers at ``url`` is taken for the hub."""
    with Hub(url, pin=pin) as hub:
        try:
            return hub.post("/v1/pulse", SENT, dates_count=dates_count) == SENT
        except HubUnreachable as error:
            if "certificate" not in str(error):
                raise
            return False


@pytest.mark.parametrize(
    ("facts", "believed_by"),
    [
        ({}, {"trusted", "untrusted"}),
        ({"begins": -60, "ends": -30}, {"untrusted"}),
        ({"begins": 30, "ends": 60}, {"untrusted"}),
        ({"host": "other.example"}, set()),
        ({"host": "other.example", "begins": -60, "ends": -30}, set()),
    ],
    ids=["good", "expired", "not-yet-valid", "wrong-name", "wrong-name-and-expired"],
)
def test_dates_count_with_a_trusted_clock_alone_and_names_always(
    facts: dict, believed_by: set[str], authority: Authority
) -> None:
    with echoing(*authority.server("hub", **facts)) as url:
        clocks = ("trusted", "untrusted")
        assert {c for c in clocks if asked(url, dates_count=c == "trusted")} == believed_by


@pytest.mark.parametrize("clock", ["trusted", "untrusted"])
def test_a_newer_pythons_rules_of_form_part_no_gate_from_its_hub(
    clock: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = ssl.create_default_context

    def newer() -> ssl.SSLContext:
        context = older()
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", newer)
    with echoing(*authority.server("hub")) as url:  # without key identifiers
        assert asked(url, dates_count=clock == "trusted")


@pytest.mark.parametrize("clock", ["trusted", "untrusted"])
def test_an_authority_that_nobody_knows_vouches_for_nobody(
    clock: str, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path, "Test stranger")
    with echoing(*stranger.server("hub")) as url:
        assert not asked(url, dates_count=clock == "trusted")


@pytest.mark.parametrize("clock", ["trusted", "untrusted"])
def test_a_pin_names_one_certificate_whatever_its_dates_and_names(
    clock: str, tmp_path: Path
) -> None:
    unknown = Authority(tmp_path)
    own = unknown.server("own", host="hub.lan", begins=-60, ends=-30)
    other = unknown.server("other", host="hub.lan")
    pin = hashlib.sha256(ssl.PEM_cert_to_DER_cert(own[0].read_text())).digest()
    with echoing(*own) as url:
        assert asked(url, dates_count=clock == "trusted", pin=pin)
        assert not asked(url, dates_count=clock == "trusted", pin=bytes(32))
        assert not asked(url, dates_count=clock == "trusted")
    with echoing(*other) as url:
        assert not asked(url, dates_count=clock == "trusted", pin=pin)


def test_a_kiosk_that_wakes_in_1970_reaches_its_hub_and_learns_the_time(
    authority: Authority, tmp_path: Path
) -> None:
    """The hub's certificate is out of date by every clock: only the untrusted one may not say."""
    certificate, key = authority.server("hub", begins=-60, ends=-30)
    serve = ("--cert", str(certificate), "--key", str(key))
    with HubProcess(tmp_path / "hub", serve=serve) as hub:
        clock = SetClock(0, state=ClockState.UNTRUSTED)
        url = hub.url.replace("127.0.0.1", "localhost")
        kiosk = joined(tmp_path / "kiosk", hub, url, clock=clock)
        with kiosk.gate:
            assert clock.state is ClockState.TRUSTED  # the claim's signed answer told
            assert kiosk.show(card(1))[0].recorded
            kiosk.talk(2)
            assert kiosk.waiting == 1  # now it can tell that the certificate is over
            assert "certificate" in kiosk.gate.sync.progress.detail
