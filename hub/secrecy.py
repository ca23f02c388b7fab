"""What keeps the hub's memory off the disk: no core dump of it, and nobody reads it.

A crash while a name is open must not leave it, or the hub's keys, in a file.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from typing import Any

_log = logging.getLogger(__name__)

resource: Any
try:
    import resource
except ImportError:  # no POSIX: no core dumps of that kind
    resource = None

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def keep_memory_secret() -> None:
    """Switch core dumps off for this process and what it starts; harmless where there are none.

    The limit alone is not enough: a dump that is piped to a program (systemd-coredump)
    ignores it, and asks only whether the process may be dumped at all.
    """
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        _log.warning("This system does not let the program switch its core dumps off.")
