"""``kiosk enrol``: join a place; works without network, the claim follows when there is one."""

from __future__ import annotations

import argparse
from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.codes.text import normalise
from kiosk.commands.lines import say
from kiosk.enrolling import REFUSALS, ask_for_code, join, remember
from kiosk.errors import BadEnrolment, BadInput, Retry
from kiosk.files import Ownership, ensure_folder
from kiosk.identity import Identity, read_code
from kiosk.model import ClockState
from kiosk.preferences import Preferences
from kiosk.sync import Refused
from wire import shortcode
from wire.enrol import PREFIX
from wire.errors import WireError
from wire.keys import fingerprint

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})


def run(options: argparse.Namespace) -> int:
    """Enrol, claim the place if the hub answers, and say which fingerprints to compare."""
    now = SystemClock().now()
    trusted = now.state == ClockState.TRUSTED.value
    code = read_code(_text(options.code, options.hub), now_ms=now.wall_ms if trusted else None)
    ensure_folder(options.data)
    with Ownership(options.data):
        me = join(options.data, code)
        remember(Preferences(options.data), code)
    claim = _claim_now(options.data, me)
    facts = {
        "place": code.place,
        "place_name": code.place_name,
        "gate": code.gate,
        "hub": code.url,
        "kiosk": str(code.kiosk),
        "fingerprint": fingerprint(me.key.public.raw),
        "hub_fingerprint": fingerprint(code.hub_key),
        "claim": claim,
    }
    if options.json:
        say(facts)
        return 0
    print(f"Joined {code.place_name} ({code.place}), gate {code.gate}, at {code.url}.")
    print(f"This kiosk's key   {facts['fingerprint']}   (compare with the hub's page)")
    print(f"The hub's key      {facts['hub_fingerprint']}")
    print(
        {
            "accepted": "The hub has accepted this kiosk.",
            "held": "The hub holds this claim until its admin decides; entries are kept for it.",
        }.get(claim, "The hub was not reached; the claim follows when the network is there.")
    )
    return 0


def _claim_now(data: Path, me: Identity) -> str:
    """Claim the place at once if the hub answers; returns the claim's state."""
    from kiosk import config
    from kiosk.gate import Gate, Post

    if me.claim == "accepted":
        return me.claim
    with Gate(data, config.Config(), Post(verdict=lambda _: None)) as gate:
        try:
            gate.sync.make_claim()
        except Refused as error:
            told = REFUSALS.get(error.reason, f"The hub refuses this kiosk ({error.reason})")
            raise BadEnrolment(f"{told}; ask the hub for a fresh code.") from error
        except Retry:
            return me.claim
        return gate.identity.claim


def _text(given: str, hub: str | None) -> str:
    if given.strip().startswith(PREFIX):
        return given
    path = Path(given)
    if not _is_file(path):
        if _is_short(given) and hub is None:
            raise BadInput("The hub tells what the ten characters stand for: add --hub URL.")
        if hub is not None:
            return ask_for_code(hub, given)
        raise BadInput(f"“{given[:60]}” is neither a file nor an enrolment code ({PREFIX}…).")
    if path.suffix.lower() in PICTURES:
        return _from_picture(path)
    text = normalise(path.read_bytes())
    if text is None:
        raise BadInput(f"{path} is neither a picture nor a text file with an enrolment code.")
    return text


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a text that is longer than any name
        return False


def _is_short(given: str) -> bool:
    try:
        return bool(shortcode.read(given))
    except WireError:
        return False


def _from_picture(path: Path) -> str:
    from kiosk.playback import read_picture
    from kiosk.scanner import scanner

    for sighting in scanner(who=lambda _: None).read_image(read_picture(path)):
        if sighting.text and sighting.text.startswith(PREFIX):
            return sighting.text
    raise BadInput(f"No enrolment code can be read in {path}; take the picture again, closer.")
