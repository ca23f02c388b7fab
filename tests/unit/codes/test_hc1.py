"""Health certificates: made ones in every form, and the samples with their signers."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import zlib
from pathlib import Path

import base45
import cbor2
import pytest

import kiosk
from kiosk.codes import Context, classify
from kiosk.codes.trustlist import TrustList
from kiosk.model import Trust
from tests.unit.codes import payloads
from tests.unit.codes.payloads import NOW, NOW_S, VACCINATION, hc1, signer
from wire import b45

SAMPLES = Path(kiosk.__file__).resolve().parents[2] / "shared/samples/dgc"
BY = signer()
TEST_OID, VACCINATION_OID = ("1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.1847.2021.1.2")


def knowing(*signers: payloads.Signer, now: dt.datetime = NOW, trusted: bool = True) -> Context:
    """Return a context whose trust list holds these signers."""
    pem = b"".join(
        b"-----BEGIN CERTIFICATE-----\n"
        + base64.encodebytes(s.der)
        + b"-----END CERTIFICATE-----\n"
        for s in signers
    )
    return Context(now=now, clock_trusted=trusted, trust_list=TrustList.parse(pem, now))


def test_a_certificate_gives_holder_birth_and_issuer_and_nothing_about_health() -> None:
    code = classify(hc1(BY), knowing(BY))
    assert (code.kind, code.trust, code.issuer) == ("hc1", Trust.SIGNED, "VN")
    assert code.person is not None
    assert (code.person.name, code.person.birth) == ("Nguyễn Thị Ví Dụ", "1999-02-01")
    assert code.keys == ("hc1:URN:UVCI:01:VN:0123456789#A",)
    kept = f"{code.details}{code.reference}{code.warnings}"
    assert not any(fact in kept for fact in ("840539006", "EU/1/20/1528", "2025-12-01"))


@pytest.mark.parametrize("tags", [(18,), (), (61,), (61, 18), (18, 61)])
@pytest.mark.parametrize("protect_kid", [True, False])
@pytest.mark.parametrize("compress", [True, False])
def test_every_form_that_issuers_use_is_read(tags, protect_kid, compress) -> None:
    text = hc1(BY, tags=tags, protect_kid=protect_kid, compress=compress)
    assert classify(text, knowing(BY)).trust is Trust.SIGNED


@pytest.mark.parametrize("bits", [2048, 3072])
def test_rsa_signatures_are_checked(bits: int) -> None:
    rsa = signer(rsa_bits=bits)
    assert classify(hc1(rsa), knowing(rsa)).trust is Trust.SIGNED
    assert classify(hc1(rsa, kid=BY.kid), knowing(rsa, BY)).trust is Trust.BAD_SIGNATURE


def test_without_a_trust_list_the_signature_is_not_checked() -> None:
    code = classify(hc1(BY), Context(now=NOW, clock_trusted=True))
    assert (code.trust, code.reason) == (Trust.NOT_CHECKED, "no-trust-list")
    assert code.personal


def test_an_unknown_key_is_named_so() -> None:
    code = classify(hc1(BY), knowing(signer()))
    assert (code.trust, code.reason) == (Trust.NOT_CHECKED, "unknown-key")


def test_a_forged_certificate_has_a_bad_signature() -> None:
    data = zlib.decompress(base45.b45decode(hc1(BY)[4:]))
    forged = data.replace("Dụ".encode(), "Dừ".encode())
    assert forged != data
    code = classify("HC1:" + b45.encode(zlib.compress(forged)), knowing(BY))
    assert (code.trust, code.reason) == (Trust.BAD_SIGNATURE, "bad-signature")


def test_expiry_is_judged_by_our_clock_and_only_when_it_is_trusted() -> None:
    text = hc1(BY, expires=NOW_S + 60.5)  # some issuers write floats
    later = NOW + dt.timedelta(minutes=2)
    assert classify(text, knowing(BY)).trust is Trust.SIGNED
    assert classify(text, knowing(BY, now=later)).trust is Trust.EXPIRED
    untrusted = knowing(BY, now=later, trusted=False)
    assert classify(text, untrusted).trust is Trust.VALIDITY_NOT_CHECKED
    surely = Context(clock_trusted=False, floor=later, trust_list=untrusted.trust_list)
    assert classify(text, surely).trust is Trust.EXPIRED


def test_a_certificate_of_the_future_is_not_yet_valid() -> None:
    code = classify(hc1(BY, issued=NOW_S + 86_400), knowing(BY))
    assert (code.trust, code.reason) == (Trust.EXPIRED, "not-yet-valid")


@pytest.mark.parametrize("when", [math.inf, -math.inf, math.nan, 1e300, -1, 253_402_300_800])
def test_a_date_that_is_none_is_no_date(when: float) -> None:
    code = classify(hc1(BY, expires=when), knowing(BY))
    assert code.valid_until is None
    assert code.person is not None


def test_a_signer_of_tests_may_not_sign_a_vaccination() -> None:
    limited = signer(uses=(TEST_OID,))
    code = classify(hc1(limited), knowing(limited))
    assert (code.trust, code.reason) == (Trust.BAD_SIGNATURE, "signer-not-allowed")
    right = signer(uses=(VACCINATION_OID,))
    assert classify(hc1(right), knowing(right)).trust is Trust.SIGNED


def test_two_certificates_in_one_are_none() -> None:
    both = VACCINATION | {"t": VACCINATION["v"]}
    code = classify(hc1(BY, body=both), knowing(BY))
    assert (code.trust, code.reason) == (Trust.NOT_CHECKED, "malformed")


def test_the_eus_own_issuers_must_compress() -> None:
    code = classify(hc1(BY, issuer="AT", compress=False), knowing(BY))
    assert (code.trust, code.reason) == (Trust.NOT_CHECKED, "not-compressed")
    assert code.personal


@pytest.mark.parametrize("body", [None, 7, [], {}, {"v": 1}, {"nam": 1, "dob": 2, "ver": 3}])
def test_a_body_that_is_none_names_nobody(body: object) -> None:
    code = classify(hc1(BY, body=body), knowing(BY))
    assert (code.kind, code.person, code.reason) == ("hc1", None, "malformed")


def test_a_bomb_is_not_unpacked() -> None:
    bomb = "HC1:" + b45.encode(zlib.compress(bytes(2_000_000), 9))
    assert classify(bomb).reason == "malformed"


def test_a_later_version_is_named_so() -> None:
    assert classify("HC2:" + hc1(BY)[4:]).reason == "future-version"


# The samples: each with its signer's certificate and the time of its check.

EXPECTED = {
    "B1": (Trust.NOT_CHECKED, "malformed"),  # wrong base45
    "Z1": (Trust.NOT_CHECKED, "malformed"),  # broken compression
    "Z2": (Trust.NOT_CHECKED, "not-compressed"),
    "CBO1": (Trust.NOT_CHECKED, "malformed"),
    "CBO2": (Trust.NOT_CHECKED, "malformed"),
    "CO5": (Trust.BAD_SIGNATURE, "bad-signature"),
    "CO6": (Trust.BAD_SIGNATURE, "signer-not-allowed"),
    "CO7": (Trust.BAD_SIGNATURE, "signer-not-allowed"),
    "CO8": (Trust.BAD_SIGNATURE, "signer-not-allowed"),
    "CO9": (Trust.BAD_SIGNATURE, "signer-not-allowed"),
    "CO10": (Trust.BAD_SIGNATURE, "signer-not-allowed"),
    "CO11": (Trust.BAD_SIGNATURE, "signer-not-allowed"),
    "CO16": (Trust.EXPIRED, "not-yet-valid"),
    "CO17": (Trust.EXPIRED, "expired"),
    "CO22": (Trust.NOT_CHECKED, "unknown-key"),
    "CO23": (Trust.NOT_CHECKED, "unknown-key"),
    "DGC1": (Trust.NOT_CHECKED, "malformed"),
    "DGC2": (Trust.NOT_CHECKED, "malformed"),
    "H2": (Trust.NOT_CHECKED, "future-version"),
}
UNKNOWN = {"H1", "H3"}  # another scheme, or none: nothing says that it is a certificate
UNREADABLE_PICTURE = {"Q1"}  # its text is sound


def samples() -> list[Path]:
    """Return the sample files, none where the machine has only the repository."""
    return sorted(SAMPLES.glob("*/*.json"))


@pytest.mark.skipif(not samples(), reason=f"no samples in {SAMPLES}")
@pytest.mark.parametrize(
    "path", samples() or [SAMPLES], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_each_sample_is_answered_as_its_description_says(path: Path) -> None:
    sample = json.loads(path.read_text("utf-8"))
    about = sample["TESTCTX"]
    clock = about["VALIDATIONCLOCK"]
    now = dt.datetime.fromisoformat(clock).astimezone(dt.UTC)
    trusted = TrustList.parse(base64.b64decode(about["CERTIFICATE"]), now)
    code = classify(sample["PREFIX"], Context(now=now, clock_trusted=True, trust_list=trusted))
    if path.stem in UNKNOWN:
        assert code.kind == "unknown"
    elif path.stem in EXPECTED and path.parent.name == "common":
        assert (code.kind, code.trust, code.reason) == ("hc1", *EXPECTED[path.stem])
    else:
        # Where the description's own clock is before the certificate, the signature is right
        # all the same: only a sound one is called not yet valid.
        early = code.valid_from is not None and code.valid_from > now
        assert code.trust is (Trust.EXPIRED if early else Trust.SIGNED)
        names = sample["JSON"]["nam"] if "JSON" in sample else None
        if names is not None:
            assert code.person is not None
            assert code.person.name == f"{names['fn']} {names['gn']}"
            assert code.person.birth == sample["JSON"]["dob"]


def test_cbor_of_every_kind_of_claims_is_survived() -> None:
    for claims in ([], 7, {"a": 1}, {-260: 7}, {-260: {1: {"nam": {"fn": "x"}}}}):
        cose = cbor2.CBORTag(18, [b"", {}, cbor2.dumps(claims), b""])
        code = classify("HC1:" + b45.encode(zlib.compress(cbor2.dumps(cose))), knowing(BY))
        assert code.reason in ("malformed", "unknown-key")
