"""Who may send: places, kiosks, the claims of their keys, and the hub's own key ids."""

from __future__ import annotations

from django.db import models

from wire.keys import fingerprint


class HubKey(models.Model):
    """The id of a private key that this database depends on; the key itself lies in a file."""

    kid = models.CharField(max_length=16, primary_key=True)
    kind = models.CharField(max_length=8)
    created = models.DateTimeField()


class Place(models.Model):
    """Where people pass. The id is what codes, boards and headers carry."""

    id = models.CharField(max_length=16, primary_key=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    address = models.CharField(max_length=300, blank=True)
    gates = models.PositiveSmallIntegerField(default=1)
    created = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"


class Kiosk(models.Model):
    """A gate's device, from the moment its enrolment code is made.

    ``status``: invited (no claim yet), active, revoked; web: no device, but the place's public
    page (:mod:`hub.visitors.webgate`), which sends no pulses. What pulses tell lies in ``health``,
    ``tally`` and ``heads`` (per chain: seq and hash in hex of the kiosk's last entry).
    ``invited_under`` is the id of the hub's key in its enrolment code (empty: the first).
    """

    class Status(models.TextChoices):
        """Where a kiosk stands."""

        INVITED = "invited"
        ACTIVE = "active"
        REVOKED = "revoked"
        WEB = "web"

    id = models.UUIDField(primary_key=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="kiosks")
    gate = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.INVITED)
    created = models.DateTimeField()
    last_seen = models.DateTimeField(null=True)
    last_pulse = models.DateTimeField(null=True)
    version = models.CharField(max_length=40, blank=True)
    clock = models.CharField(max_length=12, blank=True)
    clock_off_ms = models.BigIntegerField(null=True)
    settings_version = models.PositiveIntegerField(default=0)
    invited_under = models.CharField(max_length=16, blank=True)
    health = models.JSONField(default=dict)
    tally = models.JSONField(default=dict)
    heads = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.gate or self.place_id} · {str(self.id)[:8]}"


class EnrolmentToken(models.Model):
    """A one-time token, known here by its SHA-256 only."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    kiosk = models.ForeignKey(Kiosk, models.CASCADE, related_name="tokens")
    created = models.DateTimeField()
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kiosk} until {self.expires:%Y-%m-%d}"


class Claim(models.Model):
    """A key that says it is a kiosk, with proof that the sender holds it.

    The first claim with a token is accepted; a later one with another key is held: its
    entries are taken and kept apart until the hub's admin decides.
    """

    class Status(models.TextChoices):
        """What the hub thinks of a key."""

        ACCEPTED = "accepted"
        HELD = "held"
        REVOKED = "revoked"

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="claims")
    key = models.BinaryField(max_length=32)
    kid = models.BinaryField(max_length=8, db_index=True)
    status = models.CharField(max_length=8, choices=Status.choices)
    certificate = models.BinaryField(default=b"")
    created = models.DateTimeField()
    decided = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("kiosk", "kid", name="one_claim_per_key")]

    @property
    def fingerprint(self) -> str:
        """What the two people compare."""
        return fingerprint(bytes(self.key))

    def __str__(self) -> str:
        return f"{self.fingerprint} ({self.status})"
