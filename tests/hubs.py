"""A real hub in a process of its own, and a gate that speaks to it with nothing but ``wire``.

``with HubProcess(tmp_path) as hub:`` serves on a free port; ``hub.cli(...)`` runs commands
on the same data; ``Gate.joined(hub)`` is an enrolled kiosk with a chain of its own.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import requests

from wire import signed
from wire.batch import Batch, Clocks, Pulse, PulseAnswer, Receipt, Refusal, digest
from wire.enrol import Claim, ClaimAnswer, EnrolmentCode
from wire.entry import GENESIS, Entry, Header
from wire.ids import uuid7
from wire.keys import SealKey, SigningKey, VerifyKey
from wire.seal import seal

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 120
"""Nothing takes so long but on a machine that has something else to do."""
PERSON = {
    "name": "Nguyễn Thị Ví Dụ",
    "birth": "1999-02-01",
    "sex": "female",
    "number": "054199012345",
    "phone": "0900000001",
    "address": "Thôn Phú Lộc, Hòa Thắng, Phú Hòa, Phú Yên",
}


def quiet() -> dict[str, str]:
    """Return an environment in which gunicorn may leave its sockets to the process's end."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}


_COMMANDER = """
import contextlib, io, json, sys
from hub.main import cli
asked = sys.stdin
for line in asked:
    args, given = json.loads(line)
    out, errors, sys.stdin = io.StringIO(), io.StringIO(), io.StringIO(given)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            code = cli(args)
        except SystemExit as left:
            code = left.code
        except BaseException:
            import traceback
            traceback.print_exc()
            code = 1
    if "django.db" in sys.modules:
        sys.modules["django.db"].connections.close_all()
    print(json.dumps([code, out.getvalue(), errors.getvalue()]), flush=True)
"""
"""Runs commands one after the other: the real ones, without a new start for each."""


