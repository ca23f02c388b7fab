"""A case and its contacts; who they are lies only in tags and in the entries themselves."""

from __future__ import annotations

from django.db import models


class Case(models.Model):
    """Why somebody may be traced, who asked, who approved, until when.

    ``tags`` finds the person: hex tags by field, as :mod:`hub.intake.vault` makes them; no
    number, phone or name lies here. ``since_ms`` to ``until_ms`` is the time traced.
    """

    class Status(models.TextChoices):
        """Where a case stands; whether it lapsed is asked of ``expires_ms``."""

        WAITING = "waiting"
        APPROVED = "approved"
        EMERGENCY = "emergency"
        CLOSED = "closed"

    id = models.CharField(max_length=12, primary_key=True)
    reason = models.CharField(max_length=500)
    tags = models.JSONField()
    since_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField()
    status = models.CharField(max_length=9, choices=Status.choices)
    opened_by = models.CharField(max_length=150)
    opened_ms = models.BigIntegerField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_ms = models.BigIntegerField(null=True)
    expires_ms = models.BigIntegerField(null=True)
    reviewed_by = models.CharField(max_length=150, blank=True)
    reviewed_ms = models.BigIntegerField(null=True)
    review = models.CharField(max_length=500, blank=True)
    traced_ms = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.id


class Contact(models.Model):
    """Somebody whom a trace found, as a line of the call list.

    ``key`` is a tag of theirs (or an entry's id), ``entry`` the entry that names them,
    ``note`` the caller's words, encrypted like a person's fields. ``found_ms`` is the trace
    that first found them: later ones tell how many are new.
    """

    class State(models.TextChoices):
        """What the caller reached."""

        TODO = "todo"
        REACHED = "reached"
        NO_ANSWER = "no-answer"
        ROUTED = "routed"
        DONE = "done"

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="contacts")
    key = models.CharField(max_length=120)
    entry = models.UUIDField()
    generation = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.TODO)
    note = models.BinaryField(null=True)
    found_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()
    changed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("case", "key", name="one_line_per_contact")]
