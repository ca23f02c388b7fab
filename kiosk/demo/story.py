"""The demo's story, in at most forty lines: who passed, the hub going and coming, the sums."""

from __future__ import annotations

import contextlib
import io
import threading
import time
import webbrowser
from collections import Counter
from pathlib import Path
from typing import Any

from kiosk.codes import classify
from kiosk.demo import film, journey
from kiosk.demo.conductor import DemoFailed, HubProcess, KioskProcess, passing
from kiosk.model import fold
from kiosk.words import load

PLACE = "Bệnh viện Đa khoa Ví Dụ"
AWAY_S, BACK_S = 20.0, 32.0
"""When the hub leaves and returns, in seconds of the film."""

LONGEST_S = 180.0
WORDS = {
    "recorded": "recorded",
    "duplicate": "already recorded",
    "refused": "refused",
    "not_for_us": "not for this gate",
    "two_codes": "two codes at once",
    "out_of_service": "OUT OF SERVICE",
}


class Story:
    """One performance."""

    def __init__(self, data: Path, out: Path, *, seconds: float | None, camera: str | None) -> None:
        self.data, self.out = data, out
        self.seconds, self.camera = seconds, camera
        self.film: Path | None = None
        self.environment: dict[str, str] = {}
        self.headless = self.interactive = False
        self.hub = HubProcess(data / "hub")
        self.kiosk: KioskProcess | None = None
        self.verdicts: list[dict[str, Any]] = []
        self.pictures: list[Path] = []
        self._began = time.monotonic()
        self._ready = threading.Event()
        self._ended = threading.Event()
        self._drained = threading.Event()
        self._wake = threading.Event()
        self._keys: list[str] = []

    # -- the performance -------------------------------------------------------------------

    def play(self) -> int:
        """Play; returns the exit code."""
        self._open_kiosk()
        self._open_hub()
        assert self.kiosk is not None
        self.kiosk.say("go")
        self._offer_camera()
        if self.interactive:
            return self._interact()
        limit = self.seconds or LONGEST_S
        left = cameback = False
        for passed in passing(limit, self._over, self._wake):
            if not self._ready.is_set():
                continue
            if not left and passed >= min(AWAY_S, limit * 0.4):
                left = True
                self._network_away()
            elif left and not cameback and passed >= min(BACK_S, limit * 0.6):
                cameback = True
                self._network_back()
        if left and not cameback:
            self._network_back()
        assert self.kiosk is not None
        if self.kiosk.ended:
            self.kiosk.wait()
            if not self._ended.is_set():
                raise DemoFailed(
                    f"The kiosk ended in the middle of its film; see {self.kiosk.log}."
                )
        self.kiosk.say("finish")
        self._drained.wait(20)
        self._picture("end")
        self.kiosk.say("stop")
        return self._close_story()

    def _over(self) -> bool:
        return self._ended.is_set() or (self.kiosk is not None and self.kiosk.ended)

    def _open_hub(self) -> None:
        self.hub.start()
        place = self.hub.command("place", "add", PLACE, "--kind", "hospital")[0]["place"]
        code = self.hub.command("kiosk", "enrol", place)[0]["code"]
        path = self.data / "code.txt"
        path.write_text(code, encoding="utf-8")
        self._join(path)
        self._say(f"A hub answers at {self.hub.url}; the kiosk has joined {PLACE!r}.")

    def _join(self, code: Path) -> None:
        from kiosk.main import cli

        with contextlib.redirect_stdout(io.StringIO()):  # its words are not the story's
            cli(["enrol", str(code), "--data", str(self.data / "kiosk")])

    def _open_kiosk(self) -> None:
        arguments = ["--data", str(self.data / "kiosk")]
        arguments += ["--camera", self.camera] if self.camera else ["--film", str(self.film)]
        arguments += ["--headless"] if self.headless else []
        if self.interactive:
            arguments += ["--endless", "--narration", "demo.keys"]
        elif not self.headless:
            arguments += ["--narration", "demo.plays"]
        log = self.out / "kiosk.log"
        self.kiosk = KioskProcess(arguments, self._hear, log, self.environment)
        self.kiosk.start()

    def _offer_camera(self) -> None:
        if self.interactive:
            self._say(f"The window opens. {load('en')['demo.keys']}")
            self._say("Hold a code up yourself: kiosk demo --camera 0, and this sample:")
            print(film.sample_code(self.out / "sample-code.png"))
        elif self.camera is None:
            self._say(
                "Your own camera: kiosk demo --camera 0   "
                f"(a code to hold up: {self.out / 'sample-code.png'})"
            )
            film.sample_code(self.out / "sample-code.png")

    def _interact(self) -> int:
        """Go on until the window closes."""
        assert self.kiosk is not None
        while True:
            self._wake.wait(0.1)
            self._wake.clear()
            while self._keys:
                self._press(self._keys.pop(0))
            if self.kiosk.ended:
                return self._close_story()

    def _press(self, key: str) -> None:
        assert self.kiosk is not None
        if key == "n":
            if self.hub.up:
                self._network_away()
            else:
                self._network_back()
        elif key == "p":
            self._say("The plug is pulled (SIGKILL), and the kiosk starts again.")
            self.kiosk.kill()
            self.kiosk.start()
            self.kiosk.say("go")
        elif key == "h":
            webbrowser.open(self.hub.url)

    def _network_away(self) -> None:
        self.hub.stop()
        self._say("-- the hub goes away: entries wait on the kiosk's disk --")
        self._narrate("demo.away")

    def _network_back(self) -> None:
        self.hub.start()
        self._say("-- the hub is back --")
        self._narrate("demo.back")

    # -- what is heard ---------------------------------------------------------------------

    def _hear(self, facts: dict[str, Any]) -> None:
        if "verdict" in facts:
            self.verdicts.append(facts)
            self._tell_verdict(facts)
            if len([v for v in self.verdicts if v["verdict"] == facts["verdict"]]) <= 2:
                self._picture(f"{len(self.verdicts):02d}-{facts['verdict']}")
        for name, event in (
            ("ready", self._ready), ("ended", self._ended), ("drained", self._drained),
        ):  # fmt: skip
            if name in facts:
                event.set()
        if "key" in facts:
            self._keys.append(facts["key"])
        if "picture" in facts:
            self.pictures.append(Path(facts["picture"]))
        self._wake.set()

    def _tell_verdict(self, facts: dict[str, Any]) -> None:
        word = WORDS[facts["verdict"]]
        why = (
            f" ({facts['reason']})" if facts["reason"] not in (None, "repeat", "two-codes") else ""
        )
        way = {"in": "in ", "out": "out"}.get(facts["direction"] or "", "   ")
        self._say(
            f"{word + why:<26} {way} {facts['shown']:<28} {facts['ms']:>5.0f} ms"
            f"   waiting {facts['waiting']}"
        )

    def _say(self, text: str) -> None:
        print(f"{time.monotonic() - self._began:5.1f} s  {text}", flush=True)

    def _narrate(self, key: str) -> None:
        if self.kiosk is not None and not self.headless:
            self.kiosk.say(f"narrate {key}")

    def _picture(self, name: str) -> None:
        if self.kiosk is not None and not self.headless and not self.interactive:
            self.kiosk.say(f"picture {self.out / 'screens' / name}.png")

    # -- the end ---------------------------------------------------------------------------

    def _close_story(self) -> int:
        assert self.kiosk is not None
        self.kiosk.wait(timeout=60)
        if not self.hub.up:
            self.hub.start()
        entries = self.hub.command("entries", "--reveal")
        lost = {v["id"] for v in self.verdicts if v["id"]} - {e["id"] for e in entries}
        wrong = wrong_names(entries) if self.camera is None else 0
        count = Counter(v["verdict"] for v in self.verdicts)
        why = Counter(
            v["reason"] for v in self.verdicts if v["verdict"] in ("refused", "not_for_us")
        )
        self._say(
            f"shown {len(self.verdicts)}, recorded {count['recorded']}, "
            f"already recorded {count['duplicate']}, two at once {count['two_codes']}, "
            f"refused {sum(why.values())} ({', '.join(map(str, why)) or 'none'}), "
            f"at the hub {len(entries)}, lost {len(lost)}, wrong names {wrong}"
        )
        if not self.headless and not self.interactive and self.pictures:
            self._say(f"pictures: {journey.contact_sheet(self.pictures, self.out)}")
        if entries and self.film is not None:
            page = journey.write(
                self.out,
                data=self.data / "kiosk",
                film_folder=self.film,
                entry=entries[0],
                verdict=next((v for v in self.verdicts if v["id"] == entries[0]["id"]), {}),
            )
            self._say(f"one passage's journey, with its real bytes: {page}")
        return 1 if lost or wrong or not entries else 0

    def close(self) -> None:
        """End what still runs."""
        if self.kiosk is not None:
            self.kiosk.kill()
        self.hub.stop()


def wrong_names(entries: list[dict[str, Any]]) -> int:
    """Count the names at the hub that are not, letter by letter, what a code of the film holds."""
    true = {
        code.person.name
        for scene in film.script()
        for _, payload in scene.expects
        if (code := classify(payload)).person is not None
    }
    names = [entry["person"]["name"] for entry in entries if entry.get("person")]
    return sum(name not in true for name in names if fold(name))
