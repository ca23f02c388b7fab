"""The tables: what owners asked for, and the rosters of units."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from hub.intake.models import Place


class Change(models.Model):
    """What an account asks to be registered or corrected; an official confirms or refuses.

    ``facts`` are the place's, as :data:`hub.owners.changes.FACTS` names them.
    """

    class What(models.TextChoices):
        """What is asked for."""

        APPLY = "apply"  # a place that is on no list
        CLAIM = "claim"  # a place that is known already
        CORRECT = "correct"  # one's own place

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting"
        CONFIRMED = "confirmed"
        REFUSED = "refused"

    place = models.ForeignKey(Place, models.CASCADE, null=True, related_name="changes")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="changes")
    what = models.CharField(max_length=7, choices=What.choices)
    facts = models.JSONField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    made = models.DateTimeField()
    decided = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index("state", "made", name="change_by_state")]

    def __str__(self) -> str:
        return f"{self.what} {self.place_id or ''}"


class Member(models.Model):
    """One row of a place's roster: tags by which passages are recognised, and a mask.

    ``number`` is the row's in the list that was brought, by which its owner knows who is meant.
    """

    id = models.UUIDField(primary_key=True)
    place = models.ForeignKey(Place, models.CASCADE, related_name="members")
    number = models.PositiveIntegerField()
    since = models.DateField()
    mask = models.BinaryField()
    tag_number = models.BinaryField(max_length=20, null=True)
    tag_bhyt = models.BinaryField(max_length=20, null=True)
    tag_phone = models.BinaryField(max_length=20, null=True)

    def __str__(self) -> str:
        return f"{self.place_id} {self.number}"
