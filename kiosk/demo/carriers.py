"""What people hold up in the made video: citizen cards, paper cards, phones. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import qrcode

if TYPE_CHECKING:
    from kiosk.frames import Image

PIXELS_A_MM = 16
"""Resolution at which carriers are drawn, before the camera sees them smaller."""

Colour = tuple[int, ...]  # blue, green, red


@dataclass(frozen=True, slots=True, eq=False)
class Carrier:
    """A flat thing with a code on it, drawn front on.

    ``face`` is BGR, ``cover`` its opacity (255 inside); ``code`` is the code's centre in
    pixels of the face, ``module`` the side of one module there.
    """

    face: Image
    cover: Image
    code: tuple[float, float]
    module: float


def code_image(payload: str, module: int, *, quiet: int = 2) -> Image:
    """Return ``payload`` as a QR code (UTF-8, level L) with ``module`` pixels a module."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=quiet)
    code.add_data(payload.encode(), optimize=0)
    code.make()
    dark = np.array(code.get_matrix(), np.uint8)
    return np.kron((1 - dark) * 255, np.ones((module, module), np.uint8)).astype(np.uint8)


def write(
    face: Image, words: str, at: tuple[int, ...], colour: Colour, height: int, weight: int = 400
) -> None:
    """Write ``words`` with their baseline at ``at``; grey strokes where cv2 has no such font."""
    if hasattr(cv2, "FontFace"):
        cv2.putText(face, words, at[:2], colour, cv2.FontFace("sans"), height, weight)
        return
    x, y = at[:2]
    for word in words.split():
        width = round(len(word) * height * 0.5)
        cv2.rectangle(face, (x, y - round(height * 0.5)), (x + width, y), colour, -1)
        x += width + round(height * 0.3)


def _mm(*lengths: float) -> tuple[int, ...]:
    return tuple(round(n * PIXELS_A_MM) for n in lengths)


def _blank(width_mm: float, height_mm: float, round_mm: float) -> tuple[Image, Image]:
    width, height, radius = _mm(width_mm, height_mm, round_mm)
    face = np.zeros((height, width, 3), np.uint8)
    cover = np.zeros((height, width), np.uint8)
    cv2.rectangle(cover, (radius, 0), (width - radius - 1, height - 1), 255, -1)
    cv2.rectangle(cover, (0, radius), (width - 1, height - radius - 1), 255, -1)
    for x in (radius, width - radius - 1):
        for y in (radius, height - radius - 1):
            cv2.circle(cover, (x, y), radius, 255, -1, cv2.LINE_AA)
    return face, cover


def _gradient(face: Image, first: Colour, last: Colour) -> None:
    height, width = face.shape[:2]
    along = np.add.outer(np.linspace(0, 0.6, height), np.linspace(0, 0.4, width))[..., None]
    face[:] = (np.array(first) * (1 - along) + np.array(last) * along).astype(np.uint8)


def _paste(face: Image, code: Image, left: int, top: int) -> tuple[float, float]:
    height, width = code.shape
    face[top : top + height, left : left + width] = code[..., None]
    return left + width / 2, top + height / 2


