"""The made video: a minute at a hospital's gate, rendered scene by scene into real files.

``render(folder)`` writes one video for each scene, in the order of their names, and a
camera ``file:FOLDER`` plays what is there and waits for the rest. Each scene knows what the
kiosk must answer. The same script always gives the same pictures.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from kiosk.demo import carriers, people, stage
from kiosk.demo.carriers import Carrier
from kiosk.playback import GROWING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from kiosk.frames import Image

FPS = 20
_CODEC = "MJPG"  # every build of OpenCV has it, and no frame waits for another


@dataclass(frozen=True, slots=True)
class Show:
    """One thing held up: from ``start`` to ``end`` seconds of its scene.

    ``x`` and ``y`` say where its code is held, as shares of the picture; ``module`` how
    many pixels one module of it measures there; ``roll``, ``yaw`` and ``pitch`` are
    degrees; ``shake`` is how far the hand trembles, in pixels.
    """

    carrier: Callable[[], Carrier]
    start: float
    end: float
    module: float = 4.5
    x: float = 0.5
    y: float = 0.5
    roll: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    shake: float = 2.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Some seconds at the gate, and what the kiosk must answer: outcomes with their codes."""

    name: str
    story: str
    seconds: float
    shows: tuple[Show, ...]
    expects: tuple[tuple[str, str], ...]
    light: float = 1.0
    noise: float = 3.0
    glare: bool = False

    @property
    def frames(self) -> int:
        """How many pictures it has."""
        return round(self.seconds * FPS)


def _card(who: people.Visitor) -> Callable[[], Carrier]:
    birth = f"{who.birth[:2]}/{who.birth[2:4]}/{who.birth[4:]}"
    return lambda: carriers.citizen_card(who.citizen_card, who.name, birth, who.number)


def _paper(who: people.Visitor) -> Callable[[], Carrier]:
    return lambda: carriers.paper_card(who.national, "THẺ QR CÁ NHÂN", who.plain)


def _phone(
    payload: str, title: str = "Mã QR cá nhân", *, light: float = 1.0, dark_mode: bool = False
) -> Callable[[], Carrier]:
    return lambda: carriers.phone(payload, title, light=light, dark_mode=dark_mode)


def _insurance(who: people.Visitor) -> Callable[[], Carrier]:
    number = who.insurance.split("|")[0]
    return lambda: carriers.insurance_card(who.insurance, who.name, number)


