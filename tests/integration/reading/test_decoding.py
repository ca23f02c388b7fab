"""Exact text from every decoder, and as much of it as from the best together."""

from __future__ import annotations

import logging
import random
import sys
import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest

import kiosk
from bench.corpus import modules
from bench.payloads import payload
from kiosk import decoders
from kiosk.decoders import Zxing, zbar
from kiosk.scanner import Scanner, scanner

SAMPLES = Path(kiosk.__file__).resolve().parents[2] / "shared" / "samples"
SHAPES = ("cccd", "national", "bhyt")
READABLE = 107


def nobody(text):
    return None


def picture(text: str, scale: int = 4):
    code = np.kron(modules(text, mask=2), np.ones((scale, scale), np.uint8))
    framed = np.pad(1 - code, 4 * scale, constant_values=1)
    return np.where(framed, 225, 30).astype(np.uint8)


@pytest.fixture(scope="module")
def reader() -> Scanner:
    return scanner(who=nobody)


def check_texts(reader: Scanner, many: int) -> None:
    """Read ``many`` codes by the scanner's path and by each decoder; none may be wrong."""
    second = zbar()
    if second is None:
        pytest.skip("libzbar is not installed")
    unread = {"scanner": 0, "zxing": 0, "zbar": 0}
    first = Zxing()
    for n in range(many):
        dice = random.Random(n)
        wanted = unicodedata.normalize("NFC", payload(dice, SHAPES[n % 3]))
        written = unicodedata.normalize("NFD", wanted) if n % 2 else wanted
        image = picture(written, scale=dice.choice((3, 4, 5)))
        for name, found in (
            ("scanner", reader.read_image(image)),
            ("zxing", first.read(image)),
            ("zbar", second.read(image)),
        ):
            assert all(s.text == wanted for s in found), f"{name} read wrong text"
            unread[name] += not found
    print(f"{many} codes, unread: {unread}")
    assert unread["scanner"] <= many * 0.001


def test_no_vietnamese_text_is_wrong_in_either_form_by_either_decoder(reader):
    check_texts(reader, 300)


@pytest.mark.slow
def test_no_vietnamese_text_of_ten_thousand_is_wrong(reader):
    check_texts(reader, 10_000)


def read_sample(path: Path):
    return cv2.imread(str(path))


def truth_of(path: Path) -> str | None:
    truth = path.with_suffix(".txt")
    return truth.read_text("utf-8").strip() if truth.exists() else None


def same(text: str | None, truth: str | None) -> bool:
    said = (text or "").strip().replace("\r\n", "\n")
    return bool(said) if truth is None else said == truth.replace("\r\n", "\n")


def test_more_photographs_are_read_than_by_five_decoders_together(reader):
    if not SAMPLES.is_dir():
        pytest.skip("the sample photographs are not here (../shared/samples)")
    photos = sorted(p for p in (SAMPLES / "qr-photos").rglob("*") if p.suffix in {".webp", ".png"})
    assert len(photos) == 117
    read = [
        any(same(s.text, truth_of(path)) for s in reader.read_image(read_sample(path)))
        for path in photos
    ]
    assert sum(read) >= READABLE


def test_nothing_is_read_where_nothing_is(reader):
    if not SAMPLES.is_dir():
        pytest.skip("the sample photographs are not here (../shared/samples)")
    looked = 0
    for path in sorted((SAMPLES / "not-qr").iterdir()):
        image = read_sample(path) if path.suffix in {".webp", ".png", ".jpg"} else None
        if image is not None:
            looked += 1
            assert reader.read_image(image) == []
    assert looked >= 15


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 100), (100, 1), (2, 2), (20, 20), (7, 640), (33, 21, 3)]
)
def test_odd_pictures_are_survived(reader, shape):
    noise = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    for image in (noise, np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8)):
        assert reader.read_image(image) == []


def test_other_symbologies_are_not_read(reader):
    import zxingcpp

    for kind in ("DataMatrix", "Aztec", "MicroQRCode", "Code128", "PDF417"):
        made = zxingcpp.create_barcode("12345", getattr(zxingcpp.BarcodeFormat, kind))
        image = np.pad(np.array(made.to_image(scale=6)), 30, constant_values=255)
        assert reader.read_image(image) == []


