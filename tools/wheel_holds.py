"""Check that a wheel holds what the tree holds: wheel_holds.py WHEEL TREE."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

PACKAGES = ("kiosk", "wire", "hub")
COMMANDS = ("kiosk = kiosk.main:cli", "hub = hub.main:cli")


def findings(wheel: Path, tree: Path) -> list[str]:
    """Return a sentence for each file that is missing in the wheel or does not belong there."""
    expected = {
        path.relative_to(tree).as_posix()
        for package in PACKAGES
        for path in (tree / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (about,) = {name.split("/")[0] for name in names if ".dist-info/" in name}
        entry_points = archive.read(f"{about}/entry_points.txt").decode()
    held = {name for name in names if not name.startswith(f"{about}/")}
    found = [f"{name} is in the tree and not in the wheel" for name in sorted(expected - held)]
    found += [f"{name} is in the wheel and not in the tree" for name in sorted(held - expected)]
    found += [
        f"the wheel lacks the command {line}" for line in COMMANDS if line not in entry_points
    ]
    if f"{about}/licenses/LICENSE" not in names:
        found.append("the wheel lacks the LICENSE")
    return found


def main(arguments: list[str]) -> int:
    """Print the findings; 1 if there are any."""
    wheel, tree = (Path(argument) for argument in arguments)
    found = findings(wheel, tree)
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