class HubProcess:
    """``hub serve`` on ``data``; the same port again after :meth:`restart`."""

    def __init__(
        self,
        data: Path,
        *,
        database: str = "",
        serve: tuple[str, ...] = (),
        errors: IO[str] | None = None,
    ) -> None:
        """``errors`` takes what it says on standard error; else that goes where ours goes."""
        self.data = data
        self._errors = errors
        self.database = database
        self._serve = serve
        self._process: subprocess.Popen[str] | None = None
        self._bind = "127.0.0.1:0"
        self.url = ""
        self._spare: list[str] = []
        self._commander: subprocess.Popen[str] | None = None

    def _command(self, *args: str) -> list[str]:
        given = ["--data", str(self.data)]
        if self.database:
            given += ["--database", self.database]
        return [sys.executable, "-m", "hub", *args, *given]

    def start(self) -> HubProcess:
        """Start it and wait for its first line."""
        self._process = subprocess.Popen(
            self._command("serve", "--bind", self._bind, *self._serve),
            cwd=ROOT, env=quiet(), stdout=subprocess.PIPE, stderr=self._errors, text=True,
            start_new_session=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        prefix = "listening on "
        if not line.startswith(prefix):
            raise AssertionError(f"hub serve said {line!r} and ended with {self.stop()}")
        self.url = line.removeprefix(prefix).strip()
        self._bind = self.url.partition("://")[2]
        return self

    @property
    def pid(self) -> int:
        """Its first process."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> int:
        """End it as systemd would; returns its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would (its processes, not the machine)."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start on the same port."""
        self.stop()
        self.start()

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        try:
            os.killpg(process.pid, how) if how is signal.SIGKILL else process.send_signal(how)
            return process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            assert process.stdout is not None
            process.stdout.close()

    def cli(
        self, *args: str, check: bool = True, stdin: str = "", separate: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run another hub command on the same data; ``separate``: in a process of its own."""
        command = self._command(*args)
        if separate:
            done = subprocess.run(
                command,
                cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=TIMEOUT_S,
                check=False,
            )  # fmt: skip
        else:
            done = subprocess.CompletedProcess(command, *self._ask(command[3:], stdin))
        if check and done.returncode:
            raise AssertionError(f"hub {' '.join(args)}: {done.returncode}\n{done.stderr}")
        return done

    def _ask(self, args: list[str], stdin: str) -> tuple[int, str, str]:
        if self._commander is None:
            self._commander = subprocess.Popen(
                [sys.executable, "-c", _COMMANDER],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self._commander.stdin is not None
        assert self._commander.stdout is not None
        self._commander.stdin.write(json.dumps([args, stdin]) + "\n")
        self._commander.stdin.flush()
        code, out, errors = json.loads(self._commander.stdout.readline())
        return code, out, errors

    def json(self, *args: str) -> list[dict[str, Any]]:
        """Run a command with ``--json`` and return its lines."""
        return [json.loads(line) for line in self.cli(*args, "--json").stdout.splitlines()]

    def place(self, name: str = "Chợ Ví Dụ", *, kind: str = "market", gates: int = 1) -> str:
        """Register a place and return its id."""
        (made,) = self.json("place", "add", name, "--kind", kind, "--gates", str(gates))
        return str(made["place"])

    def code(self, place: str, *args: str) -> str:
        """Return an enrolment code's text."""
        (made,) = self.json("kiosk", "enrol", place, *args)
        return str(made["code"])

    def spare_code(self) -> str:
        """Return the code of a kiosk of one shared place; many are made at once."""
        if not self._spare:
            made = self.json("kiosk", "enrol", self.place(gates=40), "--count", "40")
            self._spare = [str(line["code"]) for line in made]
        return self._spare.pop()

    def entries(self, *args: str) -> list[dict[str, Any]]:
        """Return what ``hub entries --json`` says."""
        return self.json("entries", *args)

    def __enter__(self) -> HubProcess:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop everything that was started; harmless twice."""
        if self._commander is not None:
            self._commander.communicate(timeout=TIMEOUT_S)
            self._commander = None
        self.stop()


@dataclass
class Answer:
    """An HTTP answer; ``read`` verifies it with the hub's key."""

    status: int
    body: bytes
    hub: VerifyKey

    def read(self, kind: str) -> Any:
        """Return the payload of the signed object of ``kind``."""
        return signed.verify(self.body, [self.hub], kind).payload

    @property
    def receipt(self) -> Receipt:
        """The receipt."""
        return Receipt.unpack(self.read("receipt"))

    @property
    def refusal(self) -> Refusal:
        """The refusal."""
        return Refusal.unpack(self.read("refusal"))


@dataclass
class Gate:
    """A kiosk reduced to what crosses the wire: a code, a key, clocks and one chain."""

    code: EnrolmentCode
    url: str
    key: SigningKey = field(default_factory=SigningKey.new)
    chain: uuid.UUID = field(default_factory=uuid.uuid4)
    boot_id: uuid.UUID = field(default_factory=uuid.uuid4)
    boot_ms: int = 60_000
    clock: str = "trusted"
    clock_off_ms: int = 0
    seq: int = 0
    prev: bytes = GENESIS

    @classmethod
    def joined(cls, hub: HubProcess, place: str | None = None, **facts: Any) -> Gate:
        """Return a fresh gate (of ``place``, if given) whose claim was accepted."""
        gate = cls.invited(hub, place, **facts)
        answer = gate.claim()
        assert ClaimAnswer.unpack(answer.read("claim-answer")).status == "accepted"
        return gate

    @classmethod
    def invited(cls, hub: HubProcess, place: str | None = None, **facts: Any) -> Gate:
        """Return a gate that has a code and has not claimed yet."""
        code = EnrolmentCode.from_text(hub.code(place) if place else hub.spare_code())
        return cls(code, hub.url, **facts)

    @property
    def wall_ms(self) -> int:
        """What this gate's wall clock shows."""
        return time.time_ns() // 1_000_000 + self.clock_off_ms

    @property
    def clocks(self) -> Clocks:
        """All its clocks."""
        return Clocks(self.wall_ms, self.boot_ms, self.boot_id, self.clock)

    def post(self, path: str, body: bytes) -> Answer:
        """Send bytes to the hub."""
        answer = requests.post(
            self.url + path,
            data=body,
            headers={"Content-Type": signed.MEDIA_TYPE},
            timeout=TIMEOUT_S,
        )
        return Answer(answer.status_code, answer.content, VerifyKey(self.code.hub_key))

    def claim_bytes(self, **changes: Any) -> bytes:
        """Return a signed claim."""
        facts: dict[str, Any] = {
            "kiosk": self.code.kiosk,
            "request": uuid.uuid4(),
            "token": self.code.token,
            "key": self.key.public.raw,
            "clocks": self.clocks,
            "version": "test",
        }
        return signed.sign(Claim(**facts | changes).pack(), self.key, "claim")

    def claim(self, **changes: Any) -> Answer:
        """Claim the place."""
        return self.post("/v1/enrol", self.claim_bytes(**changes))

    def entry(self, person: dict[str, str] | None = None, **changes: Any) -> Entry:
        """Make the next entry of the chain (``sealed`` and header facts may be given)."""
        self.seq += 1
        sealed = changes.pop("sealed", None)
        key = changes.pop("seal_key", SealKey(self.code.seal_key))
        facts: dict[str, Any] = {
            "id": uuid7(self.wall_ms),
            "kiosk": self.code.kiosk,
            "place": self.code.place,
            "gate": "A",
            "chain": self.chain,
            "seq": self.seq,
            "prev": self.prev,
            "type": "passage",
            "wall_ms": self.wall_ms,
            "boot_ms": self.boot_ms,
            "boot_id": self.boot_id,
            "clock": self.clock,
            "seal_kid": key.kid,
            "direction": "in",
            "basis": "fixed",
            "kind": "cccd",
            "trust": "unsigned",
        }
        header = Header(**facts | changes).to_bytes()
        if sealed is None:
            sealed = seal({"person": PERSON if person is None else person}, key, header)
        entry = Entry(header, sealed)
        self.prev = entry.hash
        return entry

    def entries(self, count: int, **changes: Any) -> list[Entry]:
        """Make ``count`` entries."""
        return [self.entry(**changes) for _ in range(count)]

    def batch_bytes(self, entries: list[Entry], **changes: Any) -> bytes:
        """Return a signed batch."""
        facts: dict[str, Any] = {
            "kiosk": self.code.kiosk,
            "request": uuid.uuid4(),
            "entries": tuple(entries),
            "clocks": self.clocks,
        }
        return signed.sign(Batch(**facts | changes).pack(), self.key, "batch")

    def send(self, entries: list[Entry], **changes: Any) -> Receipt:
        """Send entries and return the receipt, checked as a kiosk checks it."""
        body = self.batch_bytes(entries, **changes)
        receipt = self.post("/v1/entries", body).receipt
        assert receipt.batch_hash == digest(body)
        assert receipt.kiosk == self.code.kiosk
        assert [answer.hash for answer in receipt.answers] == [entry.hash for entry in entries]
        return receipt

    def pulse(self, **changes: Any) -> Answer:
        """Send a sign of life."""
        facts: dict[str, Any] = {
            "kiosk": self.code.kiosk,
            "request": uuid.uuid4(),
            "clocks": self.clocks,
            "tally": {"entered": self.seq},
            "health": {"version": "test", "camera": "ok"},
            "chains": ((self.chain, self.seq, self.prev),),
        }
        body = signed.sign(Pulse(**facts | changes).pack(), self.key, "pulse")
        return self.post("/v1/pulse", body)

    def pulsed(self, **changes: Any) -> PulseAnswer:
        """Send a sign of life and return the answer."""
        return PulseAnswer.unpack(self.pulse(**changes).read("pulse-answer"))


def statuses(receipt: Receipt) -> list[str]:
    """Return the answers' statuses in order."""
    return [answer.status for answer in receipt.answers]


@functools.cache
def postgresql_programs() -> Path:
    """Return the folder of ``initdb`` and ``postgres``; setting up the tests installs it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise AssertionError("PostgreSQL is not installed: run make setup-test.")
    return found[-1].parent


class PostgreSQL:
    """Debian's PostgreSQL in a temporary folder, as an unprivileged user, on a socket only."""

    def __init__(self, folder: Path, *, settings: Sequence[str] = ("shared_buffers=64MB",)) -> None:
        """``settings`` are the server's, as ``name=value``."""
        self._folder = folder
        self._settings = settings
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        # A socket's path has at most 107 bytes; a test's own folder may be longer.
        self._socket = Path("/tmp") / f"pg-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        # The server refuses to run as root.
        self._as = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()

    def _run(self, *command: str) -> None:
        subprocess.run([*self._as, *command], check=True, capture_output=True, timeout=60, cwd="/")

    def __enter__(self) -> PostgreSQL:
        programs = postgresql_programs()
        data = self._socket / "data"
        self._socket.mkdir(mode=0o700)
        if self._as:
            subprocess.run(["chown", "postgres", str(self._socket)], check=True)
        self._run(
            str(programs / "initdb"), "--pgdata", str(data), "--username", "hub",
            "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip
        self._run(
            str(programs / "pg_ctl"), "--pgdata", str(data), "--silent", "--wait",
            "--log", str(self._socket / "log"),
            "--options",
            f"-c listen_addresses='' -c unix_socket_directories='{self._socket}' "
            "-c unix_socket_permissions=0777 -c max_connections=60 "
            + " ".join(f"-c {setting}" for setting in self._settings),
            "start",
        )  # fmt: skip
        self._socket.chmod(0o755) if not self._as else None
        return self

    @property
    def pid(self) -> int:
        """Its first process."""
        return int((self._socket / "data" / "postmaster.pid").read_text().split()[0])

    def database(self) -> str:
        """Make a fresh database and return its URL."""
        name = f"hub{next(self._numbers)}"
        programs = postgresql_programs()
        self._run(str(programs / "createdb"), "-h", str(self._socket), "-U", "hub", name)
        return f"postgresql://hub@/{name}?host={self._socket}"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        programs = postgresql_programs()
        data = self._socket / "data"
        self._run(
            str(programs / "pg_ctl"), "--pgdata", str(data), "--silent", "--wait",
            "--mode", "immediate", "stop",
        )  # fmt: skip
        subprocess.run([*self._as, "rm", "-rf", str(data)], check=True)
        subprocess.run(["rm", "-rf", str(self._socket)], check=True)
