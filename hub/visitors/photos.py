"""Photos of residents: made anew, small, and with nothing in them but their pixels."""

from __future__ import annotations

import io

from PIL import ExifTags, Image, UnidentifiedImageError

from hub.errors import BadUsage

PHOTO_BYTES = 8 * 1024 * 1024
PHOTO_PIXELS = 50_000_000
PHOTO_SIDE = 1280
_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""What brings a photo upright, by EXIF's orientation; the rest of EXIF is never written anew."""


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
        turn = _TURNS.get(found.getexif().get(ExifTags.Base.Orientation))
        upright = found.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadPhoto("photo") from error
    except Image.DecompressionBombError as error:
        raise BadPhoto("large") from error
    if turn is not None:
        upright = upright.transpose(turn)
    upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS)
    # A fresh picture: what hung on the old one (EXIF, profiles, comments) stays behind.
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=80, optimize=True)
    return target.getvalue()
