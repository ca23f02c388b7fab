"""The tables: log-ins that failed, and second factors."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class FailedLogin(models.Model):
    """A log-in that failed: whose name or address (``key``), and when."""

    key = models.CharField(max_length=170)
    at_ms = models.BigIntegerField()

    class Meta:
        indexes = [models.Index("key", "at_ms", name="failed_login_by_key")]


class SecondFactor(models.Model):
    """An account's second factor; the secret is encrypted for the row named by ``id``.

    ``step`` is the last time step whose code was used: none is taken twice.
    """

    id = models.UUIDField(primary_key=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor"
    )
    secret = models.BinaryField()
    step = models.BigIntegerField(default=0)
    made = models.DateTimeField()
