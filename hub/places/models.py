"""The tables: units of both trees, what is known of a place, its life, its boards."""

from __future__ import annotations

from django.db import models

from hub.intake.models import Place


class Unit(models.Model):
    """A node of the territory (commune, province …) or of the governing bodies.

    ``first`` and ``last`` are the days on which it exists, inclusive; null: open. The code is
    the authority's own. ``head`` is the responsible person's office, named in reports. What a unit
    held when it ended is its ``successor``'s.
    """

    class Tree(models.TextChoices):
        """Which tree."""

        TERRITORY = "territory"
        BODY = "body"

    tree = models.CharField(max_length=9, choices=Tree.choices)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    level = models.CharField(max_length=32, blank=True)
    head = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")

    class Meta:
        constraints = [models.UniqueConstraint("tree", "code", name="one_unit_per_code")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Stage(models.TextChoices):
    """Where a place stands in its life."""

    KNOWN = "known"  # on the commune's list, not registered
    APPLIED = "applied"
    VERIFIED = "verified"  # somebody went there
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Profile(models.Model):
    """What is known of a place beyond its name and address.

    Position in degrees (WGS 84). ``folded`` is name and address without accents, by which
    duplicates are found. ``phone_verified``: when somebody reached the responsible person there.
    ``gate_names`` are its gates' names, a line each. ``starts`` and ``ends`` are a temporary
    place's.
    """

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="profile")
    stage = models.CharField(max_length=9, choices=Stage.choices, default=Stage.ACTIVE)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    responsible = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    phone_verified = models.DateTimeField(null=True)
    hours = models.CharField(max_length=100, blank=True)
    gate_names = models.CharField(max_length=1000, blank=True)
    territory = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    folded = models.CharField(max_length=520, blank=True, db_index=True)
    starts = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.place_id}: {self.stage}"


class StageChange(models.Model):
    """A step of a place's life: when, who, and by which decision."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="stages")
    stage = models.CharField(max_length=9, choices=Stage.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    decision = models.CharField(max_length=80, blank=True)
    decided = models.DateField(null=True)
    note = models.CharField(max_length=300, blank=True)


class BoardIssue(models.Model):
    """A board that was drawn for a place (and gate): the newest one is the current one.

    ``issued`` has whole seconds, as the token has.
    """

    number = models.PositiveIntegerField(primary_key=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="boards")
    gate = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    issued = models.DateTimeField()
    revoked = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("place", "gate", "issued", name="board_by_place")]
