"""A PDF reaches the disk only after every code in it was read back, by two decoders if it can."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hub.errors import BadUsage, HubError
from hub.paper.reading import DPI, decoders, pages

MM_PER_INCH = 25.4


def self_check(pdf: bytes, texts: Sequence[str], *, at_least_mm: float) -> None:
    """Raise :class:`HubError` unless every decoder reads all ``texts``, each large enough."""
    images = list(pages(pdf))
    for decoder in decoders():
        sides = {seen.text: seen.side for image in images for seen in decoder(image)}
        missing = sum(text not in sides for text in texts)
        if missing:
            raise HubError(
                f"{missing} of {len(texts)} codes could not be read back from the print; "
                "it is not offered."
            )
        smallest = min(sides[text] for text in texts) * MM_PER_INCH / DPI
        if smallest < at_least_mm * 0.98:  # a decoder's corners are good to a pixel or two
            raise HubError(f"A code would be {smallest:.0f} mm wide, not {at_least_mm:.0f}.")


def write_checked(
    target: Path, pdf: bytes, texts: Sequence[str], *, at_least_mm: float = 50.0
) -> None:
    """Check a PDF as :func:`self_check` does, then write it."""
    self_check(pdf, texts, at_least_mm=at_least_mm)
    try:
        target.write_bytes(pdf)
        target.chmod(0o600)  # names are on cards
    except OSError as error:
        raise BadUsage(f"{target} cannot be written: {error.strerror}.") from error
