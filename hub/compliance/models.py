"""The tables: visits to places that do not scan as they should, and letters to who must act."""

from __future__ import annotations

from django.db import models

from hub.intake.models import Place
from hub.places.models import Unit


class Inspection(models.Model):
    """A visit to a place: planned, made with a finding, mended by a deadline, looked at again.

    ``photo`` is a JPEG without its camera's notes, encrypted for the row named by ``id``.
    """

    class Finding(models.TextChoices):
        """What was found."""

        FINE = "fine"
        VIOLATION = "violation"
        GONE = "gone"  # no such place is there

    class State(models.TextChoices):
        """Whose turn it is."""

        PLANNED = "planned"
        MENDING = "mending"  # the place's, until the deadline
        DONE = "done"
        UNMENDED = "unmended"  # looked at again, and it was not mended

    id = models.UUIDField(primary_key=True)
    place = models.ForeignKey(Place, models.CASCADE, related_name="inspections")
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    planned = models.DateTimeField()
    planned_by = models.CharField(max_length=150)
    due = models.DateField()
    visited = models.DateTimeField(null=True)
    visited_by = models.CharField(max_length=150, blank=True)
    finding = models.CharField(max_length=9, choices=Finding.choices, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    photo = models.BinaryField(null=True)
    deadline = models.DateField(null=True)
    rechecked = models.DateTimeField(null=True)
    rechecked_by = models.CharField(max_length=150, blank=True)
    recheck_note = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [models.Index("state", "due", name="inspection_by_due")]

    def __str__(self) -> str:
        return f"{self.place_id}: {self.state}"


class Letter(models.Model):
    """A reminder that a unit was sent: for which places, and until when it has to act."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="letters")
    made = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    deadline = models.DateField()
    places = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.unit_id} on {self.made:%Y-%m-%d}"
