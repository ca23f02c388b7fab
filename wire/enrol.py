"""Joining a place: enrolment code, claim, the hub's answer, the kiosk's certificate.

The code goes from the hub to the kiosk on a screen, on paper or on a stick, as
``GATE1:`` + base45 (RFC 9285: it fits a QR code's alphanumeric mode) of a signed object.
It brings the hub's own key, so its signature only proves that it is whole; what makes it
believed is the person who brought it. A claim is signed by the key the kiosk just made.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import base45

from wire import signed
from wire.batch import VERSION, Clocks
from wire.errors import Malformed
from wire.fields import get, get_or, get_time, get_uuid, version_of
from wire.keys import SigningKey, VerifyKey

PREFIX = "GATE1:"


@dataclass(frozen=True, slots=True)
class Wifi:
    """A wireless network that the place gives its kiosk; no password: an open one."""

    ssid: str
    password: str = ""

    def __repr__(self) -> str:
        """Keep the password out of every log."""
        return f"Wifi({self.ssid!r})"

    def pack(self) -> dict[str, str]:
        """Return the map."""
        return {"s": self.ssid, "p": self.password}

    @classmethod
    def unpack(cls, packed: Any) -> Wifi | None:
        """Read the map, or nothing where there is none; raises :class:`Malformed`."""
        if packed is None:
            return None
        ssid, password = get(packed, "s", str), get_or(packed, "p", str, "")
        # IEEE 802.11: a name has 1 to 32 bytes; WPA: a pass phrase has at most 63 letters.
        if not 1 <= len(ssid.encode()) <= 32 or len(password) > 64:
            raise Malformed("The wireless network in the code is none.")
        return cls(ssid, password)


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """Kind ``enrolment``: everything a kiosk needs to work before it ever meets the hub.

    ``token`` works once. ``pin`` is the SHA-256 of the hub's TLS certificate (DER) for a
    hub on a LAN, else empty. ``expires_ms`` is UTC; a kiosk whose clock is not trusted
    never refuses a code. ``language``, ``profile`` (the kind of venue) and ``wifi`` spare the
    steward a keyboard; codes without them, and programs that do not know them, work as ever.
    """

    kiosk: uuid.UUID
    token: bytes
    url: str
    hub_key: bytes
    seal_key: bytes
    place: str
    place_name: str
    gate: str
    expires_ms: int
    pin: bytes = b""
    gates: int = 1
    language: str = ""
    profile: str = ""
    wifi: Wifi | None = None

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        more = {"l": self.language, "pr": self.profile, "w": self.wifi and self.wifi.pack()}
        return {key: value for key, value in more.items() if value} | {
            "v": VERSION,
            "k": self.kiosk.bytes,
            "t": self.token,
            "u": self.url,
            "h": self.hub_key,
            "s": self.seal_key,
            "p": self.place,
            "n": self.place_name,
            "g": self.gate,
            "x": self.expires_ms,
            "tls": self.pin,
            "gs": self.gates,
        }

    @classmethod
    def unpack(cls, payload: Any) -> EnrolmentCode:
        """Read a payload."""
        version_of(payload, VERSION)
        return cls(
            get_uuid(payload, "k"),
            get(payload, "t", bytes),
            get(payload, "u", str),
            VerifyKey(get(payload, "h", bytes)).raw,
            get(payload, "s", bytes),
            get(payload, "p", str),
            get(payload, "n", str),
            get(payload, "g", str),
            get(payload, "x", int),
            get_or(payload, "tls", bytes, b""),
            get_or(payload, "gs", int, 1),
            get_or(payload, "l", str, ""),
            get_or(payload, "pr", str, ""),
            Wifi.unpack(payload.get("w")),
        )

    def to_text(self, key: SigningKey) -> str:
        """Sign with the hub's key and write as text for a QR code or a screen."""
        data = signed.sign(self.pack(), key, "enrolment")
        return PREFIX + str(base45.b45encode(data), "ascii")

    @classmethod
    def from_text(cls, text: str) -> EnrolmentCode:
        """Read a code; spaces at the ends and line breaks inside are forgiven.

        Raises :class:`~wire.errors.WireError` when it is cut, altered or no such code.
        """
        compact = text.replace("\r", "").replace("\n", "")
        bare = compact.strip()
        if not bare.startswith(PREFIX):
            raise Malformed("This is no enrolment code.")
        # A space is a base45 letter too: one at the end may be ours, or lost on the way.
        for candidate in (compact.lstrip(), bare, bare + " ", bare + "  "):
            try:
                data = base45.b45decode(candidate[len(PREFIX) :])
            except ValueError:
                continue
            break
        else:
            raise Malformed("The enrolment code is cut or mistyped.")
        code = cls.unpack(signed.peek_payload(data))
        signed.verify(data, [VerifyKey(code.hub_key)], "enrolment")
        return code


