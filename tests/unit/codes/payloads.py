"""Made codes of every family, for tests, fuzzing and measurements. Nobody real."""

from __future__ import annotations

import base64
import datetime as dt
import json
import uuid
import zlib
from dataclasses import dataclass

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from wire import b45, signed, tokens
from wire.claims import Bearer, Board, Declaration, Pass
from wire.enrol import EnrolmentCode, KioskCertificate
from wire.keys import OpenKey, SigningKey

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
NOW_S = int(NOW.timestamp())
DAY_S = 86_400

HUB = SigningKey(bytes(range(32)))
OLD_HUB = SigningKey(bytes(range(1, 33)))
STRANGER = SigningKey(bytes(range(2, 34)))
KIOSK = SigningKey(bytes(range(3, 35)))
KIOSK_ID = uuid.UUID("01890000-0000-7000-8000-000000000001")

CCCD = (
    "054199012345||Nguyễn Thị Ví Dụ|01021999|Nữ|Thôn Phú Lộc, Hòa Thắng, Phú Hòa, Phú Yên|22062022"
)
CAN_CUOC = CCCD + "|225012345|Nguyễn Văn Cha|Trần Thị Mẹ|"
NATIONAL = "054093012345|NGUYEN VAN VI DU|1993-01-18|0|162979388586171100|<1<00<0900000001"
NATIONAL_BHYT = (
    "054199012345|NGUYEN THI VI DU|1999-02-01|0|162979388586171101|<2<HS4540199999999<0162 3456789"
)
NATIONAL_MASKED = "05419****345|NGUYEN THI VI DU|1999-**-**|1|162979388586171101|"


def hexed(text: str) -> str:
    """Return text as insurance cards write it."""
    return text.encode().hex()


BHYT_OLD = (
    f"HS4540199999999|{hexed('Nguyễn Thị Ví Dụ')}|01/02/1999|2|{hexed('Hoà Thắng')}|54 - 028|"
    "24/01/2026|-|24/01/2026|$"
)
BHYT_NEW = (
    f"0199999999|{hexed('Nguyễn Thị Ví Dụ')}|01/02/1999|2|{hexed('Hoà Thắng')}|54 - 028|"
    f"01/01/2026|31/12/2026|24/01/2026|54540|{hexed('Trần Thị Mẹ')}|4|01/01/2031|abc-def|-|1|$"
)
HCMC = "https://kbyt.khambenh.gov.vn/#tokhai_yte/ketqua?id=0d5b1a30-0000-4000-8000-00000000abcd"
PASS = Pass(
    b"pass\0\0\0\1",
    Bearer(
        name="Nguyễn Thị Ví Dụ",
        birth="1999-02-01",
        sex="female",
        number="054199012345",
        phone="0900000001",
    ),
    issued=NOW_S - DAY_S,
    until=NOW_S + 365 * DAY_S,
    purpose="staff",
)
DECLARATION = Declaration(
    b"decl\0\0\0\1",
    "N. T. V. Dụ",
    1999,
    "2345",
    NOW_S - 3600,
    NOW_S + DAY_S,
    ("cough",),
    "patient",
)
BOARD = Board("place-1", "Bệnh viện Ví Dụ", NOW_S, gate="A")


def certificate(key: SigningKey = KIOSK, **changes: object) -> bytes:
    """Return the hub's certificate for a kiosk that may issue declarations."""
    facts: dict[str, object] = {
        "kiosk": KIOSK_ID,
        "place": "place-1",
        "key": key.public.raw,
        "scope": ("declaration",),
        "expires_ms": (NOW_S + 30 * DAY_S) * 1000,
    }
    made = KioskCertificate(**facts | changes)  # type: ignore[arg-type]
    return signed.sign(made.pack(), HUB, "kiosk-certificate")


def enrolment() -> str:
    """Return an enrolment code's text."""
    return EnrolmentCode(
        KIOSK_ID,
        b"t" * 16,
        "https://hub.example.vn",
        HUB.public.raw,
        OpenKey(bytes(32)).public.raw,
        "place-1",
        "Bệnh viện Ví Dụ",
        "A",
        (NOW_S + DAY_S) * 1000,
    ).to_text(HUB)


