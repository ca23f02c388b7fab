"""Shapes become pixels with soft edges, by their distance to each stroke (numpy alone)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kiosk.look import Shape

Plane = NDArray[np.float64]
Points = list[tuple[float, float]]


def mask(shape: Shape, side: int) -> NDArray[np.uint8]:
    """Return the shape as ``side`` × ``side`` coverages, 0 to 255, top row first."""
    middle = (np.arange(side) + 0.5) / side
    x, y = np.meshgrid(middle, middle[::-1])
    half = shape.width / 2
    nearest = np.full((side, side), np.inf)
    for numbers in shape.strokes:
        nearest = np.minimum(nearest, _to_polyline(x, y, _pairs(numbers)) - half)
    for numbers in shape.curves:
        nearest = np.minimum(nearest, _to_polyline(x, y, _smooth(_pairs(numbers))) - half)
    for cx, cy, radius in shape.circles:
        nearest = np.minimum(nearest, np.abs(np.hypot(x - cx, y - cy) - radius) - half)
    for box in shape.boxes:
        nearest = np.minimum(nearest, np.abs(_to_box(x, y, box)) - half)
    for cx, cy, radius in shape.dots:
        nearest = np.minimum(nearest, np.hypot(x - cx, y - cy) - radius)
    coverage = np.clip(0.5 - nearest * side, 0, 1)  # half a pixel either side of the edge
    return np.round(coverage * 255).astype(np.uint8)


def _pairs(numbers: tuple[float, ...]) -> Points:
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _to_polyline(x: Plane, y: Plane, points: Points) -> Plane:
    nearest = np.full(x.shape, np.inf)
    for (ax, ay), (bx, by) in pairwise(points):
        dx, dy = bx - ax, by - ay
        length = max(dx * dx + dy * dy, 1e-12)
        along = np.clip(((x - ax) * dx + (y - ay) * dy) / length, 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - ax - along * dx, y - ay - along * dy))
    return nearest


def _to_box(x: Plane, y: Plane, box: tuple[float, ...]) -> Plane:
    left, low, width, height, radius = box
    dx = np.abs(x - left - width / 2) - (width / 2 - radius)
    dy = np.abs(y - low - height / 2) - (height / 2 - radius)
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    return outside + np.minimum(np.maximum(dx, dy), 0) - radius


def _smooth(points: Points, *, steps: int = 6) -> Points:
    """Return a Catmull-Rom curve through the points, closed where they close."""
    closed = points[0] == points[-1]
    before = points[-2] if closed else points[0]
    after = points[1] if closed else points[-1]
    padded = [before, *points, after]
    curve = []
    for at in range(1, len(padded) - 2):
        window = np.array(padded[at - 1 : at + 3])
        for step in range(steps):
            t = step / steps
            weights = np.array(
                [
                    -t + 2 * t**2 - t**3,
                    2 - 5 * t**2 + 3 * t**3,
                    t + 4 * t**2 - 3 * t**3,
                    t**3 - t**2,
                ]
            )
            px, py = weights @ window / 2
            curve.append((float(px), float(py)))
    return [*curve, points[-1]]
