"""Coverage-guided fuzzing of everything that a visitor's code reaches first.

``make fuzz``, which installs atheris beside the environment (it has wheels for x86-64 only,
so it is no dependency); elsewhere hypothesis searches in ``make test-slow``. Found inputs
stay in the corpus's folder. The first byte chooses
the target: the normaliser and then classify, classify alone, the token reader, the trust
list, the hand scanner's repair. A crash, more than 50 ms of processor time (the fuzzer's own
watching included), or an answer that shows the content of a refused code ends the run with the
input in a file.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

atheris = importlib.import_module("atheris")

with atheris.instrument_imports(include=["kiosk", "wire", "cbor2", "base45"]):
    from kiosk.codes import read
    from kiosk.codes.family import Context
    from kiosk.codes.text import normalise
    from kiosk.codes.trustlist import TrustList
    from kiosk.errors import BadInput
    from kiosk.wedge import repair
    from wire import tokens
    from wire.errors import WireError

from tests.unit.codes import payloads  # noqa: E402 - what is fuzzed is instrumented first
from tests.unit.codes.mutation import in_time  # noqa: E402 - the same

SIGNER = payloads.signer()
CONTEXT = Context(
    now=payloads.NOW,
    clock_trusted=True,
    issuers={payloads.HUB.kid: payloads.HUB.public},
    trust_list=TrustList.parse(SIGNER.der, payloads.NOW),
)
HANGS_S = 60
"""Of the clock on the wall, for what never ends: a machine may be busy with other things."""


def one(data: bytes) -> None:
    """Feed one input to its target, and see how much of the processor it takes."""
    in_time(lambda: feed(data), len(data))


def feed(data: bytes) -> None:
    """Feed one input to the target that its first byte names."""
    target, body = data[:1], data[1:]
    text = body.decode("utf-8", "surrogateescape")
    match target:
        case b"0" | b"":
            clean = normalise(body)
            if clean is not None:
                assert normalise(clean.encode()) == clean
                check(clean)
        case b"1":
            check(text)
        case b"2":
            try:
                tokens.read(text, CONTEXT.issuers)
            except WireError:
                return
        case b"3":
            try:
                TrustList.parse(body, payloads.NOW)
            except BadInput:
                return
        case _:
            repair(text, CONTEXT)


def check(text: str) -> None:
    """Classify, and see that what is refused is shown nowhere."""
    code = read(text, CONTEXT)
    if not code.personal and len(text) > 20:
        assert text not in f"{code!r} {code.reason} {code.reference} {code.details}"


def seed(folder: Path) -> None:
    """Write a code of every family as the corpus to begin with."""
    folder.mkdir(parents=True, exist_ok=True)
    known = payloads.samples() | payloads.nobodys() | {"hc1": payloads.hc1(SIGNER)}
    known |= {"new-bhyt": payloads.BHYT_NEW, "linked": payloads.NATIONAL_BHYT}
    for number, text in enumerate(known.values()):
        for target in b"0124":
            (folder / f"seed-{number}-{target}").write_bytes(bytes((target,)) + text.encode())
    (folder / "seed-list").write_bytes(b"3" + SIGNER.der)


if __name__ == "__main__":
    seed(Path(sys.argv[1]))
    atheris.Setup([*sys.argv, f"-timeout={HANGS_S}", "-max_len=8000"], one)
    atheris.Fuzz()
