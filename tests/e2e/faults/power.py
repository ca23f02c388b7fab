"""Power cuts: what a program did to its files is recorded, and the disk is cut anywhere in it.

``record(command, folder)`` runs a command under ``strace`` and returns what it did to
``folder``, in order, with what it said in between. ``Disk`` replays that onto a disk with a
volatile cache: only what was synced is sure; of the rest ``image(chance)`` keeps any part,
whole or torn at sectors, names in their order. The model is stricter than ext4: a file's
name is sure only once its folder was synced.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = (
    "openat,creat,close,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,"
    "unlink,unlinkat,link,linkat,mkdir,mkdirat"
)
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass(frozen=True, slots=True)
class Event:
    """One step: what was done, to which files, with what."""

    kind: str
    path: str = ""
    other: str = ""
    handle: int = 0
    offset: int = 0
    data: bytes = b""


def record(
    command: Sequence[str], folder: Path, *, cwd: Path, timeout: float = 60
) -> tuple[list[Event], str]:
    """Run ``command`` and return what it did below ``folder``, and what it said."""
    log = folder.parent / f"{folder.name}.strace"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(log),
         *command],
        cwd=cwd, capture_output=True, text=True, timeout=timeout, check=True,
    )  # fmt: skip
    events = _Reader(folder).read(log.read_text(encoding="ascii"))
    log.unlink()
    return events, done.stdout


class _Reader:
    """Turns strace's lines into events of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._open: dict[int, str] = {}

    def read(self, text: str) -> list[Event]:
        """Return the events, in order."""
        found = (self._event(line) for line in text.splitlines())
        return [event for event in found if event is not None]

    def _event(self, line: str) -> Event | None:
        match = _LINE.match(line)
        if match is None or int(match[3]) < 0:
            return None
        call, words, result = match[1], match[2], int(match[3])
        texts = [bytes.fromhex(t.replace("\\x", "")) for t, _ in _TEXT.findall(words)]
        if call in ("openat", "creat"):
            return self._opened(texts[0].decode(), words, result)
        if call in ("rename", "renameat", "renameat2", "link", "linkat"):
            here, there = (self._inside(text.decode()) for text in texts[:2])
            kind = "link" if call.startswith("link") else "rename"
            return Event(kind, here, there) if here and there else None
        if call in ("unlink", "unlinkat", "mkdir", "mkdirat"):
            path = self._inside(texts[0].decode())
            return Event(call.removesuffix("at"), path) if path else None
        handle = int(words.split(",")[0])
        if call == "write" and handle == 1:
            return Event("say", data=texts[0])
        path = self._open.get(handle, "")
        if not path:
            return None
        if call == "close":
            del self._open[handle]
            return Event("close", path, handle=handle)
        if call in ("fsync", "fdatasync"):
            return Event("sync", path, handle=handle)
        if call == "ftruncate":
            return Event("truncate", path, handle=handle, offset=int(words.split(",")[1]))
        offset = int(words.rsplit(",", 1)[1]) if call == "pwrite64" else -1
        return Event("write", path, handle=handle, offset=offset, data=texts[0][:result])

    def _opened(self, name: str, words: str, handle: int) -> Event | None:
        path = self._inside(name)
        if not path:
            return None
        self._open[handle] = path
        kind = "create" if "O_CREAT" in words or "O_TRUNC" in words else "open"
        return Event(kind, path, handle=handle, other="cut" if "O_TRUNC" in words else "")

    def _inside(self, name: str) -> str:
        if name == self._folder:
            return "."
        inside = name.startswith(self._folder + "/")
        return name[len(self._folder) + 1 :] if inside else ""


