"""What was sent: the ledger that counts, the entries that are purged, and what was odd."""

from __future__ import annotations

import datetime as dt
import enum

from django.db import models

from hub.intake.models.registry import Claim, Kiosk

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class EntryFlag(enum.IntFlag):
    """What is odd about an entry; none of it kept it from being stored."""

    SEALED = 1  # this hub has no key that opens it
    ALTERED = 2  # sealed to a key of ours, and yet it does not open
    FOREIGN_PLACE = 4  # its header names another place than its kiosk's
    LATE = 16  # another box had taken its kiosk's place when it came
    CLOCK = 8  # its kiosk called its clock trusted, and it was not near ours


class Ledger(models.Model):
    """Every entry that ever came, without anything personal; decides ``stored`` or ``known``.

    Outlives the entry. ``chain`` and ``seq`` are not unique: a cloned card's two sides are
    both kept, and flagged.
    """

    id = models.UUIDField(primary_key=True)
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, db_index=False, related_name="+")
    chain = models.UUIDField()
    seq = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    prev = models.BinaryField(max_length=32)
    received_ms = models.BigIntegerField()

    class Meta:
        indexes = [models.Index("chain", "seq", "kiosk", name="ledger_by_seq")]


class Entry(models.Model):
    """A passage as its kiosk told it; times in milliseconds since 1970, UTC.

    ``header`` and ``sealed`` are the very bytes that came. ``content`` and ``mask`` are what
    the sealed part said, encrypted at rest: all of it, and the little that may be shown
    (shortened name, sex, birth year). ``at_ms`` ± ``error_ms`` is the time the hub believes
    (null: none yet), ``basis_of_time`` why. ``day`` decides when the entry is purged.
    """

    id = models.UUIDField(primary_key=True)
    kiosk = models.ForeignKey(
        Kiosk, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    claim = models.ForeignKey(
        Claim, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    place = models.CharField(max_length=200)
    gate = models.CharField(max_length=200)
    chain = models.UUIDField()
    seq = models.BigIntegerField()
    type = models.CharField(max_length=16)
    direction = models.CharField(max_length=3)
    basis = models.CharField(max_length=8)
    kind = models.CharField(max_length=200)
    trust = models.CharField(max_length=200)
    trip = models.CharField(max_length=200)
    purpose = models.CharField(max_length=200)
    reason = models.CharField(max_length=200)
    corrects = models.UUIDField(null=True)
    count = models.IntegerField(null=True)
    wall_ms = models.BigIntegerField()
    boot_ms = models.BigIntegerField()
    boot_id = models.UUIDField()
    clock = models.CharField(max_length=12)
    at_ms = models.BigIntegerField(null=True)
    error_ms = models.BigIntegerField(null=True)
    basis_of_time = models.CharField(max_length=8)
    received_ms = models.BigIntegerField()
    day = models.DateField()
    flags = models.SmallIntegerField(default=0)
    seal_kid = models.BinaryField(max_length=8)
    header = models.BinaryField()
    sealed = models.BinaryField()
    content = models.BinaryField(null=True)
    mask = models.BinaryField(null=True)
    tag_number = models.BinaryField(max_length=20, null=True)
    tag_phone = models.BinaryField(max_length=20, null=True)
    tag_qid = models.BinaryField(max_length=20, null=True)
    tag_bhyt = models.BinaryField(max_length=20, null=True)
    tag_name = models.BinaryField(max_length=20, null=True)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index("place", "at_ms", name="entry_by_place"),
            models.Index("kiosk", "boot_id", name="entry_by_boot"),
            models.Index("received_ms", name="entry_by_arrival"),
            *(
                models.Index(
                    f"tag_{field}",
                    name=f"entry_by_{field}",
                    condition=models.Q((f"tag_{field}__isnull", False)),
                )
                for field in ("number", "phone", "qid", "bhyt", "name")
            ),
        ]

    @property
    def at(self) -> dt.datetime | None:
        """The time the hub believes (UTC)."""
        return None if self.at_ms is None else EPOCH + dt.timedelta(milliseconds=self.at_ms)

    @property
    def wall(self) -> dt.datetime:
        """The time the kiosk's clock showed (UTC)."""
        return EPOCH + dt.timedelta(milliseconds=self.wall_ms)

    def __repr__(self) -> str:
        return f"<Entry {self.id}>"


class Chain(models.Model):
    """How much of one outbox file's sequence is here: inclusive ``ranges`` of seq, ascending."""

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="chains")
    chain = models.UUIDField()
    ranges = models.JSONField(default=list)
    updated_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("kiosk", "chain", name="one_row_per_chain")]

    def __str__(self) -> str:
        return str(self.chain)


class ChainFlag(models.Model):
    """Something a chain should not show; it is looked at, and stops nothing."""

    class Kind(models.TextChoices):
        """What was seen."""

        FORK = "fork"  # two entries at one seq: a copied card
        REWRITE = "rewrite"  # one id with two contents
        BROKEN = "broken"  # an entry does not name the one before it
        ROLLBACK = "rollback"  # the kiosk's head lies below what it once sent

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="chain_flags")
    chain = models.UUIDField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    seq = models.BigIntegerField()
    entry = models.UUIDField(null=True)
    seen_ms = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("kiosk", "chain", "kind", "seq", name="one_flag_per_finding")
        ]


class Conflict(models.Model):
    """The other side of a rewrite: an id that came again with other bytes."""

    entry = models.UUIDField()
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="+")
    hash = models.BinaryField(max_length=32)
    header = models.BinaryField()
    sealed = models.BinaryField()
    received_ms = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("entry", "hash", name="one_row_per_content")]


class RefusedRow(models.Model):
    """A row that is no entry of ours; the kiosk keeps it, the hub keeps its hash and reason."""

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="+")
    hash = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    received_ms = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("kiosk", "hash", name="one_row_per_refusal")]


class Receipt(models.Model):
    """An exchange that was answered: which request, for which bytes, with what outcome."""

    request = models.UUIDField(primary_key=True)
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="receipts")
    batch_hash = models.BinaryField(max_length=32)
    stored = models.PositiveSmallIntegerField()
    known = models.PositiveSmallIntegerField()
    refused = models.PositiveSmallIntegerField()
    answered_ms = models.BigIntegerField()


class Boot(models.Model):
    """One run of a kiosk's boot clock against the hub's.

    ``offset_ms``: the hub's time minus CLOCK_BOOTTIME, the smallest of all exchanges (a
    message is never early), seen when the boot clock showed ``sample_ms``. ``heard_ms``: the
    latest that the boot clock showed in any exchange.
    """

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="boots")
    boot_id = models.UUIDField()
    offset_ms = models.BigIntegerField()
    sample_ms = models.BigIntegerField()
    first_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()
    heard_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("kiosk", "boot_id", name="one_row_per_boot")]
