"""Ask for known faults in what the lock names: audit.py LOCK. 1 if there are any.

Where the list of faults is out of reach (no network, a mirror without it) that is said in one
line and is no finding: a check that depends on the day must not stop work without a reason.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run pip-audit over the lock and tell findings from silence."""
    (lock,) = arguments
    asked = subprocess.run(
        [
            Path(sys.executable).with_name("pip-audit"),
            *("--requirement", lock, "--require-hashes", "--disable-pip"),
            *("--format", "json", "--progress-spinner", "off", "--timeout", "20"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        packages = json.loads(asked.stdout)["dependencies"]
    except ValueError:
        packages = []
    found = [(package, fault) for package in packages for fault in package.get("vulns", ())]
    for package, fault in found:
        mended = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}")
    unknown = sum("vulns" not in package for package in packages)
    if unknown or not packages:
        asked_for = f"{unknown} of {len(packages)} packages" if packages else "any package"
        print(f"not audited: the list of known faults gave no answer for {asked_for}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
