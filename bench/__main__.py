"""``python -m bench [NAME …]``: run measurements by name, or all of them one after the other.

A measurement is a module of this folder with ``main(argv) -> int``; 0 says that what it
measured is as good as promised.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def names() -> list[str]:
    """Return the measurements there are."""
    modules = (module.name for module in pkgutil.iter_modules(bench.__path__))
    return sorted(n for n in modules if hasattr(importlib.import_module(f"bench.{n}"), "main"))


def run(argv: list[str]) -> int:
    """Run what is named (the words after a name are its own), or everything."""
    if argv and argv[0] in names():
        return int(importlib.import_module(f"bench.{argv[0]}").main(argv[1:]))
    if argv:
        print(f"bench: {argv[0]!r} is none of {', '.join(names())}.", file=sys.stderr)
        return 2
    worst = 0
    for name in names():
        print(f"\n== {name}")
        worst = max(worst, int(importlib.import_module(f"bench.{name}").main([])))
    return worst


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
