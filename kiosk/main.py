"""The kiosk's command line, and the one place that knows everybody.

``python kiosk/main.py`` works from any directory: this file's folder holds a ``queue.py``,
which would hide the standard library's, so before any other import the program starts
itself again as ``python -m kiosk``.
"""

import sys

if __name__ == "__main__" and not __package__:
    # Nothing but os may be imported here: pathlib alone would already meet our queue.py.
    import os

    _root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    _path = os.pathsep.join(filter(None, (_root, os.environ.get("PYTHONPATH", ""))))
    os.environ["PYTHONPATH"] = _path
    os.execv(sys.executable, [sys.executable, "-P", "-m", "kiosk", *sys.argv[1:]])  # noqa: S606

import argparse
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import kiosk
from kiosk.errors import BadInput, KioskError, Refuse
from kiosk.files import state_folder
from kiosk.secrecy import keep_memory_secret
from kiosk.streams import NO_ROOM, NOT_USABLE, prepare, silence

DONE, FOUND_WRONG, BAD_USAGE, REFUSED = 0, 1, 2, 3
MOST_FPS = 1000

EPILOG = """\
A first day:
  hub place add "Bệnh viện Ví Dụ" --kind hospital     the authority registers the place
  hub kiosk enrol PLACE --qr code.png                 and makes an enrolment code
  kiosk enrol code.png                                this kiosk joins the place
  kiosk run                                           and records who passes

Try it all on this machine first: kiosk demo
"""


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with a command; its help is asked for."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(BAD_USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    top = Parser(
        prog="kiosk",
        description="An entrance kiosk that records passages offline and syncs them to a hub.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"kiosk {kiosk.__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_demo(commands)
    _add_decode(commands)
    _add_enter(commands)
    _add_status(commands)
    _add_enrol(commands)
    _add_carry(commands)
    _add_fsck(commands)
    _add_refused(commands)
    return top


def _command(
    commands: "argparse._SubParsersAction[Parser]", name: str, help_: str
) -> argparse.ArgumentParser:
    sub = commands.add_parser(name, help=help_, description=help_[:1].upper() + help_[1:] + ".")
    sub.add_argument(
        "--data",
        type=Path,
        default=state_folder(),
        metavar="DIR",
        help="where the kiosk's files live (default: %(default)s)",
    )
    sub.add_argument(
        "--log", default="warning", choices=("debug", "info", "warning", "error"),
        help="how much to say on standard error; never anything personal",
    )  # fmt: skip
    return sub


def _configured(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--config", type=Path, metavar="F", help="a TOML file; see config/")
    sub.add_argument("--direction", choices=("in", "out", "auto"), help="which way people pass")


def _add_run(commands: "argparse._SubParsersAction[Parser]") -> None:
    sub = _command(commands, "run", "run the kiosk at the gate")
    _configured(sub)
    sub.add_argument(
        "--camera",
        metavar="SPEC",
        help="0, /dev/video0, picamera2, file:PATH (video, picture or folder, played once), "
        "http(s)://…, rtsp://… or none",
    )
    sub.add_argument("--fps", type=_rate, metavar="N", help="play a file at this rate")
    sub.add_argument(
        "--headless", action="store_true", help="no window; one line of JSON per verdict"
    )
    sub.set_defaults(run=_lazy("run"))


def _add_demo(commands: "argparse._SubParsersAction[Parser]") -> None:
    sub = _command(commands, "demo", "show the whole way from camera to hub on made people")
    sub.add_argument("--seconds", type=float, metavar="N", help="stop after N seconds")
    sub.add_argument("--screenshots", type=Path, metavar="DIR", help="leave pictures here")
    sub.add_argument(
        "--camera", metavar="SPEC", help="use a real camera; it is never opened unasked"
    )
    sub.set_defaults(run=_lazy("demo"))


def _add_decode(commands: "argparse._SubParsersAction[Parser]") -> None:
    sub = _command(commands, "decode", "read the codes in pictures, as the scanner would")
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE")
    sub.add_argument("--json", action="store_true", help="one line of JSON per file")
    sub.add_argument("--reveal", action="store_true", help="show text and person unmasked")
    sub.add_argument("--trust-list", type=Path, metavar="F", help="signers of HC1 certificates")
    sub.add_argument(
        "--at", metavar="TIME", help="judge dates as of this time (ISO 8601), not the clock's"
    )
    sub.set_defaults(run=_lazy("decode"))


def _add_enter(commands: "argparse._SubParsersAction[Parser]") -> None:
    sub = _command(commands, "enter", "take one code as if it had been read")
    _configured(sub)
    sub.add_argument("text", metavar="TEXT", help="the code, or - to read it from standard input")
    sub.add_argument("--json", action="store_true", help="as always: the verdict is JSON")
    sub.set_defaults(run=_lazy("enter"))


def _add_status(commands: "argparse._SubParsersAction[Parser]") -> None:
    sub = _command(commands, "status", "tell what lies here and how the kiosk is")
    sub.add_argument("--json", action="store_true", help="for programs")
    sub.set_defaults(run=_lazy("status"))


def _add_enrol(commands: "argparse._SubParsersAction[Parser]") -> None:
    sub = _command(commands, "enrol", "join a place with the hub's enrolment code")
    sub.add_argument(
        "code", metavar="FILE|CODE",
        help="a picture of the code, a text file, the code itself, or its ten characters",
    )  # fmt: skip
    sub.add_argument("--hub", metavar="URL", help="where the ten characters are asked for")
    sub.add_argument("--json", action="store_true", help="for programs")
    sub.set_defaults(run=_lazy("enrol"))


def _add_carry(commands: "argparse._SubParsersAction[Parser]") -> None:
    sub = _command(commands, "export", "copy what waits to a USB stick, for the hub")
    sub.add_argument("dir", type=Path, metavar="DIR", help="the stick's folder")
    sub.add_argument("--quarantined", action="store_true", help="also what the hub refused before")
    sub.add_argument("--json", action="store_true", help="for programs")
    sub.set_defaults(run=_lazy("export"))
    sub = _command(commands, "accept", "take the hub's answers back from a stick or a file")
    sub.add_argument("file", type=Path, metavar="FILE|DIR", help="the stick's folder, or a file")
    sub.add_argument("--json", action="store_true", help="for programs")
    sub.set_defaults(run=_lazy("accept"))


def _add_fsck(commands: "argparse._SubParsersAction[Parser]") -> None:
    sub = _command(commands, "fsck", "check the outbox: the file, every entry, the chain")
    sub.add_argument(
        "--salvage", type=Path, metavar="DIR",
        help="where there is damage, go on with what can be read; the damaged files go to DIR",
    )  # fmt: skip
    sub.add_argument("--json", action="store_true", help="for programs")
    sub.set_defaults(run=_lazy("fsck"))


def _add_refused(commands: "argparse._SubParsersAction[Parser]") -> None:
    sub = _command(commands, "refused", "list what the hub does not take, or send it again")
    sub.add_argument("--again", action="store_true", help="send the refused entries again")
    sub.add_argument("--json", action="store_true", help="a line of JSON per entry")
    sub.set_defaults(run=_lazy("refused"))


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= MOST_FPS:
        raise argparse.ArgumentTypeError(f"N is more than 0 and at most {MOST_FPS}, not “{text}”")
    return rate


def _lazy(name: str) -> Callable[[argparse.Namespace], int]:
    """Import a command when it is called: ``kiosk status`` needs neither cv2 nor Kivy."""

    def run(options: argparse.Namespace) -> int:
        import importlib

        module = importlib.import_module(f"kiosk.commands.{name}")
        result: int = module.run(options)
        return result

    return run


def _check_folder(data: Path) -> None:
    with suppress(OSError):  # what no file can be called is told by who uses it
        if data.exists() and not data.is_dir():
            raise BadInput(f"{data} is no folder; give --data the kiosk's folder.")


def cli(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (0 done, 1 found wrong, 2 bad usage, 3 refused)."""
    if arguments is None:
        prepare()
    options = parser().parse_args(arguments)
    keep_memory_secret()
    logging.basicConfig(
        level=options.log.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # Libraries speak of addresses and payloads at their debug levels; ours never do.
    for chatty in ("urllib3", "PIL", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        _check_folder(options.data)
        code: int = options.run(options)
        sys.stdout.flush()
    except KioskError as error:
        print(f"kiosk: {error}", file=sys.stderr)
        return BAD_USAGE if isinstance(error, Refuse) else FOUND_WRONG
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our lines has gone; what is recorded is recorded.
        silence()
        return DONE
    except OSError as error:
        if error.errno in NOT_USABLE and error.filename is not None:
            # A name that somebody gave: too long, of a folder where a file is wanted, not ours.
            named = os.fsdecode(error.filename)[:200]
            print(f"kiosk: “{named}” cannot be used: {error.strerror}.", file=sys.stderr)
            return BAD_USAGE
        if error.errno not in NO_ROOM:
            raise
        silence()
        print(f"kiosk: Writing failed: {error.strerror}.", file=sys.stderr)
        return FOUND_WRONG
    return code
