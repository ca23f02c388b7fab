"""What a kiosk knows when a code is read: keys, revocations, trust list, and which time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kiosk.clock import SetClock, wall_ms_of
from kiosk.codes import Context, classify
from kiosk.codes.trustlist import TrustList
from kiosk.identity import Identity
from kiosk.meaning import Meaning
from kiosk.model import ClockState, Trust
from tests.unit.codes import payloads
from wire import signed, tokens
from wire.batch import Settings
from wire.enrol import EnrolmentCode

OVER = tokens.issue(replace(payloads.PASS, until=payloads.NOW_S - 60), payloads.HUB)


def identity() -> Identity:
    """Return a kiosk that was enrolled at the hub."""
    return Identity(payloads.KIOSK, EnrolmentCode.from_text(payloads.enrolment()))


def set_to(moment: dt.datetime, state: ClockState) -> SetClock:
    """Return a clock that shows ``moment``."""
    return SetClock(wall_ms_of(moment), state=state)


def test_the_hubs_own_key_its_issuers_and_its_revocations_are_known() -> None:
    settings = Settings(1, revoked=("aa",), issuers=(payloads.OLD_HUB.public.raw,))
    me = identity().believe_settings(signed.sign(settings.pack(), payloads.HUB, "settings"))
    known = Meaning(me, set_to(payloads.NOW, ClockState.TRUSTED)).context()
    assert set(known.issuers) == {payloads.HUB.kid, payloads.OLD_HUB.kid}
    assert known.revoked == {"aa"}


def test_only_a_trusted_clock_judges_dates() -> None:
    for state, trust in (
        (ClockState.TRUSTED, Trust.EXPIRED),
        (ClockState.ASSERTED, Trust.VALIDITY_NOT_CHECKED),
        (ClockState.UNTRUSTED, Trust.VALIDITY_NOT_CHECKED),
    ):
        known = Meaning(identity(), set_to(payloads.NOW, state)).context()
        assert classify(OVER, known).trust is trust


def test_what_was_over_at_the_last_receipt_is_over() -> None:
    lost = set_to(payloads.NOW - dt.timedelta(days=900), ClockState.UNTRUSTED)
    known = Meaning(identity(), lost, floor=payloads.NOW).context()
    assert classify(OVER, known).trust is Trust.EXPIRED


def test_a_time_that_was_trusted_stays_known_when_trust_is_lost() -> None:
    clock = set_to(payloads.NOW, ClockState.TRUSTED)
    meaning = Meaning(identity(), clock)
    assert meaning.context().clock_trusted
    clock.reboot(wall_ms=0)
    known = meaning.context()
    assert (known.clock_trusted, known.floor) == (False, payloads.NOW)


def test_the_stewards_trust_list_is_used() -> None:
    by = payloads.signer()
    listed = TrustList.parse(by.der, payloads.NOW)
    clock = set_to(payloads.NOW, ClockState.TRUSTED)
    text = payloads.hc1(by)
    assert classify(text, Meaning(identity(), clock).context()).trust is Trust.NOT_CHECKED
    known: Context = Meaning(identity(), clock, trust_list=listed).context()
    assert classify(text, known).trust is Trust.SIGNED
