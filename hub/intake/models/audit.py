"""Who looked: a chain of rows, each naming the hash of the one before."""

from __future__ import annotations

from django.db import models


class AuditRow(models.Model):
    """One thing that somebody did; written by :mod:`hub.intake.audit` only, never changed.

    ``detail`` is plain JSON without personal data. ``hash`` = SHA-256 of ``prev`` and the
    deterministic encoding of the other columns.
    """

    at_ms = models.BigIntegerField()
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict)
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32, unique=True)

    class Meta:
        # Each row follows one other: two writers cannot both continue the same one.
        constraints = [models.UniqueConstraint("prev", name="audit_is_one_chain")]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"
