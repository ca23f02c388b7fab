"""Trust lists in the forms that gateways give them out, and their age."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes.trustlist import OLD_AFTER, TrustList, load
from kiosk.errors import BadInput
from tests.unit.codes.payloads import NOW, signer

BY = signer(uses=("1.3.6.1.4.1.1847.2021.1.1",))
KID = base64.b64encode(BY.kid).decode()
CERT = base64.b64encode(BY.der).decode()
KEY = base64.b64encode(
    x509.load_der_x509_certificate(BY.der)
    .public_key()
    .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
PEM = f"-----BEGIN CERTIFICATE-----\n{CERT}\n-----END CERTIFICATE-----\n"
GATEWAY = {"certificates": [{"kid": KID, "country": "VN", "rawData": CERT, "signature": CERT}]}


@pytest.mark.parametrize(
    "data",
    [
        BY.der,
        PEM.encode(),
        ("Bag attributes\n" + PEM * 2).encode(),
        json.dumps({KID: CERT}).encode(),
        json.dumps({KID: [CERT]}).encode(),
        json.dumps({BY.kid.hex(): CERT}).encode(),
        json.dumps([CERT]).encode(),
        json.dumps(GATEWAY).encode(),
        ("MEUCIQDsignature==\n" + json.dumps(GATEWAY)).encode(),
        json.dumps({"dsc_trust_list": {"VN": {"keys": [{"kid": KID, "x5c": [CERT]}]}}}).encode(),
        json.dumps({"eu_keys": {KID: [{"subjectPk": KEY, "keyUsage": ["t"]}]}}).encode(),
    ],
)
def test_every_form_of_a_list_gives_the_same_signer(data: bytes) -> None:
    found = TrustList.parse(data, NOW)
    assert len(found) == 1
    assert len(found.find(BY.kid)) == 1
    assert found.find(BY.kid)[0].may_sign("test")
    assert not found.find(BY.kid)[0].may_sign("vaccination")
    assert found.find(b"12345678") == ()


def test_two_signers_may_share_a_key_id() -> None:
    other = signer()
    data = json.dumps({KID: [CERT, base64.b64encode(other.der).decode()]}).encode()
    assert len(TrustList.parse(data, NOW).find(BY.kid)) == 2


def test_a_weak_or_broken_certificate_is_counted_and_the_rest_used() -> None:
    weak = base64.b64encode(signer(rsa_bits=1024).der).decode()
    broken = base64.b64encode(BY.der[:-40]).decode()
    found = TrustList.parse(json.dumps([CERT, weak, broken]).encode(), NOW)
    assert (len(found), found.unusable) == (1, 2)


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"[]", b"{}", b'{"a": "b"}', BY.der[:50], b"[" * 9000],
    ids=["empty", "text", "no list", "no facts", "no signer", "cut", "deep"],
)
def test_a_file_without_a_usable_signer_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(BadInput, match="trust list"):
        TrustList.parse(data, NOW)


def test_a_lists_age_is_shown() -> None:
    found = TrustList.parse(BY.der, NOW)
    assert found.age(NOW + dt.timedelta(days=3)) == dt.timedelta(days=3)
    assert found.age(NOW - dt.timedelta(days=3)) == dt.timedelta(0)
    assert not found.is_old(NOW + OLD_AFTER)
    assert found.is_old(NOW + OLD_AFTER + dt.timedelta(seconds=1))


def test_a_file_is_loaded_as_of_its_own_date(tmp_path) -> None:
    path = tmp_path / "list.pem"
    path.write_text(PEM)
    found = load(path)
    assert found.as_of == dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    with pytest.raises(BadInput, match="cannot be read"):
        load(tmp_path / "missing.pem")


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    )
)
def test_any_json_is_a_list_or_refused(value: object) -> None:
    with pytest.raises(BadInput):
        TrustList.parse(json.dumps(value).encode(), NOW)
