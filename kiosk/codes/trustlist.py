"""The signers of ``HC1:`` certificates that the steward loaded, with their age."""

from __future__ import annotations


class TrustList:
    """Certificates by key id."""