def test_a_code_in_a_very_large_picture_is_read(reader):
    image = np.full((3000, 4000), 140, np.uint8)
    code = picture("054199012345||Nguyễn Thị Ví Dụ|01021999|Nữ|x|22062022", 12)
    image[600 : 600 + code.shape[0], 900 : 900 + code.shape[1]] = code
    assert [s.text for s in reader.read_image(image)] != []


def test_corners_are_those_of_the_code_whatever_pass_read_it(reader):
    image = np.full((720, 1280), 120, np.uint8)
    code = picture("054199012345||Nguyễn Thị Ví Dụ|01021999|Nữ|x|22062022", 3)
    image[200 : 200 + code.shape[0], 700 : 700 + code.shape[1]] = code
    middle = (700 + code.shape[1] / 2, 200 + code.shape[0] / 2)
    blurred = cv2.GaussianBlur(image, (0, 0), 1.9)
    seen = {}
    for shown in (image, blurred):
        (sighting,) = reader.read_image(shown)
        seen[sighting.decoder] = sighting
        assert sighting.centre == pytest.approx(middle, abs=6)
    assert len(seen) == 2


class Broken:
    """A decoder that raises on every picture, as each of the real ones does on some."""

    name = "broken"

    def read(self, grey):
        raise ValueError("-1 is not a valid ZBarOrientation")


def test_a_decoders_fault_is_a_miss_that_is_logged_once(caplog):
    reader = Scanner(who=nobody, second=Broken())
    noise = np.random.default_rng(1).integers(0, 256, (300, 300)).astype(np.uint8)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert reader.read_image(noise) == []
        assert len(reader.read_image(picture("mã không bị mất"))) == 1
    assert [r.getMessage() for r in caplog.records if "broken" in r.getMessage()] == [
        "The decoder broken failed on a picture: -1 is not a valid ZBarOrientation"
    ]


def test_without_libzbar_reading_goes_on_and_says_so_once(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "pyzbar", None)
    with caplog.at_level(logging.WARNING):
        reader = Scanner(who=nobody, second=decoders.zbar())
    assert len(caplog.records) == 1
    assert [s.text for s in reader.read_image(picture("Đặng Thuý Vy"))] == ["Đặng Thuý Vy"]


def test_a_sighting_tells_no_log_what_it_holds(reader):
    (sighting,) = reader.read_image(picture("054199012345||Nguyễn Thị Ví Dụ|01021999|Nữ|x|2"))
    assert "Nguy" not in f"{sighting!r}{sighting}"
    assert "0541" not in f"{sighting!r}{sighting}"


@pytest.mark.slow
def test_an_hour_of_noise_reads_nothing():
    reader = scanner(who=nobody)
    dice = np.random.default_rng(1)
    from kiosk.frames import Frame

    for n in range(30 * 3600):
        kind = n % 3
        noise = dice.integers(0, 256, (180, 320), dtype=np.uint8)
        soft = cv2.GaussianBlur(noise, (0, 0), 0.8 * kind).astype(float) if kind else noise
        image = np.asarray((soft - soft.min()) * (255 / (np.ptp(soft) or 1)), np.uint8)
        assert reader.look(Frame(image, n / 30, n)).seen == ()


# "Škoda Žižka" in ISO 8859-2, which the code itself says (ECI 4): 21 x 21 modules, row by row.
CHARSET_NAMED = (
    "fe5bfc13906eb6bb74a5dba2aec10507faafe01b00eff62084bb76ca212b27eae08e80700bfb22705bfeba9f"
    "ddd378aeb16305775fef9d80"
)


def test_a_code_that_names_another_charset_is_read_exactly_and_an_unnamed_one_not_at_all(reader):
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(CHARSET_NAMED), np.uint8))[: 21 * 21]
    named = np.kron(1 - np.pad(bits.reshape(21, 21), 4), np.ones((4, 4), np.uint8)) * 255
    assert [s.text for s in reader.read_image(named)] == ["Škoda Žižka"]
    unnamed = np.kron(1 - np.pad(modules("Škoda".encode("iso-8859-2")), 4), np.ones((4, 4)))
    assert [s.text for s in reader.read_image(unnamed * 255)] == [None]
