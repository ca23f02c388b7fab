"""``hub kiosk enrol``, ``list``, ``accept`` and ``revoke``."""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hub import database
from hub.carry.trips import missing
from hub.commands.output import actor, iso, local, print_json, print_table
from hub.compliance.gates import gate_of
from hub.compliance.hardware import Hardware
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.models import Claim, Kiosk
from hub.intake.registry import Invitation, decide_claim, find_kiosk, invite, revoke_kiosk
from hub.intake.transactions import now_ms
from wire.enrol import Wifi


def enrol(args: argparse.Namespace, home: Home) -> int:
    """Make a kiosk and print the code with which a device becomes it."""
    served, pin = home.remembered_url()
    url = address(args.url or served)
    if not 0 < args.valid <= 3650:
        raise BadUsage("--valid takes days, more than 0 and at most 3650.")
    if not 1 <= args.count <= 1000 or (args.qr and args.count > 1):
        raise BadUsage("--count takes 1 to 1000; a picture (--qr) is made of one code only.")
    database.ready(home)
    for _ in range(args.count):
        made = invite(
            args.place,
            gate=args.gate,
            url=url,
            pin=pin if url == served else b"",
            valid=dt.timedelta(days=args.valid),
            actor=actor(),
            language=args.language,
            profile=args.profile,
            wifi=wireless(args.wifi, args.wifi_password_file),
        )
        if args.qr:
            draw(made.text, args.qr)
        _show(made, json=args.json)
    return 0


def _show(made: Invitation, *, json: bool) -> None:
    if json:
        print_json(
            {
                "code": made.text,
                "short": made.short,
                "expires": iso(made.expires),
                "kiosk": str(made.code.kiosk),
                "place": made.code.place,
                "gate": made.code.gate,
                "url": made.code.url,
                "fingerprint": made.fingerprint,
            }
        )
        return
    print(made.text)
    print(f"kiosk        {made.code.kiosk}")
    print(f"hub          {made.code.url}")
    print(f"fingerprint  {made.fingerprint}   (the kiosk must show the same)")
    print(f"ten letters  {made.short}   (to type at {made.code.url} where no camera sees the code)")
    print(f"valid until  {local(made.expires)}, for one kiosk")


def list_(args: argparse.Namespace, home: Home) -> int:
    """Show all kiosks."""
    database.ready(home)
    kiosks = [_facts(k) for k in Kiosk.objects.select_related("place").order_by("place", "gate")]
    if args.json:
        for kiosk in kiosks:
            print_json(kiosk)
        return 0
    print_table(
        ("KIOSK", "PLACE", "GATE", "STATUS", "LAST SEEN", "ENTRIES", "VERSION", "TROUBLES", "FLAGS",
         "KEYS"),
        (
            (
                str(k["kiosk"])[:8], k["place"], k["gate"], k["status"], k["seen"], k["entries"],
                k["version"] or "–", " ".join(k["troubles"]) or "–",
                " ".join(k["flags"]) or "–",
                "; ".join(f"{c['fingerprint']} {c['status']}" for c in k["claims"]) or "–",
            )
            for k in kiosks
        ),
    )  # fmt: skip
    return 0


def accept(args: argparse.Namespace, home: Home) -> int:
    """Accept one held key."""
    database.ready(home)
    claim = _claim(find_kiosk(args.kiosk), args.fingerprint)
    decide_claim(claim, accept=True, actor=actor(), reason=args.reason)
    return _said(args, claim, "accepted")


def revoke(args: argparse.Namespace, home: Home) -> int:
    """Revoke a kiosk, or one key of it."""
    database.ready(home)
    kiosk = find_kiosk(args.kiosk)
    if args.fingerprint:
        claim = _claim(kiosk, args.fingerprint)
        decide_claim(claim, accept=False, actor=actor(), reason=args.reason)
        return _said(args, claim, "revoked")
    revoke_kiosk(kiosk, reason=args.reason, actor=actor())
    if args.json:
        print_json({"kiosk": str(kiosk.pk), "status": "revoked"})
    else:
        print(f"{kiosk.pk} is revoked; what it sent stays.")
    return 0