def _portrait(face: Image, left: int, top: int, width: int, height: int) -> None:
    """Draw nobody in particular."""
    part = face[top : top + height, left : left + width]
    part[:] = (226, 214, 206)
    middle = width // 2
    cv2.ellipse(
        part, (middle, height), (width // 2 - 6, height // 3), 0, 180, 360, (90, 84, 96), -1
    )
    cv2.ellipse(
        part,
        (middle, round(height * 0.42)),
        (width // 4, height // 4),
        0,
        0,
        360,
        (150, 178, 214),
        -1,
    )
    cv2.ellipse(
        part,
        (middle, round(height * 0.34)),
        (width // 4 + 4, height // 6),
        0,
        180,
        360,
        (40, 36, 34),
        -1,
    )


def citizen_card(payload: str, name: str, birth: str, number: str) -> Carrier:
    """A card of the size and layout of a citizen card, marked as a specimen."""
    face, cover = _blank(85.6, 54.0, 3.2)
    _gradient(face, (236, 240, 218), (196, 222, 240))
    rng = np.random.default_rng(len(payload))
    for wave in range(26):  # the fine waves that such cards are printed with
        x = np.arange(0, face.shape[1], 12)
        y = 30 + wave * 36 + 14 * np.sin(x / 90 + wave * 0.7 + rng.random())
        line = np.stack([x, y], 1).astype(np.int32)
        cv2.polylines(face, [line], False, (214, 222, 196), 2, cv2.LINE_AA)
    red, ink = (44, 40, 168), (58, 46, 40)
    cv2.circle(face, _mm(11, 10), _mm(5.2)[0], (70, 70, 206), -1, cv2.LINE_AA)
    cv2.circle(face, _mm(11, 10), _mm(3.2)[0], (80, 200, 240), -1, cv2.LINE_AA)
    write(face, "MẪU · KHÔNG CÓ GIÁ TRỊ", _mm(20, 8), ink, 36)
    write(face, "CĂN CƯỚC CÔNG DÂN", _mm(20, 15), red, 60)
    write(face, "Số / No.", _mm(28, 25), ink, 32)
    write(face, number, _mm(38, 25.5), red, 60)
    write(face, "Họ và tên / Full name", _mm(28, 31), ink, 30)
    write(face, name.upper(), _mm(28, 35.5), (30, 26, 24), 48)
    write(face, f"Ngày sinh / Date of birth: {birth}", _mm(28, 40.5), ink, 32)
    write(face, "Quốc tịch / Nationality: Việt Nam", _mm(28, 45), ink, 32)
    left, top, width, height = _mm(4, 20, 21, 28)
    _portrait(face, left, top, width, height)
    module = 5  # about 0.3 mm, as on the real card
    code = code_image(payload, module)
    left = face.shape[1] - code.shape[1] - _mm(4.5)[0]
    return Carrier(face, cover, _paste(face, code, left, _mm(3.5)[0]), module)


def paper_card(payload: str, title: str, name: str) -> Carrier:
    """A printed card with a personal code of about five centimetres."""
    face, cover = _blank(86, 100, 2)
    face[:] = (246, 250, 250)
    face[: _mm(17)[0]] = (128, 104, 16)
    write(face, title, _mm(5, 11), (255, 255, 255), 76)
    write(face, name, _mm(6, 93), (50, 44, 40), 64)
    code = code_image(payload, _module(payload, 58), quiet=3)
    left = (face.shape[1] - code.shape[1]) // 2
    module = code.shape[0] / _modules(payload, 3)
    return Carrier(face, cover, _paste(face, code, left, _mm(20)[0]), module)


def insurance_card(payload: str, name: str, number: str) -> Carrier:
    """A card of the size and layout of a health insurance card, marked as a specimen."""
    face, cover = _blank(98, 66, 1.5)
    face[:] = (244, 250, 246)
    face[: _mm(13)[0]] = (178, 128, 34)
    write(face, "THẺ BẢO HIỂM Y TẾ", _mm(18, 9), (255, 255, 255), 70)
    write(face, "MẪU · KHÔNG CÓ GIÁ TRỊ", _mm(5, 61), (120, 110, 100), 36)
    write(face, f"Mã số: {number}", _mm(5, 21), (60, 50, 160), 54)
    write(face, f"Họ và tên: {name}", _mm(5, 29), (40, 36, 34), 46)
    for row in range(4):
        cv2.rectangle(
            face, _mm(5, 34 + row * 6), _mm(48 - row * 5, 36 + row * 6), (206, 206, 200), -1
        )
    code = code_image(payload, _module(payload, 34))
    left = face.shape[1] - code.shape[1] - _mm(5)[0]
    module = code.shape[0] / _modules(payload, 2)
    return Carrier(face, cover, _paste(face, code, left, _mm(22)[0]), module)


def phone(payload: str, title: str, *, light: float = 1.0, dark_mode: bool = False) -> Carrier:
    """A phone that shows a code; ``light`` dims its screen, ``dark_mode`` inverts the code."""
    face, cover = _blank(71, 146, 9)
    face[:] = (34, 30, 30)
    left, top, right, bottom = _mm(3.2, 5, 67.8, 141)
    screen = face[top:bottom, left:right]
    screen[:] = (38, 32, 30) if dark_mode else (248, 246, 244)
    screen[: _mm(20)[0]] = (150, 92, 24)
    write(face, title, _mm(9, 20), (255, 255, 255), 76)
    code = code_image(payload, _module(payload, 52), quiet=3)
    if dark_mode:
        code = np.maximum(255 - code, 32).astype(np.uint8)
    module = code.shape[0] / _modules(payload, 3)
    centre = _paste(face, code, (face.shape[1] - code.shape[1]) // 2, _mm(38)[0])
    for row, wide in enumerate((44, 34, 38)):
        grey = 92 if dark_mode else 214
        cv2.rectangle(face, _mm(13, 104 + row * 8), _mm(13 + wide, 107 + row * 8), (grey,) * 3, -1)
    screen[:] = (screen * light).astype(np.uint8)
    return Carrier(face, cover, centre, module)


def _modules(payload: str, quiet: int) -> int:
    return int(code_image(payload, 1, quiet=quiet).shape[0])


def _module(payload: str, width_mm: float) -> int:
    return max(1, int(width_mm * PIXELS_A_MM / _modules(payload, 3)))
