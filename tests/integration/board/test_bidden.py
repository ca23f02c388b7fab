"""A running gate takes the hub's newer settings with the next second, wherever they came from."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

from kiosk.config import Config
from kiosk.config import Gate as GateConfig
from kiosk.gate import Gate, Post
from kiosk.identity import Identity
from kiosk.model import EnterText, Health, Outcome, Verdict
from tests.hubs import TIMEOUT_S
from tests.kiosks import card
from wire import signed
from wire.batch import Settings
from wire.enrol import EnrolmentCode
from wire.keys import OpenKey, SigningKey


def test_a_gate_asks_for_declarations_from_the_second_on_in_which_it_hears_of_it(
    tmp_path: Path,
) -> None:
    hub = SigningKey.new()
    code = EnrolmentCode(
        kiosk=uuid.uuid4(), token=bytes(16), url="http://127.0.0.1:9", hub_key=hub.public.raw,
        seal_key=OpenKey.new().public.raw, place="p1", place_name="Chợ Ví Dụ", gate="Cổng 1",
        expires_ms=2**41,
    )  # fmt: skip
    Identity(SigningKey.new(), code).save(tmp_path)
    told: list[Verdict] = []
    heard = threading.Condition()

    def tell(verdict: Verdict) -> None:
        with heard:
            told.append(verdict)
            heard.notify_all()

    def answer(gate: Gate, text: str) -> Verdict:
        before = len(told)
        gate.send(EnterText(text))
        with heard:
            assert heard.wait_for(lambda: len(told) > before, 20)
        return told[-1]

    obeyed = threading.Event()
    with Gate(tmp_path, Config(gate=GateConfig(direction="in")), Post(verdict=tell)) as gate:

        def looked(_: Health) -> None:
            if gate.desk.policy.declaration:
                obeyed.set()

        gate._post = Post(verdict=tell, health=looked)
        gate.start("none")
        assert answer(gate, card(1)).outcome is Outcome.RECORDED
        wanted = {"policy.declaration": True, "policy.no_declaration": "refuse"}
        newer = Settings(2, profile={"place:p1": wanted, "": {"policy.second_code_s": 5}})
        gate.membership.believe(signed.sign(newer.pack(), hub, "settings"))
        assert obeyed.wait(TIMEOUT_S)
        assert answer(gate, card(2)).outcome is not Outcome.RECORDED
    with Gate(tmp_path, Config(), Post(verdict=tell)) as gate:
        assert gate.config.policy.declaration  # and again from the next start on
