"""Joining a place: by a code that was shown or typed, on the command line or on the glass.

Works without network: the claim follows when there is one. The caller holds the folder
(:class:`kiosk.files.Ownership`) for whatever writes.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.conversation import Refused, read_answer
from kiosk.errors import BadConfig, BadEnrolment, NoReceipt, NotEnrolled
from kiosk.files import sync_folder
from kiosk.identity import FILE as IDENTITY
from kiosk.identity import Identity
from kiosk.preferences import Preferences, profiles
from kiosk.queue import FILE as OUTBOX
from kiosk.queue import Outbox
from kiosk.rows import State
from kiosk.salvage import finish, open_outbox
from kiosk.upstream import Hub
from kiosk.words import languages
from wire import shortcode, signed
from wire.enrol import EnrolmentCode
from wire.errors import WireError
from wire.keys import SigningKey, VerifyKey
from wire.shortcode import Asking, Invited

REFUSALS = {
    "used-token": "This enrolment code was used by another kiosk",
    "expired-token": "This enrolment code is no longer valid",
    "unknown-token": "The hub does not know this enrolment code",
    "revoked": "The hub has revoked this kiosk",
}

FORMER = "former"
"""Folder for what belonged to the place before; nothing in it can be read without the hub."""


def join(data: Path, code: EnrolmentCode) -> Identity:
    """Make this kiosk the one of ``code``, durably; the same kiosk keeps its key and chain.

    Raises :class:`BadEnrolment` where entries of another place still wait, and where the
    folder belongs to another kiosk.
    """
    code = replace(code, wifi=None)  # joined or not: its password is nothing to keep
    try:
        old = Identity.load(data)
    except NotEnrolled:
        check_whose(data, code)
        me = Identity(SigningKey.new(), code)
    else:
        if old.kiosk != code.kiosk:
            check_nothing_waits(data, old)
            raise BadEnrolment(
                f"This kiosk belongs to {old.code.place_name}; give the new place a --data "
                "folder of its own, or remove this one."
            )
        me = replace(old, code=code, claim=old.claim if old.code == code else "pending")
    # The outbox first: a kiosk that belongs to a place and has none has lost it.
    open_outbox(data)[0].close()
    me.save(data)
    return me


def remember(preferences: Preferences, code: EnrolmentCode) -> None:
    """Take the language and the kind of venue that the code brings."""
    if code.language in languages():
        preferences.keep("language", code.language)
    if code.profile in profiles():
        preferences.keep("profile", code.profile)


def move(data: Path, code: EnrolmentCode) -> Identity:
    """Leave the present place for another; what lies here is set aside under ``former/``."""
    old = Identity.load(data)
    if old.kiosk == code.kiosk:
        return join(data, code)
    check_nothing_waits(data, old)
    aside = data / FORMER / f"{old.kiosk}-{uuid.uuid4().hex[:8]}"
    aside.mkdir(parents=True, mode=0o700)
    for file in sorted(data.glob(f"{OUTBOX}*")):
        file.rename(aside / file.name)
    (data / IDENTITY).rename(aside / IDENTITY)
    sync_folder(aside)
    sync_folder(data)
    return join(data, code)


def check_whose(data: Path, code: EnrolmentCode) -> None:
    """Raise :class:`BadEnrolment` where entries of another place than the code's wait here.

    Asked where the identity is lost or damaged: what waits still says whose it is, and goes
    to no other hub.
    """
    finish(data)
    if not (data / OUTBOX).exists():
        return
    with Outbox(data / OUTBOX) as outbox:
        stock = outbox.stock()
        waiting = outbox.rows(state=State.WAITING, limit=1) or outbox.rows(
            state=State.REFUSED, limit=1
        )
        places = {row.entry.header.place for row in waiting}
    if places - {code.place}:
        raise BadEnrolment(
            f"{stock.waiting + stock.refused} entries of another place still wait here; enrol "
            "this kiosk with a fresh code of that place, and let them be sent first."
        )


def check_nothing_waits(data: Path, old: Identity) -> None:
    """Raise :class:`BadEnrolment` while entries wait for the hub of the present place."""
    finish(data)
    if not (data / OUTBOX).exists():
        return
    with Outbox(data / OUTBOX) as outbox:
        stock = outbox.stock()
    if stock.waiting + stock.refused:
        raise BadEnrolment(
            f"{stock.waiting + stock.refused} entries still wait for the hub of "
            f"{old.code.place_name}; let them be sent (or carried out by stick) before this "
            "kiosk joins another place."
        )


def ask_for_code(address: str, typed: str) -> str:
    """Return the enrolment code that ten typed characters stand for at the hub ``address``.

    Raises :class:`BadEnrolment` with one sentence, or :class:`~kiosk.errors.Retry`.
    """
    try:
        code = shortcode.read(typed)
    except WireError as error:
        raise BadEnrolment(f"{error} Type it again.") from error
    key, request = SigningKey.new(), uuid.uuid4()
    data = signed.sign(Asking(request, code, key.public.raw).pack(), key, "asking")
    try:
        with Hub(address_of(address)) as hub:
            # Nobody knows the time yet on a first day: dates do not count, names do.
            body = hub.post("/v1/invitation", data, dates_count=False)
    except BadConfig as error:
        raise BadEnrolment(str(error)) from error
    try:
        found, _ = signed.peek(body)
        if found == "refusal":
            # Signed by a hub whose key is not known yet: its word counts for no more than
            # that this address said no.
            reason = str(signed.peek_payload(body).get("reason"))
            raise BadEnrolment(f"{REFUSALS.get(reason, 'The hub refuses this code')}.")
        invited = Invited.unpack(signed.peek_payload(body))
        enrolment = EnrolmentCode.from_text(invited.text)
        hub_key = VerifyKey(enrolment.hub_key)
        read_answer(body, "invited", asked=data, keys={hub_key.kid: hub_key}, unpack=Invited.unpack)
    except (WireError, AttributeError, Refused) as error:
        raise NoReceipt("What answers at this address is no hub of ours.") from error
    if invited.request != request:
        raise NoReceipt("The hub's answer is for another question.")
    return invited.text


def address_of(typed: str) -> str:
    """Return a typed address whole: ``hub.example.vn`` is ``https://hub.example.vn``."""
    text = "".join(typed.split()).rstrip("/")
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        _ = parts.port
    except ValueError as error:
        raise BadEnrolment(f"“{text[:60]}” is no address of a hub.") from error
    if not parts.hostname:
        raise BadEnrolment("Type the hub's address, such as hub.example.vn.")
    return whole
