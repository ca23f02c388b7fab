"""Personal passes: issued with a signature, known here by id and tags, taken back by id."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from hub.errors import BadUsage
from hub.intake.answers import vault
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.transactions import durable
from hub.trust.models import IssuedPass
from hub.trust.settings import publish
from hub.trust.signer import token_key
from wire import tokens
from wire.claims import ID_BYTES, Bearer, Pass

LONGEST = dt.timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Card:
    """A pass on its way to the printer: what is written on the card, and its code's text."""

    id: str
    bearer: Bearer
    purpose: str
    place_name: str
    until: dt.datetime
    text: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Who shall get a pass, for what, at which place (empty: everywhere)."""

    bearer: Bearer
    purpose: str = ""
    place: str = ""


def issue(
    wishes: list[Wish], *, valid: dt.timedelta, actor: str, renew: bool = False
) -> list[Card]:
    """Issue passes, all or none; raises :class:`BadUsage`.

    ``renew`` takes back what the same bearers, known by their number, had for the same place.
    """
    if not dt.timedelta() < valid <= LONGEST:
        raise BadUsage("--valid takes days, more than 0 and at most 3660.")
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    until = now + valid
    key, safe = token_key(), vault()
    names = {place.pk: place.name for place in Place.objects.all()}
    cards, rows = [], []
    for wish in wishes:
        if wish.place and wish.place not in names:
            raise BadUsage(f"There is no place “{wish.place}”; hub place list shows them.")
        made = Pass(
            id=secrets.token_bytes(ID_BYTES),
            bearer=wish.bearer,
            issued=int(now.timestamp()),
            until=int(until.timestamp()),
            purpose=wish.purpose,
            place=wish.place,
        )
        who = wish.bearer
        tags = safe.tags(
            {"number": who.number, "phone": who.phone, "name": who.name, "birth": who.birth}
        )
        rows.append(
            IssuedPass(
                id=made.id.hex(),
                tag_number=tags["number"],
                tag_phone=tags["phone"],
                tag_name=tags["name"],
                place=wish.place,
                purpose=wish.purpose,
                issued=now,
                until=until,
            )
        )
        text = tokens.issue(made, key)
        where = names.get(wish.place, "")
        cards.append(Card(made.id.hex(), who, wish.purpose, where, until, text))
    with durable():
        old = _held(wishes) if renew else []
        IssuedPass.objects.bulk_create(rows)
        if old:
            _take_back(old, reason="issued anew", actor=actor)
        subject = rows[0].pk if len(rows) == 1 else f"{len(rows)} passes"
        record("pass-issue", actor=actor, subject=subject)
    return cards


def _held(wishes: list[Wish]) -> list[IssuedPass]:
    """Return the passes in force of the same bearers for the same places."""
    found: dict[str, IssuedPass] = {}
    for wish in wishes:
        if wish.bearer.number:
            tags = vault().search("number", {"number": wish.bearer.number})
            rows = IssuedPass.objects.filter(tag_number__in=tags, place=wish.place)
            found |= {row.pk: row for row in rows.filter(revoked__isnull=True)}
    return list(found.values())


def find(*, id_: str = "", number: str = "") -> list[IssuedPass]:
    """Return passes by id (or its beginning) or by their bearer's number; raises when none."""
    found = IssuedPass.objects.order_by("issued")
    if number:
        rows = list(found.filter(tag_number__in=vault().search("number", {"number": number})))
    else:
        rows = list(found.filter(pk__startswith=id_.lower())) if len(id_) >= 4 else []
        if len(rows) > 1:
            raise BadUsage(f"More than one pass begins with “{id_}”; give more of its id.")
    if not rows:
        raise BadUsage("No such pass was issued here; hub pass list shows them.")
    return rows


def revoke(rows: list[IssuedPass], *, reason: str, actor: str) -> int:
    """Take passes back; kiosks hear it with their next pulse. Returns the settings' version."""
    if not reason.strip():
        raise BadUsage("Taking a pass back needs a --reason.")
    with durable():
        return _take_back(rows, reason=reason, actor=actor)


def _take_back(rows: list[IssuedPass], *, reason: str, actor: str) -> int:
    now = dt.datetime.now(dt.UTC)
    for row in rows:
        IssuedPass.objects.filter(pk=row.pk, revoked__isnull=True).update(
            revoked=now, reason=reason[:200]
        )
        record("pass-revoke", actor=actor, subject=row.pk, reason=reason)
    return int(publish().version)
