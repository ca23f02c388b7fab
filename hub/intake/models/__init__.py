"""The tables: who may send (registry), what was sent (records), who looked (audit)."""

from hub.intake.models.audit import AuditRow
from hub.intake.models.records import (
    Boot,
    Chain,
    ChainFlag,
    Conflict,
    Entry,
    EntryFlag,
    Ledger,
    Receipt,
    RefusedRow,
)
from hub.intake.models.registry import Claim, EnrolmentToken, HubKey, Kiosk, Place

__all__ = [
    "AuditRow",
    "Boot",
    "Chain",
    "ChainFlag",
    "Claim",
    "Conflict",
    "EnrolmentToken",
    "Entry",
    "EntryFlag",
    "HubKey",
    "Kiosk",
    "Ledger",
    "Place",
    "Receipt",
    "RefusedRow",
]
