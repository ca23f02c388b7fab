"""The letters: Inter, with every letter that Vietnamese names are written in."""

from __future__ import annotations

from importlib import resources

FAMILY = "Inter"


def path(*, bold: bool) -> str:
    """Return the file of the medium or the bold cut."""
    name = "Inter-Bold.otf" if bold else "Inter-Medium.otf"
    return str(resources.files(__name__).joinpath(name))
