"""The technicians' pages: everything can be seen, no name can, and nothing can be changed.

What changes something goes through :mod:`hub.intake.registry`, which writes the audit.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from hub.errors import HubError
from hub.intake import models
from hub.intake.masked import masked_line
from hub.intake.registry import decide_claim, revoke_kiosk

admin.site.site_header = "Hub"
admin.site.site_title = "Hub"
admin.site.index_title = "Kỹ thuật"


class Seen(admin.ModelAdmin):
    """A table that is looked at and never edited here."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here."""
        return False


@admin.register(models.Place)
class PlaceAdmin(Seen):
    """Places."""

    list_display = ("id", "name", "kind", "gates", "address")
    search_fields = ("id", "name", "address")


@admin.register(models.Kiosk)
class KioskAdmin(Seen):
    """Kiosks and how they are."""

    list_display = ("id", "place", "gate", "status", "last_seen", "clock", "version")
    list_filter = ("status",)
    list_select_related = ("place",)
    actions = ("revoke",)

    @admin.action(description="Revoke: believe nothing from these kiosks any more")
    def revoke(self, request: HttpRequest, kiosks: QuerySet[Any]) -> None:
        """Revoke the chosen kiosks."""
        for kiosk in kiosks:
            revoke_kiosk(kiosk, reason="admin page", actor=request.user.get_username())
        messages.success(request, f"{len(kiosks)} revoked.")


@admin.register(models.Claim)
class ClaimAdmin(Seen):
    """Keys of kiosks, with what two people compare."""

    list_display = ("kiosk", "fingerprint", "status", "created", "decided")
    list_filter = ("status",)
    list_select_related = ("kiosk",)
    fields = ("kiosk", "fingerprint", "status", "created", "decided")
    actions = ("accept", "revoke")

    @admin.action(description="Accept: the fingerprints were compared")
    def accept(self, request: HttpRequest, claims: QuerySet[Any]) -> None:
        """Accept the chosen keys."""
        self._decide(request, claims, accept=True)

    @admin.action(description="Revoke these keys")
    def revoke(self, request: HttpRequest, claims: QuerySet[Any]) -> None:
        """Revoke the chosen keys."""
        self._decide(request, claims, accept=False)

    def _decide(self, request: HttpRequest, claims: QuerySet[Any], *, accept: bool) -> None:
        for claim in claims:
            decide_claim(
                claim, accept=accept, actor=request.user.get_username(), reason="admin page"
            )
        messages.success(request, f"{len(claims)} decided.")


@admin.register(models.Entry)
class EntryAdmin(Seen):
    """Entries: header and mask, never a name."""

    list_display = ("id", "who", "place", "gate", "direction", "type", "kind", "at", "seq")
    list_filter = ("direction", "type", "clock")
    fields = (
        "id", "who", "kiosk", "claim", "place", "gate", "chain", "seq", "type", "direction",
        "basis", "kind", "trust", "trip", "purpose", "reason", "corrects", "count", "wall",
        "clock", "at", "error_ms", "basis_of_time", "day", "flags",
    )  # fmt: skip
    ordering = ("-received_ms",)

    @admin.display(description="person")
    def who(self, entry: models.Entry) -> str:
        """The mask."""
        try:
            return masked_line(entry.pk, entry.mask)
        except HubError as error:
            return str(error)


@admin.register(models.ChainFlag)
class ChainFlagAdmin(Seen):
    """Findings in chains."""

    list_display = ("kind", "kiosk", "chain", "seq", "entry")
    list_filter = ("kind",)
    list_select_related = ("kiosk",)


@admin.register(models.Chain)
class ChainAdmin(Seen):
    """What is held of each chain."""

    list_display = ("chain", "kiosk", "ranges")
    list_select_related = ("kiosk",)


@admin.register(models.Receipt)
class ReceiptAdmin(Seen):
    """Answered batches."""

    list_display = ("request", "kiosk", "stored", "known", "refused")
    list_select_related = ("kiosk",)
    fields = ("request", "kiosk", "stored", "known", "refused", "answered_ms")


@admin.register(models.RefusedRow)
class RefusedRowAdmin(Seen):
    """Rows that are no entries."""

    list_display = ("kiosk", "reason", "size")
    fields = ("kiosk", "reason", "size", "received_ms")


@admin.register(models.AuditRow)
class AuditAdmin(Seen):
    """Who did what."""

    list_display = ("id", "at_ms", "actor", "action", "subject", "reason")
    list_filter = ("action",)
    fields = ("at_ms", "actor", "action", "subject", "reason", "detail")
    ordering = ("-id",)