def _said(args: argparse.Namespace, claim: Claim, status: str) -> int:
    if args.json:
        print_json(
            {"kiosk": str(claim.kiosk_id), "fingerprint": claim.fingerprint, "status": status}
        )
    else:
        print(f"The key {claim.fingerprint} of {claim.kiosk_id} is {status}.")
    return 0


def _claim(kiosk: Kiosk, fingerprint: str) -> Claim:
    wanted = fingerprint.replace(" ", "").lower()
    for claim in kiosk.claims.all():
        if wanted and claim.fingerprint.replace(" ", "") == wanted:
            return claim
    raise BadUsage("This kiosk has no key with that fingerprint; hub kiosk list shows them.")


def _facts(kiosk: Kiosk) -> dict[str, Any]:
    chains = [
        {
            "chain": str(chain.chain),
            "ranges": chain.ranges,
            "kiosk_seq": kiosk.heads.get(str(chain.chain), [None])[0],
        }
        for chain in kiosk.chains.order_by("updated_ms")
    ]
    held = sum(last - first + 1 for c in chains for first, last in c["ranges"])
    return {
        "kiosk": str(kiosk.pk),
        "place": kiosk.place_id,
        "place_name": kiosk.place.name,
        "gate": kiosk.gate,
        "status": kiosk.status,
        "last_seen": iso(kiosk.last_seen),
        "seen": local(kiosk.last_seen),
        "last_pulse": iso(kiosk.last_pulse),
        "version": kiosk.version,
        "clock": kiosk.clock,
        "missing": sum(last - first + 1 for _, first, last in missing(kiosk)),
        "clock_off_s": None if kiosk.clock_off_ms is None else kiosk.clock_off_ms / 1000,
        "settings": kiosk.settings_version,
        "troubles": list(gate_of(kiosk, now_ms=now_ms()).troubles),
        "hardware": asdict(Hardware.of(kiosk.health)),
        "health": kiosk.health,
        "tally": kiosk.tally,
        "entries": held,
        "chains": chains,
        "flags": sorted(set(kiosk.chain_flags.values_list("kind", flat=True))),
        "claims": [
            {"fingerprint": claim.fingerprint, "status": claim.status}
            for claim in kiosk.claims.order_by("created")
        ],
    }


def address(text: str) -> str:
    """Return how kiosks and phones reach this hub; raises :class:`BadUsage`."""
    if not text:
        raise BadUsage(
            "It is not known yet how kiosks reach this hub: start hub serve once, or give --url."
        )
    split = urlsplit(text)
    if split.scheme not in ("http", "https") or not split.hostname:
        raise BadUsage(f"--url takes an address such as https://hub.example, not “{text}”.")
    return text.rstrip("/")


def wireless(ssid: str, password_file: Path | None) -> Wifi | None:
    """Return the wireless network that a code brings; the password never is an argument."""
    if not ssid:
        return None
    if not 1 <= len(ssid.encode()) <= 32:
        raise BadUsage("--wifi takes the network's name, at most 32 bytes.")
    password = ""
    if password_file is not None:
        try:
            password = password_file.read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadUsage(f"{password_file} cannot be read as the Wi-Fi's password.") from error
        if not 8 <= len(password) <= 63:
            raise BadUsage(f"{password_file} must hold 8 to 63 letters: the Wi-Fi's password.")
    return Wifi(ssid, password)


def draw(text: str, path: Path) -> None:
    """Write a text as a QR code into a picture."""
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=6, border=4)
    code.add_data(text)
    try:
        code.make_image().save(path)
    except OSError as error:
        raise BadUsage(f"{path} cannot be written: {error.strerror}.") from error
