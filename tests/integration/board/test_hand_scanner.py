"""A USB hand scanner on its own device: the kernel's events become codes, and the gate answers."""

from __future__ import annotations

import os
import threading

from hypothesis import given
from hypothesis import strategies as st

from kiosk.config import Config, Signals
from kiosk.config import Gate as GateConfig
from kiosk.gate import Gate, Post
from kiosk.wedge.device import _LETTERS, EVENT, HandScanner, Keys
from kiosk.workers import Worker
from tests.hubs import TIMEOUT_S, HubProcess
from tests.kiosks import KioskBox, national

KEY_OF = {}
for key, (plain, shifted) in sorted(_LETTERS.items(), reverse=True):
    KEY_OF[shifted], KEY_OF[plain] = (key, True), (key, False)
SHIFT, ENTER, ALT = 42, 28, 56


def strokes(text):
    """The events of a scanner that types a text."""
    for letter in text:
        key, shift = KEY_OF[letter]
        yield from [(SHIFT, 1)] * shift
        yield from [(key, 1), (key, 0)]
        yield from [(SHIFT, 0)] * shift


def packed(events):
    """As the kernel packs them, each followed by a report (type 0)."""
    return b"".join(EVENT.pack(0, 0, 1, *event) + EVENT.pack(0, 0, 0, 0, 0) for event in events)


@given(st.text(alphabet=sorted(KEY_OF), min_size=1, max_size=60))
def test_what_is_typed_on_us_keys_comes_out_as_it_was(text):
    keys = Keys()
    assert not any(keys.event(key, value, 0.0) for key, value in strokes(text))
    assert keys.event(ENTER, 1, 0.0) == text


def test_letters_given_by_their_number_come_out():
    keys = Keys()
    for digit in "7871":  # ế
        keys.event(ALT, 1, 0.0)
        keys.event(KEY_OF_PAD[digit], 1, 0.0)
    keys.event(ALT, 0, 0.0)
    assert keys.event(ENTER, 1, 0.0) == "ế"


KEY_OF_PAD = dict(zip("789456123", [71, 72, 73, 75, 76, 77, 79, 80, 81], strict=True)) | {"0": 82}


def test_without_an_enter_a_pause_ends_a_code():
    keys = Keys()
    for key, value in strokes("HC1:ABC"):
        keys.event(key, value, 1.0)
    assert keys.idle(1.3) == ""
    assert keys.idle(1.6) == "HC1:ABC"
    assert keys.idle(9.0) == ""


def test_a_scanner_that_is_pulled_out_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("kiosk.wedge.device.AGAIN_S", 0.05)
    path, codes, heard = tmp_path / "event7", [], threading.Condition()

    def scanned(text):
        with heard:
            codes.append(text)
            heard.notify_all()

    def wait_for(count):
        with heard:
            assert heard.wait_for(lambda: len(codes) >= count, TIMEOUT_S), codes

    os.mkfifo(path)
    with Worker("scanner", HandScanner(path, scanned).work) as worker:
        for number, text in enumerate(["054199012345", "054199054321"], 1):
            with path.open("wb") as scanner:  # plugged in, and at the end pulled out
                scanner.write(packed([*strokes(text), (ENTER, 1), (ENTER, 0)]))
                scanner.flush()
                wait_for(number)
    assert codes == ["054199012345", "054199054321"]
    assert worker.error is None


def test_a_gate_records_what_its_scanner_reads(tmp_path):
    box = KioskBox(tmp_path / "kiosk")
    with HubProcess(tmp_path / "hub") as hub:
        box.enrol(hub)
    path, told, heard = tmp_path / "event7", [], threading.Event()
    os.mkfifo(path)

    def tell(verdict):
        told.append(verdict)
        heard.set()

    config = Config(signals=Signals(scanner=str(path)), gate=GateConfig(direction="in"))
    with Gate(box.data, config, Post(verdict=tell)) as gate:
        gate.start("none")
        with path.open("wb") as scanner:
            scanner.write(packed([*strokes(national(7)), (ENTER, 1)]))
            scanner.flush()
            assert heard.wait(TIMEOUT_S)
    assert [v.outcome.value for v in told] == ["recorded"]
    assert told[0].kind == "national-qr"
