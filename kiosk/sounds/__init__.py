"""Three sounds that differ in rhythm, so that they are told apart at any pitch and volume.

``ok`` is one short double step, ``look`` three even knocks, ``stop`` two long low tones.
The files beside this one are made by ``python -m kiosk.sounds``; a test holds them to it.
Recorded words can be laid beside them: ``phrases/<language>/<phrase>.wav`` in the data
folder, where a phrase is named by :class:`kiosk.notices.Notice`.
"""

from __future__ import annotations

import io
import math
import struct
import wave
from importlib import resources

RATE = 22_050

# Each note: start in seconds, length in seconds, pitch in hertz.
RHYTHMS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "ok": ((0.0, 0.07, 1046.5), (0.08, 0.16, 1568.0)),
    "look": ((0.0, 0.09, 740.0), (0.18, 0.09, 740.0), (0.36, 0.09, 740.0)),
    "stop": ((0.0, 0.34, 311.1), (0.46, 0.34, 233.1)),
}


def path(name: str) -> str:
    """Return the file of a sound."""
    return str(resources.files(__name__).joinpath(f"{name}.wav"))


def make(name: str) -> bytes:
    """Return a sound as a mono 16-bit WAV file."""
    notes = RHYTHMS[name]
    length = max(start + lasts for start, lasts, _ in notes) + 0.05
    samples = [0.0] * int(length * RATE)
    for start, lasts, pitch in notes:
        first, count = int(start * RATE), int(lasts * RATE)
        for at in range(count):
            t = at / RATE
            # Soft edges against clicks; an octave and a twelfth above, so that the small
            # loudspeakers of tablets, which have no bass, carry the low tones too.
            edge = min(1.0, at / (0.006 * RATE), (count - at) / (0.02 * RATE))
            tone = sum(
                share * math.sin(2 * math.pi * pitch * part * t)
                for part, share in ((1, 0.6), (2, 0.28), (3, 0.12))
            )
            samples[first + at] += edge * tone
    data = struct.pack(f"<{len(samples)}h", *(round(sample * 30_000) for sample in samples))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(data)
    return file.getvalue()
