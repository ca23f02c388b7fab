"""Pictures played as a camera: each stands alone, and each gets its answer."""

from __future__ import annotations

import numpy as np
import qrcode

from kiosk.frames import Frame, Image
from kiosk.scanner import scanner


def drawn(text: str) -> Image:
    code = qrcode.QRCode(border=4, box_size=6)
    code.add_data(text)
    code.make()
    return np.array(code.make_image().convert("RGB"), np.uint8)[:, :, ::-1].copy()


def test_a_bank_code_is_answered_in_the_picture_right_after_a_persons() -> None:
    reader = scanner(who=lambda text: frozenset({"p"}) if text == "person" else None)
    looks = [
        reader.look(Frame(drawn(text), at, number, still=True))
        for number, (text, at) in enumerate([("person", 0.0), ("bank", 0.5), ("wifi", 1.0)], 1)
    ]
    presented = [look.presented.text if look.presented else None for look in looks]
    assert presented == ["person", "bank", "wifi"]
