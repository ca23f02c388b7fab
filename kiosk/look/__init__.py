"""The look that kiosk, paper and the hub's pages share: colours and shapes as data (pure)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

Colour = tuple[float, float, float, float]
_PARTS = ("strokes", "circles", "boxes", "dots", "curves")


@dataclass(frozen=True, slots=True)
class Shape:
    """Strokes of one width in a unit square, y upwards (see ``shapes.toml``)."""

    width: float
    strokes: tuple[tuple[float, ...], ...] = ()
    circles: tuple[tuple[float, ...], ...] = field(default=())
    boxes: tuple[tuple[float, ...], ...] = field(default=())
    dots: tuple[tuple[float, ...], ...] = field(default=())
    curves: tuple[tuple[float, ...], ...] = field(default=())


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__name__).joinpath(name).read_text("utf-8"))


def rgba(text: str) -> Colour:
    """Return ``#rrggbb`` as four numbers from 0 to 1."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, 1.0


@cache
def palette(mode: str) -> dict[str, Colour]:
    """Return the colours by name for ``light`` or ``dark``, the verdicts' among them."""
    book = _toml("palette.toml")
    return {name: rgba(text) for name, text in {**book[mode], **book["verdict"]}.items()}


@cache
def shapes() -> dict[str, Shape]:
    """Return every shape by name."""

    def numbers(rows: list[str]) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(float(number) for number in row.split()) for row in rows)

    return {
        name: Shape(
            float(facts["width"]),
            *(numbers(facts.get(part, [])) for part in _PARTS),
        )
        for name, facts in _toml("shapes.toml").items()
    }


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(colour: Colour) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
