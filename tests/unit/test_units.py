"""What the machine lets the kiosk do: closed lists in unit, udev and polkit files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from kiosk.config import Carry

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy" / "raspberrypi" / "units"
MAY = {
    "org.freedesktop.login1.power-off",
    "org.freedesktop.login1.power-off-multiple-sessions",
    "org.freedesktop.login1.reboot",
    "org.freedesktop.login1.reboot-multiple-sessions",
    "org.freedesktop.NetworkManager.network-control",
    "org.freedesktop.NetworkManager.settings.modify.system",
    "org.freedesktop.NetworkManager.wifi.scan",
}


def lines(name: str) -> list[str]:
    """Return the lines of a file of ours that say something."""
    text = (UNITS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith(("#", "//", ";"))]


def test_the_service_starts_before_there_is_a_place() -> None:
    assert not [line for line in lines("kiosk.service") if line.startswith("Condition")]
    assert not list(UNITS.glob("*.path"))


def test_the_kiosks_user_may_ask_for_power_and_wi_fi_and_nothing_else() -> None:
    text = "\n".join(lines("50-kiosk.rules"))
    assert set(re.findall(r'"(org\.[^"]+)"', text)) == MAY
    assert text.count("polkit.Result.YES") == 1
    assert 'subject.user === "kiosk" && may.indexOf(action.id) >= 0' in text


def test_a_stick_is_mounted_where_the_kiosk_looks_and_can_run_nothing() -> None:
    (rule,) = [line for line in lines("70-kiosk.rules") if "systemd-mount" in line]
    options = re.search(r"--options=(\S+)", rule)
    assert options is not None
    assert {"nosuid", "nodev", "noexec", "umask=0077"} <= set(options[1].split(","))
    assert "--owner=kiosk" in rule
    where = re.search(r"\$devnode (\S+)/\$name", rule)
    assert where is not None
    assert where[1] in Carry().roots
    (writable,) = [line for line in lines("kiosk.service") if line.startswith("ReadWritePaths=")]
    # Its parent: a mount on the folder itself would look like a stick that never goes.
    paths = writable.partition("=")[2].split()
    assert str(Path(where[1]).parent) in paths
    assert not {path.lstrip("-") for path in paths} & set(Carry().roots)
    assert any(line.split()[:2] == ["d", where[1]] for line in lines("tmpfiles.conf"))


def test_only_usb_file_systems_as_sticks_are_sold_are_mounted() -> None:
    rules = lines("70-kiosk.rules")
    before = rules[: next(i for i, line in enumerate(rules) if "systemd-mount" in line)]
    assert 'SUBSYSTEMS!="usb", GOTO="kiosk_end"' in before
    assert 'ENV{ID_FS_TYPE}!="vfat|exfat", GOTO="kiosk_end"' in before


def test_every_file_of_the_units_is_installed_and_removed() -> None:
    script = (ROOT / "deploy" / "raspberrypi" / "install").read_text(encoding="utf-8")
    removal, _, rest = script.partition("# --- What is installed from")
    for name, target in {
        "70-kiosk.rules": "/etc/udev/rules.d/70-kiosk.rules",
        "50-kiosk.rules": "/etc/polkit-1/rules.d/50-kiosk.rules",
        "tmpfiles.conf": "/etc/tmpfiles.d/kiosk.conf",
        "journald.conf": "/etc/systemd/journald.conf.d/kiosk.conf",
    }.items():
        assert f'"$1/{name}" {target}' in rest
        assert target in removal


@pytest.mark.slow  # needs systemd, which a bare Debian has not
def test_the_services_sandbox_stays_as_tight_as_it_was() -> None:
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(UNITS / "kiosk.service")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    score = re.search(r"exposure level for kiosk.service: ([0-9.]+)", said.stdout)
    if score is None:
        pytest.fail(f"systemd-analyze says nothing: {said.stderr}")
    assert float(score[1]) <= 1.8
