"""The demo's kiosk: the real one, which also tells its conductor what it answered.

Run as ``python -m kiosk.demo.child``; facts leave as lines of JSON on standard output,
and the conductor's words (what to narrate, when to take a picture) come as lines on
standard input. Only here a masked name leaves the kiosk, and only of invented people.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from pathlib import Path
from typing import Any

from kiosk import config as configuration
from kiosk.camera import Camera, open_camera
from kiosk.commands.lines import verdict_line
from kiosk.demo.playlist import Playlist
from kiosk.demo.tap import Tap
from kiosk.gate import Gate, Post
from kiosk.model import DirectionMode, Verdict

SETTLED_S = 0.5
"""How long a verdict takes to arrive on the screen, animation and all."""

_spoken = threading.Lock()


def tell(**facts: Any) -> None:
    """Write one line for the conductor."""
    with _spoken:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
        sys.stdout.flush()


class Child:
    """A gate, with or without its window, under the conductor's ear."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.scenes: Playlist | None = None
        self.tap: Tap | None = None

    def open(self) -> Camera:
        """Return the camera: the film, once or for ever, or the machine's own."""
        if self.options.camera:
            return open_camera(self.options.camera)
        self.scenes = Playlist(self.options.film, endless=self.options.endless)
        return self.scenes

    def hear(self, verdict: Verdict, gate: Gate) -> None:
        """Tell the conductor of a verdict, with what the screen shows."""
        person = verdict.person
        shown = ""
        if person is not None:
            shown = " · ".join(filter(None, (person.masked_name, person.birth_year)))
        tell(**verdict_line(verdict), shown=shown, waiting=gate.outbox.stock().waiting)

    def headless(self) -> int:
        """Run without a window until the film ends."""
        box: list[Gate] = []
        post = Post(verdict=lambda verdict: self.hear(verdict, box[0]))
        config = configuration.Config()
        with Gate(self.options.data, config, post, mode=DirectionMode.AUTO) as gate:
            box.append(gate)
            self.tap = Tap(gate.sync)
            gate.start(self.open)
            threading.Thread(target=self.listen, name="conductor", daemon=True).start()
            tell(ready=True)
            gate.finished.wait()
            tell(ended=True)
            self.follow(gate)
            return 1 if gate.failed.is_set() else 0

    def windowed(self) -> int:
        """Run in the window."""
        from kiosk.window import Windowed

        config = configuration.read(
            {
                "screen": {"language": self.options.language, "hotline": "19001075"},
                "camera": {"mirror": bool(self.options.camera)},  # the film's letters stay letters
            },
            source="demo",
        )
        keys = {key: (lambda key=key: self.press(key)) for key in (" ", "n", "p", "h")}
        window = Windowed(
            self.options.data,
            config,
            mode=DirectionMode.AUTO,
            narrator=self.options.narration,
            keys=keys if self.options.endless else None,
            verdict=lambda verdict: self.hear(verdict, window.gate),
            ready=lambda: tell(ready=True),
        )
        self.tap = Tap(window.gate.sync)
        threading.Thread(target=self.listen, args=(window,), name="conductor", daemon=True).start()
        threading.Thread(
            target=self.await_end, args=(window.gate,), name="film-end", daemon=True
        ).start()
        return window.run(self.open)

    def await_end(self, gate: Gate) -> None:
        """Tell when the film has ended, then when everything that could be sent was."""
        gate.finished.wait()
        tell(ended=True)
        self.follow(gate)

    def follow(self, gate: Gate) -> None:
        """Wait for the hub to have everything; at most 15 s, as the network may be away."""
        for _ in range(3):
            gate.drain(5.0)
            if not gate.outbox.stock().waiting:
                break
        stock = gate.outbox.stock()
        tell(drained=True, waiting=stock.waiting, hub=gate.sync.progress.state.value)

    def press(self, key: str) -> None:
        """A key of the demo: the next visitor is ours, the rest the conductor's."""
        if key == " " and self.scenes is not None:
            self.scenes.skip()
        tell(key=key)

    def listen(self, window: Any = None) -> None:
        """Do what the conductor says: ``finish``, ``narrate …``, ``picture PATH``, ``stop``."""
        for line in sys.stdin:
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "finish" and self.scenes is not None:
                self.scenes.finish()
            elif window is None:
                continue
            elif word == "narrate":
                window.app.post(window.app.narrate, rest)
            elif word == "picture":
                shown = window.app.later  # once the verdict has come to rest
                shown(SETTLED_S, lambda path=Path(rest): self.picture(window, path))
            elif word == "stop":
                window.app.post(window.app.stop)

    def picture(self, window: Any, path: Path) -> None:
        """Save the window as it is."""
        path.parent.mkdir(parents=True, exist_ok=True)
        window.app.picture(path)
        tell(picture=str(path))


def main() -> int:
    """Run the demo's kiosk."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--film", type=Path)
    parser.add_argument("--camera")
    parser.add_argument("--headless", action="store_true")
    parser.add_argument("--endless", action="store_true")
    parser.add_argument("--language", default="vi")
    parser.add_argument("--narration", default="")
    child = Child(parser.parse_args())
    if not child.options.headless:
        import kiosk.window  # noqa: F401  # the slow part of the start, while the hub starts too
    if sys.stdin.readline().strip() != "go":
        return 1  # the conductor has gone
    try:
        return child.headless() if child.options.headless else child.windowed()
    finally:
        if child.tap is not None:
            child.tap.save(child.options.data)


if __name__ == "__main__":
    sys.exit(main())
