"""``{{ words|of:key }}``: a word whose key the page learns only when it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(words: Mapping[str, Any], key: str) -> Any:
    """Return what is behind a key, or nothing."""
    return words.get(str(key), "")
