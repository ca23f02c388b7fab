"""A certificate of the hub's own, for a hub on a local network that no authority knows.

Kiosks recognise it by its fingerprint, which the enrolment code brings (``pin``), so neither
its name nor its dates matter to them. Made once, kept in ``tls/`` with mode 0600.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.errors import BadUsage
from hub.home import Home
from hub.keys import write_private

LIFETIME = dt.timedelta(days=20 * 365)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Two files in PEM."""

    cert: Path
    key: Path

    @property
    def pin(self) -> bytes:
        """SHA-256 of the certificate (DER); raises :class:`BadUsage` when it is none."""
        try:
            text = self.cert.read_text(encoding="ascii")
            first = text[text.index("-----BEGIN CERTIFICATE-----") :]
            end = "-----END CERTIFICATE-----"
            return hashlib.sha256(
                ssl.PEM_cert_to_DER_cert(first[: first.index(end) + len(end)])
            ).digest()
        except (OSError, ValueError) as error:
            raise BadUsage(f"{self.cert} is no certificate in PEM.") from error

    def check(self) -> None:
        """Raise :class:`BadUsage` unless certificate and key fit together."""
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(self.cert, self.key)
        except (OSError, ssl.SSLError) as error:
            raise BadUsage(f"{self.cert} and {self.key} are no certificate and its key.") from error


def own(home: Home) -> Certificate:
    """Return the hub's own certificate, made at the first call."""
    folder = home.folder / "tls"
    found = Certificate(folder / "cert.pem", folder / "key.pem")
    with home.locked():
        if not found.cert.exists() or not found.key.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            _make(found)
    return found


def _make(target: Certificate) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hub")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoded = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_private(target.key, encoded.decode("ascii"))
    write_private(target.cert, made.public_bytes(serialization.Encoding.PEM).decode("ascii"))
