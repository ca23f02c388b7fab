"""The tables: persons who were erased, by their tags."""

from __future__ import annotations

from django.db import models


class Erased(models.Model):
    """A tag whose entries up to ``until_ms`` are gone and stay away; no name, no number."""

    tag = models.BinaryField(max_length=20)
    field = models.CharField(max_length=8)
    until_ms = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("tag", "field", name="one_row_per_erased_tag")]