def script() -> tuple[Scene, ...]:
    """Return the scenes in their order: a minute in all."""
    p = people
    return (
        Scene(
            "card",
            "a citizen card, held well",
            3.6,
            (Show(_card(p.NHUNG), 0.5, 3.2, module=4.0, x=0.62, y=0.36, roll=-3),),
            (("recorded", p.NHUNG.citizen_card),),
        ),
        Scene(
            "phone-tilted",
            "a phone, tilted",
            3.8,
            (Show(_phone(p.DUC.national), 0.4, 3.3, module=5.5, roll=14, yaw=24, pitch=-12),),
            (("recorded", p.DUC.national),),
        ),
        Scene(
            "moving",
            "a citizen card in a hurried hand",
            4.2,
            (Show(_card(p.DUYEN), 0.4, 3.8, module=4.0, x=0.6, y=0.4, roll=5, shake=22),),
            (("recorded", p.DUYEN.citizen_card),),
        ),
        Scene(
            "bank",
            "a bank's transfer code, shown by mistake",
            3.6,
            (Show(_phone(p.BANK, "Chuyển tiền"), 0.4, 3.1, module=5.0, roll=-6),),
            (("not_for_us", p.BANK),),
        ),
        Scene(
            "glare",
            "a laminated card with a lamp's glare on it",
            4.4,
            (Show(_card(p.BAO), 0.4, 4.0, module=4.3, x=0.6, y=0.42, roll=-5, yaw=-8, shake=5),),
            (("recorded", p.BAO.citizen_card),),
            glare=True,
        ),
        Scene(
            "again",
            "the phone of before, shown once more",
            3.6,
            (Show(_phone(p.DUC.national), 0.4, 3.0, module=5.5, roll=-8, yaw=-10),),
            (("duplicate", p.DUC.national),),
        ),
        Scene(
            "two-people",
            "two people's codes at once, then one alone",
            5.4,
            (
                Show(_phone(p.ANH.national), 0.4, 2.6, module=3.6, x=0.34, roll=4),
                Show(_phone(p.KHOI.national), 0.4, 4.9, module=3.6, x=0.66, roll=-4),
            ),
            (("two_codes", ""), ("recorded", p.KHOI.national)),
        ),
        Scene(
            "dim-phone",
            "a dimmed phone at dusk",
            4.0,
            (Show(_phone(p.ANH.national, light=0.42), 0.4, 3.5, module=5.0, roll=7, pitch=10),),
            (("recorded", p.ANH.national),),
            light=0.5,
            noise=5,
        ),
        Scene(
            "noise",
            "a paper card in the night's camera noise",
            4.0,
            (Show(_paper(p.VY), 0.4, 3.5, module=5.0, roll=-10, yaw=14),),
            (("recorded", p.VY.national),),
            light=0.6,
            noise=13,
        ),
        Scene(
            "dark-mode",
            "a phone in dark mode: white on black",
            3.8,
            (Show(_phone(p.TRUONG.national, dark_mode=True), 0.4, 3.3, module=5.0, roll=5),),
            (("recorded", p.TRUONG.national),),
        ),
        Scene(
            "far",
            "a paper card held far away",
            4.0,
            (Show(_paper(p.HAN), 0.4, 3.5, module=3.1, x=0.44, y=0.5, roll=-9, yaw=12),),
            (("recorded", p.HAN.national),),
        ),
        Scene(
            "highlands",
            "a citizen card with a name of the Central Highlands, on its side",
            4.0,
            (Show(_card(p.BIA), 0.4, 3.6, module=4.1, x=0.56, y=0.4, roll=19, yaw=12),),
            (("recorded", p.BIA.citizen_card),),
        ),
        Scene(
            "twice",
            "one card, taken away and shown again at once",
            5.4,
            (
                Show(_paper(p.WON), 0.3, 2.0, module=4.6, roll=6),
                Show(_paper(p.WON), 3.2, 4.9, module=4.6, roll=-5),
            ),
            (("recorded", p.WON.national), ("duplicate", p.WON.national)),
        ),
        Scene(
            "insurance",
            "a health insurance card",
            3.8,
            (Show(_insurance(p.LAM), 0.4, 3.3, module=3.8, x=0.58, roll=-4, yaw=-10),),
            (("recorded", p.LAM.insurance),),
        ),
    )


def version() -> str:
    """Return a short name of this film: it changes when the script or the drawing does."""
    sources = (Path(module.__file__ or "") for module in (carriers, people, stage))
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


def pictures(scene: Scene, *, seed: int) -> Iterator[Image]:
    """Give the frames of ``scene``, one at a time."""
    return (take() for take in _takes(scene, seed))


def _takes(scene: Scene, seed: int) -> list[Callable[[], Image]]:
    place = stage.scenery(1)
    lens = stage.Lens(seed, light=scene.light, noise=scene.noise)
    who = stage.visitor(seed + 40)
    side = (1 if seed % 2 else -1) * 0.17
    standing = place.copy()
    stage.put(standing, who, _person_at(0.5 + side), (0, 0))
    actors = [_Actor(show, seed * 10 + n) for n, show in enumerate(scene.shows)]

    def take(number: int) -> Image:
        second = number / FPS
        arriving = min(second / 0.45, (scene.seconds - second) / 0.35, 1.0)
        if arriving >= 1.0:
            frame = standing.copy()
        else:
            frame = place.copy()
            way = (1 - _ease(max(arriving, 0.0))) * 0.75 * math.copysign(1, side)
            stage.put(frame, who, _person_at(0.5 + side + way), (0, 0))
        for actor in actors:
            actor.draw(frame, second)
        glare = None
        if scene.glare:
            # The glare wanders off the code as the hand turns: at first it hides half of it.
            x = 0.56 + 0.2 * _ease(min(1.0, max(0.0, (second - 1.0) / 1.4)))
            glare = (x * stage.SIZE[0], 0.40 * stage.SIZE[1], 210.0)
        return lens.take(frame, glare)

    return [lambda n=n: take(n) for n in range(scene.frames)]  # type: ignore[misc]