@dataclass(frozen=True)
class Signer:
    """Somebody who signs health certificates."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    der: bytes

    @property
    def kid(self) -> bytes:
        """The certificate's id, as the EU's rules take it."""
        digest = hashes.Hash(hashes.SHA256())
        digest.update(self.der)
        return digest.finalize()[:8]


def signer(*, rsa_bits: int = 0, uses: tuple[str, ...] = ()) -> Signer:
    """Make a signer, with the uses named by their OIDs."""
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    key = (
        rsa.generate_private_key(65537, rsa_bits)
        if rsa_bits
        else ec.generate_private_key(ec.SECP256R1())
    )
    name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "VN")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - dt.timedelta(days=400))
        .not_valid_after(NOW + dt.timedelta(days=400))
    )
    if uses:
        oids = [x509.ObjectIdentifier(use) for use in uses]
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    made = builder.sign(key, hashes.SHA256())
    return Signer(key, made.public_bytes(serialization.Encoding.DER))


VACCINATION = {
    "ver": "1.3.0",
    "nam": {"fn": "Nguyễn", "gn": "Thị Ví Dụ", "fnt": "NGUYEN", "gnt": "THI<VI<DU"},
    "dob": "1999-02-01",
    "v": [
        {
            "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215",
            "dn": 2, "sd": 2, "dt": "2025-12-01", "co": "VN", "is": "Bộ Y tế",
            "ci": "URN:UVCI:01:VN:0123456789#A",
        }
    ],
}  # fmt: skip


def hc1(
    by: Signer,
    *,
    body: object = VACCINATION,
    issuer: str = "VN",
    issued: float = NOW_S - DAY_S,
    expires: float = NOW_S + 300 * DAY_S,
    tags: tuple[int, ...] = (18,),
    protect_kid: bool = True,
    compress: bool = True,
    kid: bytes | None = None,
) -> str:
    """Return a health certificate in any of the forms that issuers use."""
    alg = -37 if isinstance(by.key, rsa.RSAPrivateKey) else -7
    label = {4: by.kid if kid is None else kid}
    protected = cbor2.dumps({1: alg} | (label if protect_kid else {}))
    loose = {} if protect_kid else label
    payload = cbor2.dumps({1: issuer, 4: expires, 6: issued, -260: {1: body}})
    signed_bytes = cbor2.dumps(["Signature1", protected, b"", payload])
    if isinstance(by.key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
        signature = by.key.sign(signed_bytes, pss, hashes.SHA256())
    else:
        r, s = decode_dss_signature(by.key.sign(signed_bytes, ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(32) + s.to_bytes(32)
    value: object = [protected, loose, payload, signature]
    for tag in reversed(tags):
        value = cbor2.CBORTag(tag, value)
    data = cbor2.dumps(value)
    return "HC1:" + b45.encode(zlib.compress(data) if compress else data)


def shc(*, family: str = "Nguyễn", given: tuple[str, ...] = ("Thị", "Ví", "Dụ")) -> str:
    """Return a SMART Health Card with a signature of zeros."""
    claims = {
        "iss": "https://issuer.example.org",
        "nbf": NOW_S,
        "vc": {
            "credentialSubject": {
                "fhirVersion": "4.0.1",
                "fhirBundle": {
                    "resourceType": "Bundle",
                    "entry": [
                        {
                            "fullUrl": "resource:0",
                            "resource": {
                                "resourceType": "Patient",
                                "name": [{"family": family, "given": list(given)}],
                                "birthDate": "1999-02-01",
                            },
                        }
                    ],
                },
            }
        },
    }
    deflate = zlib.compressobj(wbits=-15)
    packed = deflate.compress(json.dumps(claims).encode()) + deflate.flush()
    parts = (b'{"zip":"DEF","alg":"ES256","kid":"x"}', packed, bytes(64))
    token = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return "shc:/" + "".join(f"{byte - 45:02d}" for byte in token)


VDS_NC = json.dumps(
    {
        "data": {
            "hdr": {"is": "VNM", "t": "icao.vacc", "v": 1},
            "msg": {
                "pid": {"dob": "1999-02-01", "i": "C1234567", "n": "NGUYEN THI VI DU", "sex": "F"},
                "uvci": "VN0123456789",
                "ve": [{"des": "XM68M6", "dis": "RA01", "nam": "Comirnaty", "vd": []}],
            },
        },
        "sig": {"alg": "ES256", "cer": "MII", "sigvl": "AAAA"},
    }
)

FOREIGN = {
    "bank": "00020101021138540010A00000072701240006970436011000012345670208QRIBFTTA53037045802VN",
    "wifi": "WIFI:S:Quán Ví Dụ;T:WPA;P:matkhau;;",
    "contact": "BEGIN:VCARD\nVERSION:3.0\nN:Ví Dụ;Nguyễn\nTEL:0900000001\nEND:VCARD",
    "zalo": "https://zalo.me/0900000001",
    "map": "geo:16.4637,107.5909",
    "phone": "tel:+84900000001",
    "mail": "mailto:vidu@example.vn",
    "calendar": "BEGIN:VEVENT\nSUMMARY:Họp\nEND:VEVENT",
    "secret": "otpauth://totp/vidu?secret=ABC",
    "unknown-url": "https://quan-vi-du.example/thuc-don?ban=7",
    "place-link": "https://qr.pccovid.gov.vn/?id=ABCDEF",
}
"""Codes that are nobody's, by the kind they are."""


def samples() -> dict[str, str]:
    """Return a code of every kind of a person's, our own among them."""
    return {
        "cccd": CCCD,
        "national-qr": NATIONAL,
        "citizen-number": "054199012345",
        "bhyt": BHYT_OLD,
        "hcmc-declaration": HCMC,
        "declaration-link": "https://tokhaiyte.vn/ket-qua?id=ABCDEF123456",
        "hc1": hc1(signer()),
        "shc": shc(),
        "vds-nc": VDS_NC,
        "pass": tokens.issue(PASS, HUB),
        "declaration": tokens.issue(DECLARATION, KIOSK, certificate()),
    }


def nobodys() -> dict[str, str]:
    """Return a code of every kind that is nobody's."""
    return FOREIGN | {
        "place-board": tokens.issue_board(BOARD, HUB, "https://hub.example.vn"),
        "enrolment": enrolment(),
        "empty": "",
        "unknown": "Xin chào",
    }
