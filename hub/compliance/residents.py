"""What residents reported of places, as far as nobody has answered it yet."""

from __future__ import annotations

from django.db.models import Count

from hub.visitors.models import Report


def waiting() -> dict[str, int]:
    """Return how many reports of each place wait for an answer; places without one are absent."""
    found = Report.objects.exclude(state=Report.State.CLOSED).exclude(place=None)
    return dict(found.values_list("place").annotate(count=Count("pk")).order_by())
