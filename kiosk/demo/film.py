"""The made video: a minute at a hospital's gate, rendered scene by scene into real files.

``render(folder)`` writes one video for each scene, in the order of their names, and a
camera ``file:FOLDER`` plays what is there and waits for the rest. Each scene knows what the
kiosk must answer. The same script always gives the same pictures.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from kiosk.demo import acting, carriers, people, stage
from kiosk.demo import script as scripts
from kiosk.demo.acting import pictures
from kiosk.demo.script import FPS, Scene, Show, script
from kiosk.playback import GROWING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_CODEC = "MJPG"  # every build of OpenCV has it, and no frame waits for another


__all__ = ["FPS", "Scene", "Show", "pictures", "prepare", "render", "sample_code", "script"]


def version() -> str:
    """Return a short name of this film: it changes when the script or the drawing does."""
    sources = (Path(module.__file__ or "") for module in (acting, carriers, people, scripts, stage))
    told = b"".join(path.read_bytes() for path in (*sources, Path(__file__)))
    return hashlib.sha256(told).hexdigest()[:12]


def segment(folder: Path, number: int, scene: Scene) -> Path:
    """Return the file of scene ``number`` (from 0)."""
    return folder / f"{number + 1:02d}-{scene.name}.avi"


def prepare(folder: Path, scenes: Sequence[Scene] | None = None) -> bool:
    """Make ``folder`` ready for a camera to play it; whether scenes are still to be rendered."""
    scenes = script() if scenes is None else scenes
    folder.mkdir(parents=True, exist_ok=True)
    missing = any(not segment(folder, n, s).exists() for n, s in enumerate(scenes))
    if missing:
        (folder / GROWING).touch()
    return missing


def render(
    folder: Path,
    scenes: Sequence[Scene] | None = None,
    *,
    done: Callable[[Path], bool | None] | None = None,
) -> None:
    """Write the scenes that ``folder`` lacks; ``done`` hears of each, and true ends the work.

    A scene appears under its name only when it is whole, so what was rendered is kept.
    """
    scenes = script() if scenes is None else scenes
    if prepare(folder, scenes):
        for number, scene in enumerate(scenes):
            path = segment(folder, number, scene)
            if not path.exists():
                _write(path, scene, seed=number)
            if done and done(path):
                return
    (folder / GROWING).unlink(missing_ok=True)


def _write(path: Path, scene: Scene, *, seed: int) -> None:
    part = path.with_suffix(".part.avi")
    # A leading dot keeps the camera's hands off it until it is whole.
    part = part.with_name(f".{part.name}")
    writer = cv2.VideoWriter(str(part), cv2.VideoWriter.fourcc(*_CODEC), FPS, stage.SIZE)
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 85)
    for image in pictures(scene, seed=seed):
        writer.write(image)
    writer.release()
    part.replace(path)


def sample_code(path: Path | None = None) -> str:
    """Return a sample code for a real camera as lines of text; also draw it to ``path``.

    It is an invented person's, and large enough to be held up from a phone or a screen.
    """
    payload = people.NHUNG.national
    if path:
        cv2.imwrite(str(path), carriers.code_image(payload, 12, quiet=4))
    dark = carriers.code_image(payload, 1, quiet=2) == 0
    if dark.shape[0] % 2:
        dark = np.vstack([dark, np.zeros((1, dark.shape[1]), bool)])
    # Dark terminals show light characters: the code's white is what gets printed.
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    return "\n".join(
        "".join(blocks[bool(a), bool(b)] for a, b in zip(*pair, strict=True))
        for pair in zip(dark[::2], dark[1::2], strict=True)
    )


def missing(folder: Path) -> list[int]:
    """Return the numbers of the scenes that ``folder`` lacks."""
    return [n for n, scene in enumerate(script()) if not segment(folder, n, scene).exists()]


def main(argv: Sequence[str] | None = None) -> int:
    """Render the film into a folder: ``python -m kiosk.demo.film FOLDER [NUMBER…]``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("scenes", type=int, nargs="*", help="only these, so that two may share")
    options = parser.parse_args(argv)
    if not options.scenes:
        render(options.folder)
    for number in options.scenes:
        scene = script()[number]
        if not segment(options.folder, number, scene).exists():
            _write(segment(options.folder, number, scene), scene, seed=number)
    return 0


if __name__ == "__main__":
    sys.exit(main())
