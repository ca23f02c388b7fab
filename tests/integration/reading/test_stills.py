"""Pictures played as a camera: each stands alone, and each gets its answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import qrcode
from qrcode import base, util

from bench.corpus import modules
from kiosk import codewords
from kiosk.frames import Frame, Image, Sighting
from kiosk.playback import read_picture
from kiosk.scanner import Scanner, scanner
from kiosk.stills import STILL_S
from kiosk.versions import versions


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


CARD = "054199012345||Nguyễn Thị Ví Dụ|01021999|Nữ|Thôn Phú Lộc|22062022"


@pytest.fixture(scope="module")
def reader() -> Scanner:
    return scanner(who=lambda _: None)


def grey_card(scale: int = 6, text: str = CARD) -> Image:
    code = np.kron(1 - modules(text, mask=2), np.ones((scale, scale), np.uint8))
    return np.pad(code * 255, 4 * scale, constant_values=255).astype(np.uint8)


def texts(reader: Scanner, image: Image) -> list[str | None]:
    return [seen.text for seen in reader.read_image(image)]


def of_colours(grey: Image, ink: tuple[int, int, int], paper: tuple[int, int, int]) -> Image:
    """Print a code in two colours, given as blue, green and red."""
    dark = grey[..., None] < 128
    return np.where(dark, np.array(ink, np.uint8), np.array(paper, np.uint8)).astype(np.uint8)


@pytest.mark.parametrize("ink", [0, 255])
def test_a_code_on_transparent_ground_is_read(reader: Scanner, tmp_path: Path, ink: int) -> None:
    grey = grey_card()
    drawn_there = 255 - grey if ink == 0 else grey
    pixels = np.dstack([*[np.full_like(grey, ink)] * 3, drawn_there])
    cv2.imwrite(str(tmp_path / "code.png"), pixels)
    assert texts(reader, read_picture(tmp_path / "code.png")) == [CARD]


def test_ten_bits_in_sixteen_are_read(reader: Scanner, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "code.png"), grey_card().astype(np.uint16) * 3 + 100)
    assert texts(reader, read_picture(tmp_path / "code.png")) == [CARD]


@pytest.mark.parametrize("ending", [".avif", ".bmp", ".gif", ".jp2", ".jpg", ".tif", ".webp"])
def test_pictures_of_every_kind_are_read(reader: Scanner, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"code{ending}"
    cv2.imwrite(str(path), of_colours(grey_card(), (0, 0, 0), (255, 255, 255)))
    assert texts(reader, read_picture(path)) == [CARD]


def test_a_code_whose_two_colours_are_equally_bright_is_read(reader: Scanner) -> None:
    red_on_green = of_colours(grey_card(), (0, 0, 255), (0, 130, 0))
    assert np.ptp(cv2.cvtColor(red_on_green, cv2.COLOR_BGR2GRAY)) <= 1
    assert texts(reader, red_on_green) == [CARD]


def test_what_is_blurred_beside_what_reads_at_once_is_read_too(reader: Scanner) -> None:
    shelf = np.full((900, 1600), 180, np.uint8)
    wanted = [f"054199012345||Nguyễn Thị Ví Dụ {n}|01021999|Nữ|x|22062022" for n in range(4)]
    for place, text in enumerate(wanted):
        code = grey_card(4, text)
        if place % 2:
            code = cv2.GaussianBlur(code, (0, 0), 2.2).astype(np.uint8)
        top, left = 20 + 420 * (place // 2), 40 + 800 * (place % 2)
        shelf[top : top + code.shape[0], left : left + code.shape[1]] = code
    seen = reader.read_image(shelf)
    assert {s.text for s in seen} == {*wanted}
    assert len(seen) == len(wanted)


def test_a_card_read_at_a_gate_does_not_wait_for_what_else_is_in_the_picture() -> None:
    reader = scanner(who=lambda text: frozenset({text}))
    blurred = cv2.GaussianBlur(grey_card(4), (0, 0), 2.2)
    both = np.hstack([grey_card(4, CARD.replace("Ví Dụ", "Ví Vụ")), blurred]).astype(np.uint8)
    assert len(reader.look(Frame(both, 0.0, 1, still=True)).seen) == 1
    assert len(reader.read_image(both)) == 2


def in_bands(grey: Image) -> Image:
    """Show a code as a camera sees a screen that flickers."""
    lines = np.arange(grey.shape[0])
    light = 0.52 + 0.48 * np.sin(lines / grey.shape[0] * 2 * np.pi * 3)
    return cv2.GaussianBlur(grey * light[:, None], (0, 0), 1.2).astype(np.uint8)


def in_a_mirror(grey: Image) -> Image:
    return np.ascontiguousarray(cv2.GaussianBlur(grey, (0, 0), 3.4)[:, ::-1]).astype(np.uint8)


@pytest.mark.parametrize("hard", [in_bands, in_a_mirror])
def test_a_code_is_read_in_some_version_and_its_corners_are_the_pictures(
    reader: Scanner, hard: Callable[[Image], Image]
) -> None:
    grey = grey_card()
    image = np.full((1400, 1900), 128, np.uint8)
    image[700 : 700 + grey.shape[0], 1200 : 1200 + grey.shape[1]] = hard(grey)
    (seen,) = reader.read_image(image)
    assert seen.text == CARD
    assert seen.centre == pytest.approx((1200 + grey.shape[1] / 2, 700 + grey.shape[0] / 2), abs=12)


def test_each_version_knows_where_its_points_lie_in_the_original() -> None:
    image = np.full((1000, 2000, 3), 60, np.uint8)
    image[300:320, 1500:1520] = (255, 230, 200)
    for version in versions(image):
        spot = version.picture.astype(np.float32) - float(np.median(version.picture))
        rows, columns = np.nonzero(np.abs(spot) > np.abs(spot).max() / 2)
        here = Sighting(b"x", "x", ((float(columns.mean()), float(rows.mean())),))
        (there,) = version.original([here])
        assert there.centre == pytest.approx((1509.5, 309.5), abs=6)


@pytest.mark.parametrize("size", [(720, 1280), (3000, 4000)])
def test_a_picture_that_is_all_texture_costs_a_bounded_time(
    reader: Scanner, size: tuple[int, int]
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, size, dtype=np.uint8)
    began = time.thread_time()
    assert reader.read_image(noise) == []
    assert time.thread_time() - began < 2 * STILL_S


def of_model_1(text: str) -> Image:
    """Draw a code of the first model (version 1, level L) as AIM's standard of 1997 has it.

    Against today's: codewords lie in blocks, the first half codeword is left out, a data block
    of the right edge is given up, and another mask is on the format.
    """
    letters = text.encode("ascii")
    bits = "0000" + "0100" + f"{len(letters):08b}" + "".join(f"{n:08b}" for n in letters) + "0000"
    data = [int(bits[n : n + 8].ljust(8, "0"), 2) for n in range(0, len(bits), 8)]
    data = (data + [0xEC, 0x11] * 10)[:19]
    generator = base.Polynomial([1], 0)
    for n in range(7):
        generator *= base.Polynomial([1, base.gexp(n)], 0)
    rest = base.Polynomial(data, 7) % generator
    checks = [rest[n] for n in range(len(rest))]
    words = data + [0] * (7 - len(checks)) + checks
    places = [(20 - 2 * j, 20 - 4 * i, 2) for j in (0, 1) for i in range(3)]
    # Of the middle, two columns of blocks; upwards the timing pattern is stepped over.
    for j in (2, 3):
        rows = range(6) if j == 2 else range(10)
        places += [(16 - 4 * (j - 2), 20 - 2 * i - (i >= 7), 4) for i in rows]
    places += [((7 - j) * 2 + 1 + (j == 4), 12, 2) for j in range(4, 8)]
    assert len(places) == len(words)
    code = np.array(codewords.layout(1).known)
    for (x, y, wide), word in zip(places, words, strict=True):
        for b in range(8):
            row, column = y - b // wide, x - b % wide
            code[row, column] = (word >> (7 - b) & 1) ^ ((row + column) % 2 == 0)
    form = util.BCH_type_info(1 << 3) ^ util.G15_MASK ^ 0x2825
    for copy in codewords.layout(1).formats:
        code.flat[copy] = [form >> i & 1 for i in range(15)]
    return code.astype(np.uint8)


def test_a_code_of_the_first_model_is_read_where_a_picture_stands_alone(reader: Scanner) -> None:
    framed = np.pad(1 - of_model_1("HELLO 1997"), 4, constant_values=1)
    image = np.kron(framed, np.full((6, 6), 255)).astype(np.uint8)
    assert texts(reader, image) == ["HELLO 1997"]
