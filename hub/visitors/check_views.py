"""Checking in and out, with or without a declaration, for oneself and one's family."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse

from hub.intake.transactions import now_ms
from hub.visitors import declarations, people, webgate
from hub.visitors.limits import WRITES, crowded
from hub.visitors.pages import show, too_often, trapped, trouble
from hub.visitors.people import CONTACTS, FAMILY, PURPOSES, SYMPTOMS, VIETNAM, Form, Person
from hub.visitors.placecodes import Opened, standing
from hub.visitors.tickets import (
    RECEIPT_S,
    REMEMBERED_S,
    Ticket,
    form_id,
    form_uuid,
    hide,
    shown,
)
from hub.visitors.views import COOKIE, expired, find, place_facts, remembered
from wire.names import masked

_WAYS = {"in": "in", "out": "out", "declare": "in"}


def check(request: HttpRequest, ticket: str, way: str) -> HttpResponse:
    """The form of one direction; sent, the receipt."""
    held = Ticket.unpack(ticket)
    row = find(held.place) if held else None
    if held is None or row is None or way not in _WAYS or (held.leaving and way != "out"):
        return expired(request)
    found = standing(row, held.gate, held.how)
    if _WAYS[way] not in found.ways:
        return trouble(request, "not-now", status=403)
    if request.method == "POST":
        return too_often(request, WRITES) or _sent(request, held, found, way)
    # Where one touch is enough the form is for somebody else: it tells nobody's number.
    known = remembered(request) if way == "declare" else []
    return _form(request, held, found, way, Form(_known(known)))


def _sent(request: HttpRequest, held: Ticket, found: Opened, way: str) -> HttpResponse:
    form = form_uuid(request.POST.get("form", ""))
    if form is None or trapped(request):
        return trouble(request, "again", status=400)
    again = shown(request.POST.get("who", ""), within_s=RECEIPT_S)
    mine = remembered(request) if request.POST.get("me") == "1" else []
    if way != "declare" and (again or mine):
        # One touch: who they are was told before, here or on this phone.
        read = Form({}, people=(again or mine), purpose=request.POST.get("purpose", ""))
        if read.purpose not in PURPOSES:
            read.purpose = ""
    else:
        given = {key: request.POST.get(key, "") for key in request.POST}
        read = people.read(
            given,
            {key for key in request.POST if request.POST[key] == "1"},
            declared=way == "declare",
            purposes=_asks_purpose(found) and _WAYS[way] == "in",
            today=dt.datetime.now(VIETNAM).date(),
        )
        if read.troubles:
            return _form(request, held, found, way, read, status=400)
    assert found.place is not None
    if crowded(found.place.pk, len(read.people)):
        return trouble(request, "crowded", status=429)
    declared = way == "declare"
    ids = webgate.record(
        found.place, read.people, form=form, direction=_WAYS[way], gate=held.gate, how=held.how,
        opened_ms=held.opened_ms if way != "out" else now_ms(), purpose=read.purpose,
        declaration=read.answers if declared else None,
    )  # fmt: skip
    codes = []
    if declared:
        for id_, person in zip(ids, read.people, strict=True):
            _made, text = declarations.issue(
                person, id_=id_, summary=read.summary, purpose=read.purpose,
                by_other=read.by_other or person is not read.people[0],
            )  # fmt: skip
            picture = base64.b64encode(declarations.picture(text)).decode("ascii")
            codes.append(
                {
                    "who": masked(person.name),
                    "picture": picture,
                    "link": declarations.link(text),
                    "short": id_.bytes[-8:].hex()[-6:].upper(),
                }
            )
    facts = place_facts(found) | {
        "way": _WAYS[way],
        "at": f"{dt.datetime.now(VIETNAM):%H:%M}",
        "day": f"{dt.datetime.now(VIETNAM):%d/%m/%Y}",
        "who": [masked(person.name) for person in read.people],
        "codes": codes,
        "watch": bool(read.summary),
        "hidden": hide(read.people),
        "form": form_id(),
        # Who is in has not opened the code again: the page they came from grows no younger.
        "ticket": "" if held.leaving else held.pack(),
        "leaving": Ticket(found.place.pk, held.gate, held.how, now_ms(), leaving=True).pack(),
        "kept": request.POST.get("keep") == "1",
    }
    answer = show(request, "done.html", facts)
    if request.POST.get("keep") == "1":
        answer.set_cookie(
            COOKIE, hide(read.people), max_age=REMEMBERED_S, httponly=True, samesite="Lax",
            secure=request.is_secure(),
        )  # fmt: skip
    return answer


def _form(
    request: HttpRequest, held: Ticket, found: Opened, way: str, form: Form, *, status: int = 200
) -> HttpResponse:
    given = form.given
    me = [masked(person.name) for person in remembered(request)] if way != "declare" else []
    family = [_person(form, f"_{index}") for index in range(1, FAMILY)]
    facts = place_facts(found) | {
        "way": way,
        "ticket": held.pack(),
        "form": form_id(),
        "given": given,
        "troubles": form.troubles,
        "me": me,
        "first": _person(form, ""),
        "family": family,
        "family_open": any(one["name"] or one["trouble"] for one in family),
        "symptoms": [(word, given.get(word) == "1") for word in SYMPTOMS],
        "contacts": [(word, given.get(word) == "1") for word in CONTACTS],
        "purposes": PURPOSES if _asks_purpose(found) and way != "out" else (),
    }
    return show(request, "check.html", facts, status=status)


def _person(form: Form, end: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"end": end, "trouble": {}}
    for key in ("name", "year", "sex", "number"):
        facts[key] = form.given.get(f"{key}{end}", "")
        if f"{key}{end}" in form.troubles:
            facts["trouble"][key] = form.troubles[f"{key}{end}"]
    return facts


def _known(people_: list[Person]) -> dict[str, str]:
    """Return a form's fields as this phone remembers them."""
    given: dict[str, str] = {}
    for index, person in enumerate(people_[:FAMILY]):
        end = f"_{index}" if index else ""
        given |= {
            f"name{end}": person.name, f"year{end}": person.birth, f"sex{end}": person.sex,
            f"number{end}": person.number,
        }  # fmt: skip
        given |= {"phone": person.phone, "address": person.address}
    return given


def _asks_purpose(found: Opened) -> bool:
    return found.place is not None and found.place.kind in people.ASKED_PURPOSE