@dataclass(slots=True)
class _Inode:
    sure: bytearray = field(default_factory=bytearray)
    now: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes]] = field(default_factory=list)  # -1: truncate to len(data)

    def sync(self) -> None:
        self.sure = bytearray(self.now)
        self.pending.clear()

    def survivor(self, chance: random.Random | None) -> bytes:
        """Return what is left: ``None`` keeps nothing unsynced."""
        if chance is None:
            return bytes(self.sure)
        left = bytearray(self.sure)
        for offset, data in self.pending:
            luck = chance.random()
            if luck < 0.35:
                continue
            if offset < 0:
                del left[len(data) :]
                left.extend(bytes(len(data) - len(left)))
                continue
            kept = data if luck > 0.5 else data[: chance.randrange(len(data) + 1) // 8 * 8]
            _write(left, offset, kept)
        return bytes(left)


class Disk:
    """A disk with a volatile cache, on which events are replayed one by one."""

    def __init__(self, folder: Path) -> None:
        """Begin with what lies in ``folder`` now, all of it synced."""
        self._names: dict[str, _Inode] = {}
        self._folders: set[str] = {"."}
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            if path.is_dir():
                self._folders.add(name)
            else:
                raw = path.read_bytes()
                self._names[name] = _Inode(bytearray(raw), bytearray(raw))
        self._sure_names = dict(self._names)
        self._unsure: list[Event] = []
        self._born: dict[str, _Inode] = {}  # by the name each was made under
        self._open: dict[int, _Inode] = {}
        self._at: dict[int, int] = {}
        self.said = ""

    def do(self, event: Event) -> None:
        """Replay one event."""
        match event.kind:
            case "say":
                self.said += event.data.decode()
            case "create" | "open":
                self._opened(event)
            case "close":
                self._open.pop(event.handle, None)
            case "write":
                self._written(event)
            case "truncate":
                inode = self._open[event.handle]
                _resize(inode.now, event.offset)
                inode.pending.append((-1, bytes(event.offset)))
            case "sync":
                if event.handle in self._open:
                    self._open[event.handle].sync()
                else:
                    self._folder_synced(event.path)
            case "mkdir":
                self._folders.add(event.path)
            case _:
                _apply(self._names, event)
                self._unsure.append(event)

    def image(self, chance: random.Random | None, target: Path) -> None:
        """Write what a power cut now would leave into ``target``."""
        names = dict(self._sure_names)
        count = 0 if chance is None else chance.randrange(len(self._unsure) + 1)
        for event in self._unsure[:count]:
            _apply(names, event, self._born)
        for folder in sorted(self._folders):
            (target / folder).mkdir(parents=True, exist_ok=True)
        for name, inode in names.items():
            if not name.endswith("-shm"):  # memory shared between processes, never on a disk
                (target / name).write_bytes(inode.survivor(chance))

    def _opened(self, event: Event) -> None:
        if event.path in self._folders:
            return
        if event.path not in self._names:
            self._names[event.path] = self._born[event.path] = _Inode()
            self._unsure.append(event)
        inode = self._open[event.handle] = self._names[event.path]
        self._at[event.handle] = 0
        if event.other == "cut" and inode.now:
            inode.now.clear()
            inode.pending.append((-1, b""))

    def _written(self, event: Event) -> None:
        inode = self._open[event.handle]
        offset = event.offset
        if offset < 0:
            offset = self._at[event.handle]
            self._at[event.handle] += len(event.data)
        _write(inode.now, offset, event.data)
        for start in range(0, len(event.data), SECTOR):
            inode.pending.append((offset + start, event.data[start : start + SECTOR]))

    def _folder_synced(self, folder: str) -> None:
        left = []
        for event in self._unsure:
            named = event.other if event.kind in ("rename", "link") else event.path
            if str(Path(named).parent) == folder:
                _apply(self._sure_names, event, self._born)
            else:
                left.append(event)
        self._unsure = left


def _apply(names: dict[str, _Inode], event: Event, known: dict[str, _Inode] | None = None) -> None:
    if event.kind == "create":
        if known is not None and event.path in known:
            names.setdefault(event.path, known[event.path])
    elif event.kind == "unlink":
        names.pop(event.path, None)
    elif event.kind == "link" and event.path in names:
        names[event.other] = names[event.path]
    elif event.kind == "rename" and event.path in names:
        names[event.other] = names.pop(event.path)


def _write(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _resize(content: bytearray, size: int) -> None:
    del content[size:]
    content.extend(bytes(size - len(content)))
