"""The tables: couriers, what each stick brought, places handed over, doubts about copies."""

from __future__ import annotations

from django.db import models

from hub.intake.models import Kiosk


class Courier(models.Model):
    """A token on a stick; ``scope`` holds ``kiosks`` (ids) and ``places``, empty for all."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=80)
    issued = models.DateTimeField()
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True)
    scope = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.name} until {self.expires:%Y-%m-%d}"


class Trip(models.Model):
    """One taking-in of a stick: per kiosk what came and what is missing, and the answers.

    ``useless`` counts pieces that were damaged or of no kiosk of this hub. ``answers`` is a
    ZIP file, dropped after :data:`hub.carry.trips.KEEP_ANSWERS`.
    """

    id = models.UUIDField(primary_key=True)
    at_ms = models.BigIntegerField()
    actor = models.CharField(max_length=150)
    came = models.JSONField(default=list)
    useless = models.PositiveIntegerField(default=0)
    answers = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index("at_ms", name="trip_by_time")]

    def __str__(self) -> str:
        return str(self.id)


class HandOver(models.Model):
    """A place that goes from an ``old`` box to a ``new`` one.

    ``taken_ms``: the new one has claimed it; what the old one sends after that is late.
    ``closing_ms``: when the old one last told its chains' heads. ``lost``: what its people
    gave up on: per chain the last number known and what of it never came.
    """

    old = models.ForeignKey(Kiosk, models.PROTECT, related_name="+")
    new = models.OneToOneField(Kiosk, models.PROTECT, related_name="+")
    begun_ms = models.BigIntegerField()
    taken_ms = models.BigIntegerField(null=True)
    closing_ms = models.BigIntegerField(null=True)
    lost_ms = models.BigIntegerField(null=True)
    lost = models.JSONField(default=list)
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"


class Doubt(models.Model):
    """When a kiosk was last asked to send again what lies below ``seq`` of a forked chain."""

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="+")
    chain = models.UUIDField()
    seq = models.BigIntegerField()
    told_ms = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("kiosk", "chain", "seq", name="one_row_per_doubt")]
