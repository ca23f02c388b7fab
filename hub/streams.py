"""Standard input and output in UTF-8 whatever the locale says, and there where they are closed.

Names must come out as they are on a machine set to C, POSIX or a code page, too; and a file
opened later must never get the number of a closed standard output, which libraries write to.
"""

from __future__ import annotations

import codecs
import errno
import io
import locale
import os
import sys

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
"""Why an output or a file takes nothing more."""

NOT_USABLE = frozenset({errno.ENAMETOOLONG, errno.EACCES, errno.EPERM, errno.EISDIR,
                        errno.ENOTDIR, errno.ELOOP})  # fmt: skip
"""What is wrong with the name of a file that somebody gave."""


def prepare() -> None:
    """Make the standard streams usable; in another locale than UTF-8 the program starts anew.

    Only a start in Python's UTF-8 mode reads the names of files and the arguments right, too.
    """
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if stream is None:
            _reopen(name, number)
        elif name != "stdin" and isinstance(stream, io.TextIOWrapper):
            # What is no text at all (the name of a file) is shown escaped, also inside JSON.
            stream.reconfigure(errors="backslashreplace")
    if not sys.flags.utf8_mode and codecs.lookup(locale.getencoding()).name != "utf-8":
        os.environ["PYTHONUTF8"] = "1"
        again = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execv(sys.executable, again)  # noqa: S606  ourselves, as we were called


def silence() -> None:
    """Let standard output go where it cannot be written, so that Python's own flush is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _reopen(name: str, number: int) -> None:
    opened = os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    # Never closed, so that nothing else gets its number.
    mode = "r" if number == 0 else "w"
    setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
