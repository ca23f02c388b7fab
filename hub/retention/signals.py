"""What other apps hear when entries go, so that nothing of them stays behind."""

from __future__ import annotations

from django.dispatch import Signal

entries_gone = Signal()
"""Sent with ``ids`` (UUIDs of entries), inside the transaction that deletes them."""

person_erased = Signal()
"""Sent with ``found``, pairs of a field and a tag, inside the transaction that notes them."""
