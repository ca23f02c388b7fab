"""Codes in a printed page or in somebody's picture, read by two decoders that share no code."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from PIL import Image, UnidentifiedImageError

from hub.errors import BadUsage

try:
    from pyzbar import pyzbar
except ImportError:  # libzbar is the system's own and may be absent: one decoder reads alone then
    pyzbar = None

DPI = 150
"""At which pages are read back: an office printer's draft has four times as many dots."""

MAX_PIXELS = 60_000_000
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_TRIED = 2000
"""Larger pictures are tried at this longer side first: decoders find more in smaller ones."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A code in a picture: its text (None: located, not read) and its side in pixels."""

    text: str | None
    side: float


def pages(pdf: bytes, *, dpi: int = DPI) -> Iterator[Image.Image]:
    """Yield each page as a grey picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    finally:
        document.close()


def words(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def picture(data: bytes) -> Image.Image:
    """Open somebody's picture; raises :class:`BadUsage` for what is none, or far too large."""
    try:
        found = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "BMP", "TIFF"))
        if found.width * found.height > MAX_PIXELS:
            raise BadUsage("The picture is larger than any camera's; send a smaller one.")
        return found.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadUsage("This is no picture that can be opened (JPEG or PNG).") from error
    except Image.DecompressionBombError as error:
        raise BadUsage("The picture is larger than any camera's; send a smaller one.") from error


def first_decoder(image: Image.Image) -> list[Seen]:
    """zxing-cpp: reads, and tells where a code is that it cannot read."""
    found = []
    for code in zxingcpp.read_barcodes(image, formats=_QR, return_errors=True):
        p = code.position
        side = abs(complex(p.top_left.x - p.bottom_right.x, p.top_left.y - p.bottom_right.y))
        found.append(Seen(code.text if code.valid else None, side / 2**0.5))
    return found


def second_decoder(image: Image.Image) -> list[Seen]:
    """pyzbar: our codes are plain letters, so its guessing of encodings harms nothing."""
    if pyzbar is None:
        return []
    try:
        codes = pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE])
    except ValueError:  # "… is not a valid ZBarOrientation": it raises on some real pictures
        return []
    return [
        Seen(code.data.decode("ascii", "replace"), float(max(code.rect.width, code.rect.height)))
        for code in codes
    ]


def decoders() -> tuple[Callable[[Image.Image], list[Seen]], ...]:
    """Return the decoders that this machine has, the first one always."""
    return (first_decoder,) if pyzbar is None else (first_decoder, second_decoder)


def codes(image: Image.Image) -> list[Seen]:
    """Return what a picture holds, read codes first; tries smaller copies of a large one."""
    located: list[Seen] = []
    longest = max(image.size)
    larger = min(3 * longest, 1000)  # where a thumbnail's code can be seen, if not read
    for size in dict.fromkeys((min(longest, _TRIED), longest, min(longest, 1000), larger)):
        scale = size / longest
        copy = image if scale == 1 else image.resize(
            (max(1, round(image.width * scale)), max(1, round(image.height * scale))),
            Image.Resampling.LANCZOS,
        )  # fmt: skip
        for decoder in decoders():
            found = [Seen(seen.text, seen.side / scale) for seen in decoder(copy)]
            read = [seen for seen in found if seen.text is not None]
            if read:
                return read
            located += found
    return located
