"""The one door to the libraries that decode QR codes: zxing-cpp, and zbar as second opinion.

Both give the code's bytes; which text they hold is :mod:`kiosk.codes.text`'s to say. zbar
is driven in its binary mode: as pyzbar ships it, it guesses Shift-JIS and returns wrong
Vietnamese text in a third to half of all codes.
"""

from __future__ import annotations

import ctypes
import logging
import time
from typing import TYPE_CHECKING, Protocol

import zxingcpp

from kiosk.codes import text
from kiosk.frames import Corners, Image, Sighting, Unread

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

log = logging.getLogger(__name__)

# Not the micro and rectangular kinds, which nobody here carries: fewer false finds.
_FORMATS = {
    1: zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel1]),
    2: zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2]),
}

_NAMED_CHARSET = "5D 51 32"  # "]Q2": QR code with an ECI, ISO/IEC 18004 annex on identifiers

# From zbar.h, 0.23.1 and later; pyzbar's enumeration ends before it.
_BINARY = 4
_QRCODE = 64
_ENABLE = 0
_EVERY_SYMBOLOGY = 0
_GREY = int.from_bytes(b"Y800", "little")


class Decoder(Protocol):
    """Finds QR codes in a grey picture."""

    name: str

    def read(self, grey: Image) -> list[Sighting]:
        """Return every QR code that can be read in ``grey``; may raise on odd pictures."""


class Zxing:
    """zxing-cpp: fast when nothing is there, the first to be asked.

    ``contrast`` is the way of telling dark from light: ``local`` (by neighbourhood),
    ``global`` (one threshold from the histogram) or ``fixed`` (at 127, for pictures that
    were thresholded already). ``model`` 1 reads the QR codes of before 2000, and only those.
    """

    _BINARIZERS = {
        "local": zxingcpp.Binarizer.LocalAverage,
        "global": zxingcpp.Binarizer.GlobalHistogram,
        "fixed": zxingcpp.Binarizer.FixedThreshold,
    }

    def __init__(self, contrast: str = "local", *, model: int = 2) -> None:
        self.name = "zxing" if contrast == "local" else f"zxing-{contrast}"
        self._formats = _FORMATS[model]
        self._binarizer = self._BINARIZERS[contrast]

    def __repr__(self) -> str:
        return f"<Zxing {self.name}>"

    def read(self, grey: Image) -> list[Sighting]:
        """Return the QR codes in ``grey``."""
        return self.look(grey)[0]

    def look(self, grey: Image, *, inverted: bool = True) -> tuple[list[Sighting], list[Unread]]:
        """Return the codes read, and where there are codes that were found but not read.

        ``inverted`` also looks for light codes on dark, which is two fifths of the cost.
        """
        started = time.perf_counter()
        found = zxingcpp.read_barcodes(
            grey,
            formats=self._formats,
            binarizer=self._binarizer,
            return_errors=True,
            try_invert=inverted,
        )
        ms = (time.perf_counter() - started) * 1000
        declared = self._declared(grey, found)
        read: list[Sighting] = []
        unread: list[Unread] = []
        for code in found:
            at = code.position
            corners = tuple(
                (float(p.x), float(p.y))
                for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            )
            if not code.valid:
                unread.append(Unread(corners, _size(code.extra)))
            elif code.bytes:
                exact = text.read(code.bytes)
                if exact is None and code.bytes in declared:
                    exact = text.normalise(code.text.encode("utf-8", "replace"))
                read.append(Sighting(code.bytes, exact, corners, self.name, ms))
        return read, unread

    def _declared(self, grey: Image, found: Iterable[zxingcpp.Barcode]) -> frozenset[bytes]:
        """Return which contents that are no UTF-8 say themselves in which charset they are.

        Where a code names its charset (an ECI), zxing-cpp's text is exact; else it is a guess.
        """
        odd = {code.bytes for code in found if code.valid and text.read(code.bytes) is None}
        if not odd:
            return frozenset()
        again = zxingcpp.read_barcodes(
            grey,
            formats=self._formats,
            binarizer=self._binarizer,
            text_mode=zxingcpp.TextMode.HexECI,
        )
        named = {code.bytes for code in again if code.text.startswith(_NAMED_CHARSET)}
        return frozenset(odd & named)


def _size(extra: object) -> int:
    """Return the modules a side that zxing-cpp tells of a code it could not read; 0: unknown."""
    version = extra.get("Version", "") if isinstance(extra, dict) else ""
    # A micro code's version reads M1 to M4: none of ours.
    return 17 + 4 * int(version) if str(version).isdecimal() else 0


class Zbar:
    """libzbar in binary mode, through pyzbar's own function table.

    One scanner object is kept, so an instance belongs to one thread. Use :func:`zbar`.
    """

    name = "zbar"

    def __init__(self, library: ModuleType) -> None:
        self._c = library
        self._scanner = library.zbar_image_scanner_create()
        self._set(_EVERY_SYMBOLOGY, _ENABLE, 0)
        self._set(_QRCODE, _ENABLE, 1)
        self._set(_QRCODE, _BINARY, 1)

    def __repr__(self) -> str:
        return "<Zbar in binary mode>"

    def __del__(self) -> None:
        if scanner := self.__dict__.pop("_scanner", None):
            self._c.zbar_image_scanner_destroy(scanner)

    def _set(self, symbology: int, config: int, value: int) -> None:
        if self._c.zbar_image_scanner_set_config(self._scanner, symbology, config, value):
            msg = f"libzbar does not know its option {config}"
            raise OSError(msg)

    def read(self, grey: Image) -> list[Sighting]:
        """Return the QR codes in ``grey``."""
        started = time.perf_counter()
        pixels = grey.tobytes()
        height, width = grey.shape
        c = self._c
        image = c.zbar_image_create()
        try:
            c.zbar_image_set_format(image, _GREY)
            c.zbar_image_set_size(image, width, height)
            data = ctypes.cast(ctypes.c_char_p(pixels), ctypes.c_void_p)
            c.zbar_image_set_data(image, data, len(pixels), None)
            if c.zbar_scan_image(self._scanner, image) < 0:
                msg = "libzbar refuses the picture"
                raise OSError(msg)
            found = []
            symbol = c.zbar_image_first_symbol(image)
            while symbol:
                if symbol.contents.type == _QRCODE:
                    found.append((self._bytes(symbol), self._corners(symbol)))
                symbol = c.zbar_symbol_next(symbol)
        finally:
            c.zbar_image_destroy(image)
        ms = (time.perf_counter() - started) * 1000
        return [
            Sighting(raw, text.read(raw), corners, self.name, ms) for raw, corners in found if raw
        ]

    def _bytes(self, symbol: object) -> bytes:
        c = self._c
        return ctypes.string_at(
            c.zbar_symbol_get_data(symbol), c.zbar_symbol_get_data_length(symbol)
        )

    def _corners(self, symbol: object) -> Corners:
        c = self._c
        return tuple(
            (float(c.zbar_symbol_get_loc_x(symbol, i)), float(c.zbar_symbol_get_loc_y(symbol, i)))
            for i in range(c.zbar_symbol_get_loc_size(symbol))
        )


def zbar() -> Zbar | None:
    """Return a second opinion, or None (said once in the log) where there is none to trust.

    None where libzbar or pyzbar is absent, or libzbar is older than its binary mode
    (0.23.1): text that it guessed is worse than no text.
    """
    try:
        from pyzbar import wrapper

        return Zbar(wrapper)
    except (ImportError, OSError) as error:
        log.warning("No second decoder (%s); reading goes on with zxing-cpp alone.", error)
        return None
