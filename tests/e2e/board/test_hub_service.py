"""The hub on a small server under a real systemd: TLS before it, copies, upgrades, returns."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.board import machine, servers
from tests.e2e.board.machine import Machine

pytestmark = pytest.mark.slow

BIN = "/opt/hub/current/venv/bin"
CADDY_ROOT = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
BROKEN = "raise RuntimeError('broken on purpose')\n"


@pytest.fixture(scope="module")
def here(plant) -> Iterator[Machine]:
    root = plant.folder / "server"
    if not (plant.folder / "server-ready").exists():
        servers.fresh(root, "bookworm")
        (plant.folder / "server-ready").touch()
    folder = plant.folder / f"hub-{os.getpid()}"
    shelves = {
        "good": plant.bundle,
        "first": servers.checkout(folder / "first", "0.5.0"),
        "second": servers.checkout(folder / "second", "0.6.0", moves="second"),
        "third": servers.checkout(
            folder / "third", "0.7.0", moves="third", changes={"hub/wsgi.py": BROKEN}
        ),
    }
    copy = machine.copy(root, folder / "root")
    with Machine(copy, shelves) as one:
        yield one
    machine.remove(folder)


def hub(here: Machine, *words: str) -> str:
    """Run a hub's command as the hub's user does."""
    return here.does(
        "runuser", "-u", "hub", "--", "sh", "-c",
        'set -a; . /etc/hub/hub.env; exec "$0" "$@"', f"{BIN}/hub", *words,
    )  # fmt: skip


def entries(here: Machine) -> int:
    """Return how many entries the hub has."""
    return len(hub(here, "entries", "--json").splitlines())


def version(here: Machine) -> str:
    """Return which version serves."""
    return here.says("readlink", "/opt/hub/current")


def answers(here: Machine) -> bool:
    """Whether the hub answers by TLS, through its proxy."""
    return here.run("curl", "-sS", "-o", "/dev/null", "https://localhost/").returncode == 0


def tables(here: Machine) -> set[str]:
    """Return which of the tables of later versions there are."""
    said = here.does(
        "runuser", "-u", "postgres", "--", "psql", "-Atqc",
        "SELECT tablename FROM pg_tables WHERE tablename LIKE 'added_%'", "hub",
    )  # fmt: skip
    return set(said.split())


def passes(here: Machine, who: str) -> None:
    """Let somebody pass the gate beside it, and the entry reach the hub over TLS."""
    kiosk = ("runuser", "-u", "nobody", "--", f"{BIN}/kiosk")
    here.does(
        *kiosk, "enter", "--direction", "in", "--data", "/srv/gate",
        f"0541990{who}||Nguyễn Thị Ví Dụ|01021999|Nữ|Phú Yên|22062022",
    )  # fmt: skip
    here.does(*kiosk, "run", "--headless", "--camera", "file:/srv/blank", "--data", "/srv/gate")
    status = json.loads(here.does(*kiosk, "status", "--json", "--data", "/srv/gate"))
    assert status["waiting"] == 0


def test_the_script_brings_a_hub_that_answers_by_tls(here):
    here.does("systemctl", "disable", "--now", "nginx")  # its turn comes later
    assert "serves as https://localhost" in here.does(
        "/media/first/deploy/hub/install", "--name", "localhost"
    )
    assert version(here) == "0.5.0"
    for unit in ("hub.service", "hub-backup.timer", "hub-purge.timer", "caddy.service"):
        assert here.says("systemctl", "is-active", unit) == "active", unit
        assert here.says("systemctl", "is-enabled", unit) == "enabled", unit
    # Its proxy made the certificate itself: localhost is no name that an authority knows.
    here.until(lambda: here.run("test", "-f", CADDY_ROOT).returncode == 0)
    here.does("cp", CADDY_ROOT, "/usr/local/share/ca-certificates/caddy.crt")
    here.does("update-ca-certificates")
    here.until(lambda: answers(here))
    again = here.does("/media/first/deploy/hub/install")
    assert "version 0.5.0 serves" in again


def test_a_gate_joins_over_tls_and_its_entries_arrive(here):
    place = json.loads(hub(here, "place", "add", "Bệnh viện Ví Dụ", "--kind", "hospital", "--json"))
    code = json.loads(hub(here, "kiosk", "enrol", str(place["place"]), "--json"))
    here.write("/srv/code", code["code"])
    here.does("install", "-d", "-o", "nobody", "/srv/gate", "/srv/blank")
    kiosk = ("runuser", "-u", "nobody", "--", f"{BIN}/kiosk")
    here.does(*kiosk, "enrol", "/srv/code", "--data", "/srv/gate")
    here.does(
        f"{BIN}/python", "-c",
        "import cv2, numpy as n; cv2.imwrite('/srv/blank/1.png', n.full((480, 640), 255, n.uint8))",
    )  # fmt: skip
    passes(here, "12345")
    assert entries(here) == 1


def test_a_hub_that_is_killed_serves_again(here):
    before = here.says("systemctl", "show", "-P", "MainPID", "hub.service")
    here.does("systemctl", "kill", "--signal=KILL", "hub.service")
    here.until(
        lambda: here.says("systemctl", "show", "-P", "MainPID", "hub.service") not in ("0", before)
    )
    here.until(lambda: answers(here))


def test_the_nightly_units_copy_prove_and_purge(here):
    here.does("systemctl", "start", "hub-backup.service")
    said = here.says("journalctl", "-u", "hub-backup.service", "-o", "cat")
    assert "restored, 1 entries; the hub has 1" in said
    here.does("systemctl", "start", "hub-purge.service")
    keys = here.says("find", "/var/backups/hub", "-type", "f", "-name", "*key*")
    assert keys == ""


def test_a_newer_version_moves_the_tables_and_keeps_the_entries(here):
    passes(here, "12346")
    here.does("/media/second/deploy/hub/install")
    assert version(here) == "0.6.0"
    assert tables(here) == {"added_second"}
    assert entries(here) == 2
    passes(here, "12347")
    assert here.run("/media/first/deploy/hub/install").returncode == 1
    assert version(here) == "0.6.0"


def test_one_that_does_not_answer_gives_way_to_the_old_one_and_its_tables(here):
    held = entries(here)
    done = here.run("/media/third/deploy/hub/install")
    assert done.returncode == 1
    assert "0.6.0 serves again with the database as it was" in done.stderr
    assert version(here) == "0.6.0"
    here.until(lambda: answers(here))
    assert tables(here) == {"added_second"}
    assert entries(here) == held


def test_the_drill_by_hand_brings_back_what_a_copy_held(here):
    copy = here.does(
        "runuser", "-u", "hub", "--", "/usr/local/sbin/hub-keep", "backup", "/var/backups/hub"
    )
    held = entries(here)
    passes(here, "12348")
    assert entries(here) == held + 1
    here.does("systemctl", "stop", "hub")
    here.does("runuser", "-u", "hub", "--", "/usr/local/sbin/hub-keep", "restore", copy)
    here.does("systemctl", "start", "hub")
    here.until(lambda: answers(here))
    # The kiosk still has what the copy did not: it is sent again.
    passes(here, "12349")
    assert entries(here) == held + 2


def test_nginx_serves_in_caddys_place(here):
    here.does("systemctl", "disable", "--now", "caddy")
    here.does(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout", "/etc/ssl/private/hub.pem", "-out", "/usr/local/share/ca-certificates/hub.crt",
    )  # fmt: skip
    here.does("update-ca-certificates")
    text = (Path(machine.ROOT) / "deploy/hub/nginx.conf").read_text()
    text = text.replace("hub.example.vn;", "localhost;")
    text = text.replace(
        "/etc/letsencrypt/live/hub.example.vn/fullchain.pem",
        "/usr/local/share/ca-certificates/hub.crt",
    )
    text = text.replace(
        "/etc/letsencrypt/live/hub.example.vn/privkey.pem", "/etc/ssl/private/hub.pem"
    )
    here.write("/etc/nginx/sites-enabled/default", text)
    here.does("systemctl", "restart", "nginx")
    here.until(lambda: answers(here))
    held = entries(here)
    passes(here, "12350")
    assert entries(here) == held + 1


def test_removal_leaves_keys_copies_and_the_database(here):
    here.does("/media/second/deploy/hub/install", "uninstall")
    assert here.run("test", "-e", "/opt/hub").returncode == 1
    assert here.says("systemctl", "is-active", "hub.service") != "active"
    for kept in ("/var/lib/hub", "/var/backups/hub", "/etc/hub/hub.env"):
        here.does("test", "-e", kept)
    here.does(
        "runuser",
        "-u",
        "postgres",
        "--",
        "psql",
        "-Atqc",
        "SELECT count(*) FROM intake_ledger",
        "hub",
    )
