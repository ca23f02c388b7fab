"""The script of the made video: who shows what at the gate, and what the kiosk must answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.demo import carriers, people
from kiosk.demo.carriers import Carrier

if TYPE_CHECKING:
    from collections.abc import Callable

FPS = 20


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
