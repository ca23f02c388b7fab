"""What residents reported of places, as far as nobody has answered it yet."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db.models import Count


def waiting(places: Iterable[str] | None = None) -> dict[str, int]:
    """Return how many reports of each place wait for an answer; places without one are absent."""
    if not apps.is_installed("hub.visitors"):
        return {}
    Report = apps.get_model("visitors", "Report")
    found = Report.objects.exclude(state=Report.State.CLOSED).exclude(place=None)
    if places is not None:
        found = found.filter(place__in=list(places))
    return dict(found.values_list("place").annotate(count=Count("pk")).order_by())