@dataclass(frozen=True, slots=True)
class Claim:
    """Kind ``claim``: a kiosk takes its place, with proof that it holds ``key``.

    ``after`` names the last known chain heads of a kiosk that this one replaces.
    """

    kiosk: uuid.UUID
    request: uuid.UUID
    token: bytes
    key: bytes
    clocks: Clocks
    version: str = ""

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "kiosk": self.kiosk.bytes,
            "request": self.request.bytes,
            "token": self.token,
            "key": self.key,
            "clocks": self.clocks.pack(),
            "version": self.version,
        }

    @classmethod
    def unpack(cls, payload: Any) -> Claim:
        """Read a payload (verify the object with ``key`` first: :func:`read_claim`)."""
        version_of(payload, VERSION)
        return cls(
            get_uuid(payload, "kiosk"),
            get_uuid(payload, "request"),
            get(payload, "token", bytes),
            VerifyKey(get(payload, "key", bytes)).raw,
            Clocks.unpack(payload.get("clocks")),
            get_or(payload, "version", str, ""),
        )


def read_claim(data: bytes) -> Claim:
    """Return the claim in ``data``, its proof of possession checked."""
    claim = Claim.unpack(signed.peek_payload(data))
    signed.verify(data, [VerifyKey(claim.key)], "claim")
    return claim


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """Kind ``claim-answer``: accepted, or held until the hub's admin decides.

    ``certificate`` is a signed object of kind ``kiosk-certificate`` (empty while held);
    ``settings`` one of kind ``settings``, or None.
    """

    kiosk: uuid.UUID
    request: uuid.UUID
    status: str  # "accepted" or "held"
    certificate: bytes
    now_ms: int
    settings: bytes | None = None

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "kiosk": self.kiosk.bytes,
            "request": self.request.bytes,
            "status": self.status,
            "certificate": self.certificate,
            "now": self.now_ms,
            "settings": self.settings,
        }

    @classmethod
    def unpack(cls, payload: Any) -> ClaimAnswer:
        """Read a payload."""
        version_of(payload, VERSION)
        status = get(payload, "status", str)
        if status not in ("accepted", "held"):
            raise Malformed("The hub's answer to the claim is none that we know.")
        return cls(
            get_uuid(payload, "kiosk"),
            get_uuid(payload, "request"),
            status,
            get(payload, "certificate", bytes),
            get_time(payload, "now"),
            get_or(payload, "settings", bytes, b"") or None,
        )


@dataclass(frozen=True, slots=True)
class KioskCertificate:
    """Kind ``kiosk-certificate``, signed by the hub: this key speaks for this gate.

    ``scope`` names what the key may sign for others to believe (``declaration``,
    ``minute-code``).
    """

    kiosk: uuid.UUID
    place: str
    key: bytes
    scope: tuple[str, ...]
    expires_ms: int

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "kiosk": self.kiosk.bytes,
            "place": self.place,
            "key": self.key,
            "scope": list(self.scope),
            "expires": self.expires_ms,
        }

    @classmethod
    def unpack(cls, payload: Any) -> KioskCertificate:
        """Read a payload."""
        version_of(payload, VERSION)
        return cls(
            get_uuid(payload, "kiosk"),
            get(payload, "place", str),
            VerifyKey(get(payload, "key", bytes)).raw,
            tuple(str(item) for item in get(payload, "scope", list)),
            get(payload, "expires", int),
        )
