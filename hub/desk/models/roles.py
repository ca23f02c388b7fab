"""What an account may do: see to machines, trace, or look at its own place."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from hub.intake.models import Place
from hub.places.models import Unit


class Role(models.Model):
    """One role for one account; an owner's names the place. Superusers have none by nature.

    ``unit`` is the node of either tree whose places the account may see; null: every place.
    """

    class Kind(models.TextChoices):
        """The roles."""

        TECHNICIAN = "technician"
        OFFICIAL = "official"
        OWNER = "owner"
        VOLUNTEER = "volunteer"  # registers from door to door and prints; nothing else

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk_role"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.account} {self.kind}"
