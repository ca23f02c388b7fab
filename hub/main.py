"""The hub's command line: one module per command, and one sentence when something is wrong."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from hub.arguments import parser
from hub.errors import BadUsage, HubError
from hub.home import Home, state_folder
from hub.secrecy import keep_memory_secret
from hub.streams import NO_ROOM, NOT_USABLE, prepare, silence

_LOOKS = frozenset(
    {
        "entries:entries", "reports:report_", "reports:letters", "audits:audit",
        "cases:open_", "cases:approve", "cases:review", "cases:close", "cases:note",
        "cases:list_", "cases:run", "kiosks:list_", "passes:list_", "passes:revoke",
        "forgetting:purge", "forgetting:erase", "venues:worksheet", "venues:stage",
        "exports:run", "accounts:list_", "accounts:change", "factors:give",
    }
)  # fmt: skip
"""What has nothing to do where there is no hub: a mistyped folder must not become one."""


def cli(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if argv is None:
        prepare()
    args = parser().parse_args(argv)
    os.umask(0o077)
    keep_memory_secret()
    database = args.database or os.environ.get("HUB_DATABASE", "")
    folder = args.data or os.environ.get("HUB_DATA") or state_folder()
    home = Home(Path(folder), database)
    try:
        if args.run in _LOOKS and not home.exists():
            raise BadUsage(
                f"There is no hub in {home.folder}: check --data, or start one with hub serve."
            )
        home.activate()
        _start_django(home)
        module, name = args.run.split(":")
        run = getattr(importlib.import_module(f"hub.commands.{module}"), name)
        code = run(args, home)
        sys.stdout.flush()
    except HubError as error:
        print(f"hub: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        silence()  # the reader (head, less) has seen enough
        return 0
    except OSError as error:
        if error.errno in NOT_USABLE and error.filename is not None:
            # A name that somebody gave: too long, of a folder where a file is wanted, not ours.
            named = os.fsdecode(error.filename)[:200]
            print(f"hub: “{named}” cannot be used: {error.strerror}.", file=sys.stderr)
            return 2
        if error.errno not in NO_ROOM:
            raise
        silence()
        print(f"hub: Writing failed: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    assert isinstance(code, int)
    return code


def _start_django(home: Home) -> None:
    # Not at the top: Django's settings read the environment that activate() has just made.
    import django

    home.django_database()
    django.setup()
