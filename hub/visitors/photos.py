"""Photos of residents: made anew, small, and with nothing in them but their pixels."""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from hub.errors import BadUsage

PHOTO_BYTES = 8 * 1024 * 1024
PHOTO_PIXELS = 50_000_000
PHOTO_SIDE = 1280


class BadPhoto(BadUsage):
    """This is no photo that can be taken."""


def clean(data: bytes) -> bytes:
    """Return a photo as a small JPEG of its pixels alone: no place, no device, no hidden file.

    Raises :class:`BadPhoto`.
    """
    if len(data) > PHOTO_BYTES:
        raise BadPhoto("large")
    try:
        found = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
        if found.width * found.height > PHOTO_PIXELS:
            raise BadPhoto("large")
        found.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
        upright = ImageOps.exif_transpose(found).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadPhoto("photo") from error
    except Image.DecompressionBombError as error:
        raise BadPhoto("large") from error
    upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS)
    # A fresh picture: what hung on the old one (EXIF, profiles, comments) stays behind.
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=80, optimize=True)
    return target.getvalue()