def _person_at(x: float) -> NDArray[np.float32]:
    return np.array([[1, 0, x * stage.SIZE[0] - 310], [0, 1, 92], [0, 0, 1]], np.float32)


def _ease(share: float) -> float:
    return share * share * (3 - 2 * share)


class _Actor:
    """A show in motion: comes up from below, is held, goes down again."""

    _COMING, _GOING = 0.5, 0.35

    def __init__(self, show: Show, seed: int) -> None:
        carrier = show.carrier()
        scale = show.module / carrier.module
        below = max(60 * carriers.PIXELS_A_MM, round(420 / scale))
        sprite, code = stage.held(carrier, seed, below)
        # Drawn once at about the size in which it will be seen: quicker, and no moiré.
        ready = min(1.0, scale * 1.15)
        size = (round(sprite.clear.shape[1] * ready), round(sprite.clear.shape[0] * ready))
        self._sprite = stage.Sprite(
            cv2.resize(sprite.colours, size, interpolation=cv2.INTER_AREA).astype(np.uint8),
            cv2.resize(sprite.clear, size, interpolation=cv2.INTER_AREA).astype(np.uint8),
        )
        self._code = (code[0] * ready, code[1] * ready)
        self._scale = scale / ready
        self._show = show
        self._phase = np.random.default_rng(seed).uniform(0, 6, 4)

    def draw(self, frame: Image, second: float) -> None:
        """Draw it as it is at ``second`` of the scene."""
        show = self._show
        if not show.start <= second <= show.end:
            return
        x, y = self._place(second)
        exposure = 0.5 / FPS
        x1, y1 = self._place(second + exposure)
        blur = ((x1 - x) * stage.SIZE[0], (y1 - y) * stage.SIZE[1])
        stage.put(frame, self._sprite, self._onto(x, y, second), blur)

    def _place(self, second: float) -> tuple[float, float]:
        show = self._show
        coming = _ease(min(1.0, max(0.0, (second - show.start) / self._COMING)))
        going = _ease(min(1.0, max(0.0, (show.end - second) / self._GOING)))
        a, b, c, d = self._phase
        tremble = show.shake / stage.SIZE[0]
        x = show.x + tremble * (math.sin(second * 5.1 + a) + 0.6 * math.sin(second * 11.3 + b))
        y = show.y + tremble * (math.sin(second * 4.3 + c) + 0.6 * math.sin(second * 9.7 + d))
        return x, y + 1.05 * (1 - coming) + 1.05 * (1 - going)

    def _onto(self, x: float, y: float, second: float) -> NDArray[np.float32]:
        """Return the matrix from the sprite to the frame: turned in space, then projected."""
        show = self._show
        sway = 1.2 * math.sin(second * 2.2 + self._phase[0])
        roll, yaw, pitch = (math.radians(n) for n in (show.roll + sway, show.yaw, show.pitch))
        turn_z = np.array(
            [[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]]
        )
        turn_y = np.array(
            [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]]
        )
        turn_x = np.array(
            [
                [1, 0, 0],
                [0, math.cos(pitch), -math.sin(pitch)],
                [0, math.sin(pitch), math.cos(pitch)],
            ]
        )
        turn = turn_x @ turn_y @ turn_z
        far = 1400.0
        cx, cy = self._code
        scale = self._scale * (1 + 0.02 * math.sin(second * 1.7 + self._phase[1]))
        flat = np.array([[scale, 0, -scale * cx], [0, scale, -scale * cy], [0, 0, 1]])
        space = np.array([turn[0, :2], turn[1, :2], turn[2, :2] / far])
        project = np.column_stack([space, [0, 0, 1]])
        place = np.array([[1, 0, x * stage.SIZE[0]], [0, 1, y * stage.SIZE[1]], [0, 0, 1]])
        return np.asarray(place @ project @ flat, np.float32)


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


def main(argv: Sequence[str] | None = None) -> int:
    """Render the film into a folder: ``python -m kiosk.demo.film FOLDER``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    render(parser.parse_args(argv).folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
