"""The tables: each version of the settings, and the passes that were issued."""

from __future__ import annotations

from django.db import models


class SettingsVersion(models.Model):
    """What kiosks were asked to believe from ``made`` on; versions only rise.

    ``facts`` holds ``revoked`` (ids), ``issuers``, ``hub_keys`` and ``seal_key`` (raw public
    keys in hex), and ``profile`` where kiosks are set to something (values by scope and key).
    It is signed when a kiosk asks, with a key that this kiosk believes.
    """

    version = models.PositiveIntegerField(primary_key=True)
    facts = models.JSONField()
    made = models.DateTimeField()

    def __str__(self) -> str:
        return f"settings {self.version}"


class GateSetting(models.Model):
    """One value that the hub sets at kiosks: of all (""), of ``profile:NAME`` or ``place:ID``.

    Keys are :data:`wire.gate_settings.KEYS` and no others.
    """

    scope = models.CharField(max_length=48, blank=True)
    key = models.CharField(max_length=40)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint("scope", "key", name="one_value_per_key")]

    def __str__(self) -> str:
        return f"{self.scope or 'all'} {self.key}"


class IssuedPass(models.Model):
    """A pass that somebody carries: its id and its bearer's tags, never the name.

    ``id`` is the token's, in hex. ``until`` null: without end.
    """

    id = models.CharField(max_length=16, primary_key=True)
    tag_number = models.BinaryField(max_length=20, null=True)
    tag_phone = models.BinaryField(max_length=20, null=True)
    tag_name = models.BinaryField(max_length=20, null=True)
    place = models.CharField(max_length=16, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    issued = models.DateTimeField()
    until = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "issued passes"
        indexes = [
            models.Index("tag_number", name="pass_by_number"),
            models.Index("revoked", name="pass_by_revocation"),
        ]

    def __str__(self) -> str:
        return self.id
