"""Residents' reports: filed with a photo, followed up by number, answered at the desk."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from hub.errors import BadUsage
from hub.intake.answers import vault
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.reveal import open_boxes
from hub.intake.transactions import durable
from hub.visitors import numbers
from hub.visitors.models import Photo, Report
from hub.visitors.photos import clean

TEXT = 1000
CONTACT = 80
KEPT = dt.timedelta(days=30)
"""A closed report's photo and words go after this."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says, opened for an official."""

    text: str
    contact: str


def file(
    what: str, *, place: Place | None, where: str, text: str, contact: str, photo: bytes | None
) -> Report:
    """Take a report and return it with its number."""
    jpeg = None if photo is None else clean(photo)
    id_ = uuid.uuid4()
    told = {"text": text[:TEXT], "contact": contact[:CONTACT]}
    with durable():
        made = Report.objects.create(
            id=id_,
            number=numbers.fresh(),
            place=place,
            where=where[:300],
            what=what,
            made=dt.datetime.now(dt.UTC),
            box=vault().box(told, id_) if text or contact else None,
        )
        if jpeg is not None:
            Photo.objects.create(report=made, box=vault().box(jpeg, id_))
    return made


def find(number: str) -> Report | None:
    """Return the report with this number, however it was typed."""
    return Report.objects.select_related("place").filter(number=numbers.tidy(number)).first()


def opened(report: Report, *, actor: str) -> Told:
    """Open what a report says; the audit knows who read it."""
    if report.box is None:
        return Told("", "")
    boxes = [(report.pk, bytes(report.box))]
    ((_, told),) = open_boxes(boxes, actor=actor, reason="report", subject=report.number)
    return Told(str(told.get("text", "")), str(told.get("contact", "")))


def photo_of(report: Report, *, actor: str) -> bytes | None:
    """Open a report's photo, a JPEG; None where there is none."""
    found = Photo.objects.filter(report=report).first()
    if found is None:
        return None
    boxes = [(report.pk, bytes(found.box))]
    ((_, jpeg),) = open_boxes(boxes, actor=actor, reason="photo", subject=report.number)
    return bytes(jpeg)


def answer(report: Report, state: str, text: str, *, actor: str) -> None:
    """Say where a report stands; closing it needs an answer. The reporter reads ``text``."""
    if state not in (Report.State.SEEN, Report.State.CLOSED):
        raise BadUsage("A report is looked at or closed.")
    if state == Report.State.CLOSED and not text.strip():
        raise BadUsage("Closing a report needs an answer for the person who reported.")
    closed = state == Report.State.CLOSED
    with durable():
        Report.objects.filter(pk=report.pk).update(
            state=state,
            answer=text.strip()[:1000],
            closed=dt.datetime.now(dt.UTC) if closed else None,
            closed_by=actor[:150] if closed else "",
        )
        record(f"report-{state}", actor=actor, subject=report.number)


def forget(now: dt.datetime) -> int:
    """Drop photos and words of reports that were closed long ago; returns how many."""
    over = Report.objects.filter(closed__lt=now - KEPT)
    with durable():
        Photo.objects.filter(report__in=over).delete()
        return int(over.exclude(box=None).update(box=None))
