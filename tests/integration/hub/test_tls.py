"""A hub on a local network: HTTPS with a certificate that enrolment codes vouch for."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path

import pytest
import requests

from kiosk.errors import HubUnreachable
from kiosk.upstream import Hub
from tests.hubs import Gate, HubProcess
from wire.enrol import ClaimAnswer, EnrolmentCode


def test_a_code_brings_the_fingerprint_and_a_kiosk_trusts_nothing_else(tmp_path: Path) -> None:
    with HubProcess(tmp_path / "hub", serve=("--tls",)) as hub:
        code = EnrolmentCode.from_text(hub.spare_code())
        host, port = hub.url.removeprefix("https://").split(":")
        der = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((host, int(port))))
        assert code.url == hub.url
        assert code.pin == hashlib.sha256(der).digest()
        gate = Gate(code, hub.url)
        with Hub(code.url, pin=code.pin) as way:
            body = way.post("/v1/enrol", gate.claim_bytes(), dates_count=True)
        assert ClaimAnswer.unpack(_read(gate, body)).status == "accepted"
        with Hub(code.url, pin=bytes(32)) as wrong, pytest.raises(HubUnreachable):
            wrong.post("/v1/pulse", b"", dates_count=True)
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{hub.url}/healthz", timeout=10)
        hub.restart()
        with Hub(code.url, pin=code.pin) as way:
            assert way.post("/v1/enrol", gate.claim_bytes(), dates_count=True)


def _read(gate: Gate, body: bytes) -> object:
    from wire import signed
    from wire.keys import VerifyKey

    return signed.verify(body, [VerifyKey(gate.code.hub_key)], "claim-answer").payload


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--cert", "a.pem"), "go together"),
        (("--tls", "--cert", "a.pem", "--key", "b.pem"), "not needed"),
        (("--cert", "a.pem", "--key", "b.pem"), "no certificate"),
    ],
)
def test_a_certificate_that_is_none_is_said_so(
    tmp_path: Path, args: tuple[str, ...], words: str
) -> None:
    hub = HubProcess(tmp_path / "hub")
    done = hub.cli("serve", "--bind", "127.0.0.1:0", *args, check=False)
    hub.close()
    assert (done.returncode, words in done.stderr) == (2, True)
