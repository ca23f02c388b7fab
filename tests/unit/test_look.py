"""Colours, shapes, letters, sounds: legible, and told apart without colour or pitch."""

from __future__ import annotations

import io
import itertools
import unicodedata
import wave
from pathlib import Path

import numpy as np
import pytest

from kiosk import fonts, sounds
from kiosk.look import Colour, contrast, palette, shapes
from kiosk.look.raster import mask
from kiosk.words import languages, load

VERDICTS = ("go", "again", "look", "stop")
TEXT_ON = ("ink", "quiet", "accent", "good", "warn", "bad")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_ground_and_its_ink_reach_four_and_a_half_to_one(mode: str) -> None:
    colours = palette(mode)
    for name in colours:
        if name.startswith("on_"):
            ratio = contrast(colours[name], colours[name.removeprefix("on_")])
            assert ratio >= 4.5, f"{name}: {ratio:.2f}"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_are_legible_on_paper_and_on_cards(mode: str) -> None:
    colours = palette(mode)
    for ink, ground in itertools.product(TEXT_ON, ("paper", "card")):
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def test_contrast_is_that_of_the_standard() -> None:
    black, white, grey = (0.0,) * 3 + (1.0,), (1.0,) * 4, (118 / 255,) * 3 + (1.0,)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.54, abs=0.01)


# How people without one kind of cone see linear light (Machado, Oliveira, Fernandes 2009).
BLINDNESS = {
    "full sight": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "no colour": [[0.2126, 0.7152, 0.0722]] * 3,
}


def lab(colour: Colour, sight: str) -> np.ndarray:
    """Return a colour as seen, in CIE L*a*b* (D65)."""
    rgb = np.array(colour[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(BLINDNESS[sight]) @ linear, 0, 1)
    xyz = (
        np.array(
            [
                [0.4124, 0.3576, 0.1805],
                [0.2126, 0.7152, 0.0722],
                [0.0193, 0.1192, 0.9505],
            ]
        )
        @ linear
    )
    f = np.cbrt(np.maximum(xyz / np.array([0.9505, 1.0, 1.089]), 1e-9))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", [s for s in BLINDNESS if s != "no colour"])
def test_the_verdicts_colours_are_far_apart_for_the_colour_blind(sight: str) -> None:
    colours = palette("light")
    for one, other in itertools.combinations(VERDICTS, 2):
        apart = float(np.linalg.norm(lab(colours[one], sight) - lab(colours[other], sight)))
        assert apart >= 25, f"{one} and {other}: {apart:.0f}"


def test_even_without_any_colour_green_is_not_red() -> None:
    colours = palette("light")
    lightness = {name: lab(colours[name], "no colour")[0] for name in VERDICTS}
    assert lightness["go"] - lightness["stop"] > 25


def test_every_shape_has_pixels_and_stays_inside_its_square() -> None:
    for name, shape in shapes().items():
        pixels = mask(shape, 64)
        assert 0.02 < float((pixels > 127).mean()) < 0.6, name
        border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert int(border.max()) < 128, f"{name} is cut"


def test_the_verdicts_shapes_cover_different_pixels() -> None:
    used = ("tick", "double-tick", "cross", "other-code", "two-codes", "bars", "undo")
    for one, other in itertools.combinations(used, 2):
        a, b = (mask(shapes()[name], 48) > 127 for name in (one, other))
        assert float((a & b).sum() / (a | b).sum()) < 0.5, (one, other)


def letters_needed() -> set[str]:
    """Return every letter of Vietnamese, of Central Highland names, of all sentences."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    vowels = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    letters = {unicodedata.normalize("NFC", v + t) for v in vowels for t in tones}
    letters |= set(vowels) | set("đĐƀĕŏŭčñƂĔŎŬČÑ'’ʼ·…–—")
    letters |= set(tones) | set("\u0302\u0306\u031b")  # decomposed text must not draw boxes
    letters |= {chr(code) for code in range(0x20, 0x7F)}
    for language in languages():
        letters |= {letter for sentence in load(language).own.values() for letter in sentence}
    return letters


@pytest.mark.parametrize("bold", [False, True])
def test_the_font_has_every_letter_that_names_are_written_in(*, bold: bool) -> None:
    covered = cmap(fonts.path(bold=bold))
    # U+0182 is the capital of ƀ's neighbour in some orthographies and is not used here.
    assert letters_needed() - {"Ƃ"} - covered == set()


def cmap(file: str) -> set[str]:
    """Return the letters of a font, read from its character map (OpenType cmap 4 and 12)."""
    data = Path(file).read_bytes()

    def u16(at: int) -> int:
        return int.from_bytes(data[at : at + 2], "big")

    def u32(at: int) -> int:
        return int.from_bytes(data[at : at + 4], "big")

    tables = {data[12 + 16 * n : 16 + 16 * n]: u32(20 + 16 * n) for n in range(u16(4))}
    start = tables[b"cmap"]
    found: set[str] = set()
    for n in range(u16(start + 2)):
        table = start + u32(start + 8 + 8 * n)
        if u16(table) == 4:
            count = u16(table + 6) // 2
            ends, starts = table + 14, table + 16 + 2 * count
            for s in range(count):
                first, last = u16(starts + 2 * s), u16(ends + 2 * s)
                found |= {chr(code) for code in range(first, last + 1) if code != 0xFFFF}
        elif u16(table) == 12:
            for g in range(u32(table + 12)):
                group = table + 16 + 12 * g
                found |= {chr(code) for code in range(u32(group), u32(group + 4) + 1)}
    return found


def test_the_fonts_licence_lies_beside_it() -> None:
    licence = Path(fonts.path(bold=False)).with_name("LICENSE-Inter.txt")
    assert "SIL OPEN FONT LICENSE" in licence.read_text("utf-8")


@pytest.mark.parametrize("name", list(sounds.RHYTHMS))
def test_the_sound_files_are_what_the_program_makes(name: str) -> None:
    assert Path(sounds.path(name)).read_bytes() == sounds.make(name)


def onsets(name: str) -> list[float]:
    """Return when notes begin, heard from the loudness alone (20 ms windows)."""
    with wave.open(io.BytesIO(sounds.make(name))) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
        rate = file.getframerate()
    window = rate // 50
    loud = [
        float(np.abs(samples[at : at + window]).mean()) for at in range(0, len(samples), window)
    ]
    heard = [value > 1500 for value in loud]
    return [at / 50 for at, now in enumerate(heard) if now and (at == 0 or not heard[at - 1])]


def test_sounds_differ_in_rhythm_and_not_only_in_pitch() -> None:
    assert len(onsets("ok")) == 1  # its two steps run together
    assert len(onsets("look")) == 3
    assert len(onsets("stop")) == 2
    with wave.open(sounds.path("ok")) as file:
        assert file.getnframes() / file.getframerate() < 0.35  # over before the next visitor
