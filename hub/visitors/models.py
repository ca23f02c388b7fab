"""The tables: reports of violations with their photos, and requests about one's own data.

What people tell about themselves lies in boxes (:mod:`hub.intake.vault`), and goes when the
matter is closed.
"""

from __future__ import annotations

from django.db import models

from hub.intake.models import Place


class Report(models.Model):
    """A resident's report; ``number`` is what they follow it up with, and hard to guess.

    ``box`` holds ``text`` and ``contact``. ``place`` is null where only ``where`` names it.
    """

    class What(models.TextChoices):
        """What is reported."""

        NO_BOARD = "no-board"
        WRONG_DATA = "wrong-data"
        UNREADABLE = "unreadable"
        NOBODY_SCANS = "nobody-scans"
        OTHER = "other"

    class State(models.TextChoices):
        """Where it stands."""

        NEW = "new"
        SEEN = "seen"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=14, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="reports")
    where = models.CharField(max_length=300, blank=True)
    what = models.CharField(max_length=12, choices=What.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.NEW)
    made = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    box = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index("state", "made", name="report_by_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"


class Photo(models.Model):
    """A report's photo, boxed: a JPEG that the hub made itself, so that nothing else is in it."""

    report = models.OneToOneField(Report, models.CASCADE, primary_key=True, related_name="photo")
    box = models.BinaryField()


class DataRequest(models.Model):
    """Somebody asks to see or erase what is held about them; it never says whether anything is.

    ``box`` holds how to reach them. ``due`` is the end of the second working day. ``proof`` holds
    what the card said that ``compared_by`` saw; somebody else meets the request with it.
    """

    class What(models.TextChoices):
        """What is asked for."""

        SEE = "see"
        ERASE = "erase"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=14, unique=True)
    what = models.CharField(max_length=5, choices=What.choices)
    made = models.DateTimeField()
    due = models.DateTimeField()
    done = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=150, blank=True)
    refused = models.CharField(max_length=300, blank=True)
    box = models.BinaryField(null=True)
    compared = models.DateTimeField(null=True)
    compared_by = models.CharField(max_length=150, blank=True)
    proof = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index("done", "due", name="data_request_by_due")]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"


class Introduction(models.Model):
    """What the business that runs a place tells about itself, in plain paragraphs."""

    place = models.OneToOneField(
        Place, models.CASCADE, primary_key=True, related_name="introduction"
    )
    text = models.CharField(max_length=2000)
