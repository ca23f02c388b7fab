"""Boards: numbered when drawn, the newest of a gate being the one that counts."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from django.db.models import Max, QuerySet

from hub.errors import BadUsage, HubError, NotAllowed
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.transactions import durable
from hub.paper.boards import SMALLEST_MM, BoardSheet, draw_boards
from hub.paper.files import write_checked
from hub.places.models import BoardIssue, Stage
from hub.places.streets import street
from hub.trust.signer import token_key
from wire import tokens
from wire.claims import Board
from wire.hanging import Hanging

LONGEST_NAME = 80
"""Letters of the name inside the code; the board itself shows all of it."""


def draw(
    places: Sequence[Place],
    target: Path,
    *,
    url: str,
    size: str = "A4",
    gate: str = "",
    hotline: str = "",
    renew: bool = False,
    actor: str,
) -> list[BoardIssue]:
    """Write a PDF with a board for each place, read back before it is offered.

    A board whose words are unchanged is printed again under its number; ``renew`` gives a
    new one, and the old becomes old. Raises :class:`HubError` when a code does not read.
    """
    closed = [p for p in places if getattr(p, "profile", None) and p.profile.stage == Stage.CLOSED]
    if closed:
        raise NotAllowed(f"{closed[0]} is closed; it gets no board.")
    rows, fresh = _issues(places, gate=gate, renew=renew, actor=actor)
    key = token_key()
    sheets = [
        BoardSheet(
            number=row.number,
            text=tokens.issue_board(token(row), key, url),
            name=row.name,
            address=row.address,
            gate=gate,
            place=row.place_id,
            hotline=hotline,
            issued=row.issued,
        )
        for row in rows
    ]
    texts = [board.text for board in sheets]
    try:
        write_checked(target, draw_boards(sheets, size), texts, at_least_mm=SMALLEST_MM[size])
    except HubError:
        with durable():
            BoardIssue.objects.filter(pk__in=[row.pk for row in fresh]).delete()
        raise
    return rows


def printable(places: QuerySet[Place]) -> list[Place]:
    """Return those that can have a board (neither closed nor suspended), by street."""
    found = places.select_related("profile").exclude(
        profile__stage__in=(Stage.CLOSED, Stage.SUSPENDED)
    )
    return sorted(found, key=lambda place: (*street(place.address), place.name))


def token(row: BoardIssue) -> Board:
    """Return what the code on a board says."""
    return Board(row.place_id, shortened(row.name), int(row.issued.timestamp()), row.gate)


def shortened(name: str) -> str:
    """Return a place's name as its code holds it."""
    name = unicodedata.normalize("NFC", name)
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def current(place: str, gate: str) -> BoardIssue | None:
    """Return the board that should hang at a gate."""
    found = latest(place, gate)
    return None if found is None or found.revoked else found


def latest(place: str, gate: str) -> BoardIssue | None:
    """Return a gate's newest board, taken back or not: all before it are old for good."""
    found = BoardIssue.objects.filter(place_id=place, gate=gate)
    return found.order_by("-issued", "-number").first()


def hanging(place: Place) -> Hanging:
    """Return which boards of a place hold now: what its kiosks judge a board by."""
    rows = BoardIssue.objects.filter(place=place).order_by("issued", "number")
    newest = {gate: (issued, over) for gate, issued, over in
              rows.values_list("gate", "issued", "revoked")}  # fmt: skip
    return Hanging(
        shortened(place.name),
        {gate: int(issued.timestamp()) for gate, (issued, over) in newest.items() if not over},
    )


def revoke(number: int, *, reason: str, actor: str) -> BoardIssue:
    """Take a board back: whoever checks it is told that it is old."""
    row = BoardIssue.objects.filter(pk=number).first()
    if row is None:
        raise BadUsage(f"There is no board number {number}.")
    with durable():
        BoardIssue.objects.filter(pk=number).update(revoked=dt.datetime.now(dt.UTC))
        record("board-revoke", actor=actor, subject=f"{number:06}", reason=reason)
    return row


def _issues(
    places: Sequence[Place], *, gate: str, renew: bool, actor: str
) -> tuple[list[BoardIssue], list[BoardIssue]]:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    rows, fresh = [], []
    with durable():
        number = int(BoardIssue.objects.aggregate(last=Max("number"))["last"] or 0)
        for place in places:
            facts = {"name": unicodedata.normalize("NFC", place.name), "address": place.address}
            row = current(place.pk, gate)
            if row is None or renew or any(getattr(row, k) != v for k, v in facts.items()):
                number += 1
                before = row or latest(place.pk, gate)
                later = max(now, before.issued + dt.timedelta(seconds=1)) if before else now
                row = BoardIssue(number=number, place=place, gate=gate, issued=later, **facts)
                fresh.append(row)
            rows.append(row)
        BoardIssue.objects.bulk_create(fresh)
        if fresh:
            told = f"{fresh[0].number:06}" + (f"–{fresh[-1].number:06}" if fresh[1:] else "")
            record("board-issue", actor=actor, subject=told, detail={"boards": len(fresh)})
    return rows, fresh
