"""Photos that people take: kept small, as pixels alone."""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from hub.errors import BadUsage

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 60_000_000
SIDE = 1280
_KINDS = ("JPEG", "PNG", "WEBP")


def clean(data: bytes) -> bytes:
    """Return a photo as a small JPEG without place, device or anything hidden in it.

    Raises :class:`BadUsage` for what is no photo, or far too large.
    """
    large = "The photo is too large; send a smaller one."
    if len(data) > MAX_BYTES:
        raise BadUsage(large)
    try:
        found = Image.open(io.BytesIO(data), formats=_KINDS)
        if found.width * found.height > MAX_PIXELS:
            raise BadUsage(large)
        upright = ImageOps.exif_transpose(found).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadUsage("This is no photo that can be opened (JPEG or PNG).") from error
    except Image.DecompressionBombError as error:
        raise BadUsage(large) from error
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=80, optimize=True)
    return target.getvalue()
