"""Who this kiosk is: its key, its place, its hub; kept in one owner-only file.

The key is made here and never leaves. The file is replaced as a whole (written, synced,
renamed), so a power cut leaves the old or the new one.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.errors import BadEnrolment, DiskRefused, NotEnrolled
from kiosk.files import write_private
from wire import cbor, signed
from wire.batch import Settings
from wire.enrol import EnrolmentCode, KioskCertificate
from wire.errors import WireError
from wire.fields import get, get_or
from wire.hanging import Hanging
from wire.keys import SealKey, SigningKey, VerifyKey

FILE = "identity.cbor"


@dataclass(frozen=True, slots=True)
class Identity:
    """A kiosk's identity; ``claim`` is ``pending``, ``accepted`` or ``held``.

    ``settings_bytes`` is the newest signed settings object that was believed, ``boards`` what
    the hub last said of the place's boards.
    """

    key: SigningKey
    code: EnrolmentCode
    claim: str = "pending"
    certificate: bytes = b""
    settings_bytes: bytes = b""
    boards: Hanging | None = None

    @property
    def kiosk(self) -> uuid.UUID:
        """This kiosk's id."""
        return self.code.kiosk

    @property
    def settings(self) -> Settings:
        """The settings in force (version 0 before the first)."""
        if not self.settings_bytes:
            return Settings(0)
        return Settings.unpack(signed.peek_payload(self.settings_bytes))

    @property
    def hub_keys(self) -> dict[bytes, VerifyKey]:
        """Keys whose receipts are believed: the enrolment's, then what it signed since."""
        raw = self.settings.hub_keys or (self.code.hub_key,)
        return {key.kid: key for key in map(VerifyKey, {*raw, self.code.hub_key})}

    @property
    def issuers(self) -> dict[bytes, VerifyKey]:
        """Keys whose passes, declarations and boards are believed."""
        return self.hub_keys | {k.kid: k for k in map(VerifyKey, self.settings.issuers)}

    @property
    def seal_key(self) -> SealKey:
        """The tracing authority's newest key."""
        return SealKey(self.settings.seal_key or self.code.seal_key)

    def believe_settings(self, data: bytes) -> Identity:
        """Return the identity with newer settings; older ones change nothing.

        Raises :class:`~wire.errors.WireError` unless one of the hub's keys signed them.
        """
        found = Settings.unpack(signed.verify(data, self.hub_keys, "settings").payload)
        if found.version <= self.settings.version:
            return self
        return replace(self, settings_bytes=data)

    def believe_certificate(self, data: bytes) -> Identity:
        """Return the identity with a certificate for this very kiosk and key."""
        payload = signed.verify(data, self.hub_keys, "kiosk-certificate").payload
        certificate = KioskCertificate.unpack(payload)
        if certificate.kiosk != self.kiosk or certificate.key != self.key.public.raw:
            raise BadEnrolment("The hub's certificate is for another kiosk; enrol again.")
        return replace(self, certificate=data)

    def save(self, folder: Path) -> None:
        """Write durably; raises :class:`~kiosk.errors.DiskRefused`."""
        packed = {
            "v": 1,
            "key": self.key.raw,
            "code": self.code.pack(),
            "claim": self.claim,
            "certificate": self.certificate,
            "settings": self.settings_bytes,
            "boards": None if self.boards is None else self.boards.pack(),
        }
        write_private(folder / FILE, cbor.dumps(packed))

    @classmethod
    def load(cls, folder: Path) -> Identity:
        """Read the identity in ``folder``.

        Raises :class:`NotEnrolled`, and :class:`DiskRefused` where the disk does not give it:
        a card that fails for a moment is no reason to enrol anew.
        """
        path = folder / FILE
        try:
            packed = cbor.loads(path.read_bytes())
            return cls(
                SigningKey(get(packed, "key", bytes)),
                EnrolmentCode.unpack(get(packed, "code", dict)),
                get(packed, "claim", str),
                get_or(packed, "certificate", bytes, b""),
                get_or(packed, "settings", bytes, b""),
                Hanging.unpack(packed["boards"]) if packed.get("boards") else None,
            )
        except FileNotFoundError as error:
            raise NotEnrolled(
                "This kiosk belongs to no place yet; run “kiosk enrol” with the hub's code."
            ) from error
        except OSError as error:
            raise DiskRefused(
                f"{path} cannot be read ({error.strerror}); start again, and if that does not "
                "help, copy the entries out (kiosk fsck) and change the card."
            ) from error
        except WireError as error:
            raise NotEnrolled(
                f"{path} cannot be read ({error}); enrol this kiosk again with a fresh code."
            ) from error


def read_code(text: str, *, now_ms: int | None) -> EnrolmentCode:
    """Return the enrolment code in ``text``; ``now_ms`` is None while no clock is trusted.

    Raises :class:`BadEnrolment` with one sentence.
    """
    try:
        code = EnrolmentCode.from_text(text)
    except WireError as error:
        raise BadEnrolment(
            f"This enrolment code cannot be used ({_plain(error)}); show the whole code again, "
            "or ask the hub for a fresh one."
        ) from error
    if now_ms is not None and code.expires_ms < now_ms:
        raise BadEnrolment("This enrolment code is no longer valid; ask the hub for a fresh one.")
    return code


def _plain(error: WireError) -> str:
    text = str(error).rstrip(".")
    return text[:1].lower() + text[1:]
