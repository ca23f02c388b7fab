"""Where a hub's files lie, which database it uses, and how kiosks reach it.

The folder holds ``hub.sqlite3`` (unless another database is named), ``keys/`` and ``url``,
the address that the last ``hub serve`` was reached at. The environment carries the choice
into Django's settings: ``HUB_DATA`` and ``HUB_DATABASE``.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from urllib.parse import unquote, urlsplit

from hub.errors import BadUsage

SQLITE_FILE = "hub.sqlite3"
LEAVING_S = 2
"""How long a new server waits for the old one's processes to be gone."""


def state_folder() -> Path:
    """Return where the hub keeps its files unless told otherwise (systemd, then XDG)."""
    service = os.environ.get("STATE_DIRECTORY")
    if service:
        return Path(service.split(":")[0])
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "hub"


@dataclass(frozen=True, slots=True)
class Home:
    """A hub's folder and database. ``database`` is a URL, or empty for the folder's own."""

    folder: Path
    database: str = ""

    @classmethod
    def from_environment(cls) -> Home:
        """Read what :meth:`activate` (or an operator) put into the environment."""
        given = os.environ.get("HUB_DATA")
        return cls(Path(given) if given else state_folder(), os.environ.get("HUB_DATABASE", ""))

    @property
    def keys(self) -> Path:
        """Where the private keys lie."""
        return self.folder / "keys"

    @property
    def sqlite(self) -> bool:
        """Whether the database is a file of SQLite."""
        return not self.database.startswith(("postgres://", "postgresql://"))

    def exists(self) -> bool:
        """Whether a hub was ever started here: keys, or entries whose keys are gone."""
        return self.keys.is_dir() or (self.sqlite and self.sqlite_path.exists())

    def activate(self) -> None:
        """Make the folder (mode 0700) and let Django's settings see this home."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise BadUsage(
                f"The folder {self.folder} cannot be made: {error.strerror}; "
                "name another one with --data."
            ) from error
        os.environ["HUB_DATA"] = str(self.folder.absolute())
        os.environ["HUB_DATABASE"] = self.database
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

    def django_database(self) -> dict[str, object]:
        """Return Django's description of the database; raises :class:`BadUsage`."""
        if not self.sqlite:
            return _postgresql(self.database)
        return _sqlite(self.sqlite_path)

    @property
    def sqlite_path(self) -> Path:
        """Where SQLite's file lies; raises :class:`BadUsage` for an address that is none."""
        if not self.database:
            return self.folder / SQLITE_FILE
        split = urlsplit(self.database)
        if split.scheme != "sqlite" or not split.path.strip("/"):
            raise BadUsage(
                "--database takes postgresql://user@host/name or sqlite:///path/to/file."
            )
        return Path("/" + unquote(split.path).lstrip("/"))

    def remember_url(self, url: str, pin: bytes = b"") -> None:
        """Keep the address at which this hub is served, for enrolment codes.

        ``pin`` is the fingerprint by which kiosks know a certificate that no authority does.
        """
        draft = self.folder / "url.new"
        draft.write_text(f"{url}\n{pin.hex()}\n" if pin else f"{url}\n", encoding="ascii")
        draft.replace(self.folder / "url")

    def remembered_url(self) -> tuple[str, bytes]:
        """Return what :meth:`remember_url` kept; an empty address where nothing was."""
        try:
            lines = (self.folder / "url").read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return "", b""
        return lines[0], bytes.fromhex(lines[1]) if len(lines) > 1 else b""

    def page_hosts(self) -> set[str]:
        """Return the names under which people reach this hub: --url's, and HUB_HOSTS (commas)."""
        more = {name.strip().lower() for name in os.environ.get("HUB_HOSTS", "").split(",")}
        return (more | {urlsplit(self.remembered_url()[0]).hostname or ""}) - {""}

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Let one server at a time use a file of SQLite; raises :class:`BadUsage` for another.

        PostgreSQL is for several, and locks by itself. The kernel lets go when a process ends.
        """
        if not self.sqlite:
            yield
            return
        path = self.sqlite_path
        try:
            lock = path.with_name(path.name + ".serving").open("w")
        except OSError as error:
            raise BadUsage(f"{path.parent} cannot be used: {error.strerror}.") from error
        with lock as handle:
            patience = Event()
            for _ in range(LEAVING_S * 10):  # one that was just stopped may still be leaving
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    patience.wait(0.1)
            else:
                raise BadUsage(
                    f"Another hub serve uses {path}: stop it first. Several servers at a time "
                    "need PostgreSQL (--database)."
                )
            yield

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time make keys or tables here."""
        with (self.folder / "setup.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _sqlite(path: Path) -> dict[str, object]:
    # DELETE, not WAL: several processes and threads write, and SQLite up to 3.51.2 can lose
    # WAL commits when two connections write or checkpoint at once. EXTRA also syncs the
    # directory after the journal's unlink, without which a commit can come undone in a
    # power cut. IMMEDIATE: a transaction that will write says so at its beginning.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; "
                "PRAGMA secure_delete = ON; PRAGMA cache_size = -16000"
            ),
        },
    }


def _postgresql(url: str) -> dict[str, object]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        given = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise BadUsage("--database is no PostgreSQL address (postgresql://user@host/name).") from (
            error
        )
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    database: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        **{name: str(given.pop(key, "")) for key, name in known.items()},
        "PORT": str(given.pop("port", "")),
    }
    database["OPTIONS"] = {"connect_timeout": 10, **given}
    return database
