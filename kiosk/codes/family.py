"""What every family of codes shares: its interface, and what is known while reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from kiosk.model import Code, Trust
from wire.hanging import Hanging
from wire.keys import VerifyKey

if TYPE_CHECKING:
    from kiosk.codes.trustlist import TrustList

EARLY = dt.timedelta(minutes=15)
"""What a hub's clock may be ahead of ours: a code issued just now is valid now."""

_NO_KEYS: Mapping[bytes, VerifyKey] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Context:
    """What the kiosk knows at the moment a code is read.

    ``now`` is the wall time (UTC) and ``clock_trusted`` whether dates may be judged by it;
    ``floor`` is the latest time that was ever trusted: what was over before it is over,
    however wrong the clock is now. ``issuers`` are the keys of the hub and its issuers by
    key id, old ones included; ``revoked`` the ids of passes taken back; ``trust_list``
    the signers of ``HC1:`` certificates that the steward loaded, if any. ``place`` is this
    kiosk's, ``boards`` what its hub last said of the boards there.
    """

    now: dt.datetime | None = None
    clock_trusted: bool = False
    floor: dt.datetime | None = None
    issuers: Mapping[bytes, VerifyKey] = field(default_factory=lambda: _NO_KEYS)
    revoked: frozenset[str] = frozenset()
    trust_list: TrustList | None = None
    place: str = ""
    boards: Hanging | None = None

    @property
    def time(self) -> dt.datetime | None:
        """The wall time where it can be trusted, else None."""
        return self.now if self.clock_trusted else None

    def dates(
        self, valid_from: dt.datetime | None, valid_until: dt.datetime | None
    ) -> tuple[Trust, str]:
        """Judge a sound signature's dates: the trust it deserves, and a reason if not full.

        ``SIGNED`` within its dates (or without any), ``EXPIRED`` outside them (reason
        ``expired`` or ``not-yet-valid``), ``VALIDITY_NOT_CHECKED`` while no clock is trusted.
        """
        known = self.time
        latest = max((t for t in (known, self.floor) if t is not None), default=None)
        if valid_until is not None and latest is not None and valid_until <= latest:
            return Trust.EXPIRED, "expired"
        if known is None:
            dated = valid_from is not None or valid_until is not None
            return (Trust.VALIDITY_NOT_CHECKED, "clock") if dated else (Trust.SIGNED, "")
        if valid_from is not None and valid_from > known + EARLY:
            return Trust.EXPIRED, "not-yet-valid"
        return Trust.SIGNED, ""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of codes: its name, the kinds it can answer, and how to read one.

    ``read`` returns None for every text that is not of the family, in linear time, and
    raises nothing on any text.
    """

    name: str
    kinds: tuple[str, ...]
    read: Callable[[str, Context], Code | None]
