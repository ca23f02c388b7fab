"""The hub's commands: one plain sentence and the right exit code when something is wrong."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from hub.places import kinds
from tests.hubs import ROOT, Gate, HubProcess, quiet
from wire.enrol import EnrolmentCode
from wire.keys import fingerprint


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    """A hub that is not served."""
    hub = HubProcess(tmp_path / "idle")
    yield hub
    hub.close()


def test_a_first_place_needs_no_other_command_before_it(hub: HubProcess) -> None:
    (made,) = hub.json("place", "add", "Chợ Ví Dụ", "--kind", "market", "--address", "1 Lê Lợi")
    assert (made["name"], made["kind"], made["address"]) == ("Chợ Ví Dụ", "market", "1 Lê Lợi")
    assert made["place"] in hub.cli("place", "list").stdout
    assert hub.cli("migrate").stdout == "The database is up to date.\n"


def test_everything_in_the_data_folder_belongs_to_its_owner_alone(hub: HubProcess) -> None:
    hub.place()
    for path in [hub.data, *hub.data.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_an_enrolment_code_is_whole_and_its_picture_reads(own_hub: HubProcess) -> None:
    import zxingcpp
    from PIL import Image

    picture = own_hub.data / "code.png"
    place = own_hub.place()
    (made,) = own_hub.json(
        "kiosk",
        "enrol",
        place,
        "--gate",
        "Cổng A",
        "--qr",
        str(picture),
        "--url",
        "https://hub.vn/",
    )
    code = EnrolmentCode.from_text(made["code"])
    assert (code.place, code.gate, code.url) == (place, "Cổng A", "https://hub.vn")
    assert made["kiosk"] == str(code.kiosk)
    assert made["fingerprint"] == fingerprint(code.hub_key)
    (read,) = zxingcpp.read_barcodes(Image.open(picture))
    assert read.text == made["code"]


def test_a_code_holds_the_address_of_the_last_serve(hub: HubProcess) -> None:
    url = hub.start().url
    hub.stop()
    assert EnrolmentCode.from_text(hub.code(hub.place())).url == url


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("kiosk", "enrol", "pnone"), "start hub serve once"),
        (("kiosk", "enrol", "pnone", "--url", "hub.vn"), "https://hub.example"),
        (("kiosk", "enrol", "pnone", "--url", "https://hub.vn"), "no place"),
        (("kiosk", "revoke", "abc"), "No kiosk"),
        (("place", "add", " ", "--kind", "market"), "name"),
        (("place", "add", "A", "--kind", "shop", "--gates", "0"), "gates"),
        (("entries", "--since", "yesterday"), "--since"),
        (("import", "x" * 5000), "File name too long"),
        (("serve", "--bind", "here"), "HOST:PORT"),
        (("serve", "--bind", "203.0.113.7:0"), "203.0.113.7"),
        (("migrate", "--database", "mysql://x/y"), "--database"),
        (("migrate", "--database", "postgresql://nobody@/x?host=/nowhere"), "database"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_sentence(
    hub: HubProcess, args: tuple[str, ...], words: str
) -> None:
    if args[0] == "entries":
        hub.cli("migrate")
    done = hub.cli(*args, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert done.stderr.startswith("hub: ")
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_said_at_once(own_hub: HubProcess, hub: HubProcess) -> None:
    address = own_hub.url.removeprefix("http://")
    done = hub.cli("serve", "--bind", address, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert address in done.stderr


def test_serve_says_where_it_listens_and_ends_cleanly(hub: HubProcess) -> None:
    process = subprocess.Popen(
        hub._command("serve", "--bind", "127.0.0.1:0"),
        cwd=ROOT, env=quiet(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    url = line.removeprefix("listening on ").strip()
    assert requests.get(f"{url}/healthz", timeout=10).json() == {"status": "ok"}
    assert requests.get(f"{url}/nothing", timeout=10).status_code == 404
    process.terminate()
    rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest, errors) == (0, "", "")
    assert (hub.data / "url").read_text() == f"{url}\n"


def test_what_answers_is_loaded_before_anybody_asks(hub: HubProcess) -> None:
    """The first kiosk after a start waits no longer than the others."""
    hub.place()
    names = ["hub.urls", "hub.intake.api", "hub.visitors.pages", "hub.desk.urls"]
    script = (
        "import os, sys\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'hub.settings'\n"
        "import django; django.setup()\n"
        "from hub.commands.serve import Server\n"
        "Server({}).load()\n"
        f"print([name for name in {names} if name not in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"HUB_DATA": str(hub.data)},
    )  # fmt: skip
    assert said.stdout == "[]\n", said.stderr


def test_a_killed_hub_frees_its_port_at_once(own_hub: HubProcess) -> None:
    gate = Gate.joined(own_hub)
    gate.send(gate.entries(1))
    own_hub.kill()
    own_hub.start()
    assert len(own_hub.entries()) == 1
    gate.send(gate.entries(1))


def test_killing_only_the_master_takes_its_workers_with_it(own_hub: HubProcess) -> None:
    assert own_hub._process is not None
    os.kill(own_hub._process.pid, 9)
    assert own_hub._process.stdout is not None
    assert own_hub._process.stdout.read() == ""  # until the last process has let go of it
    port = int(own_hub.url.rsplit(":", 1)[1])
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        probe.listen()
    own_hub._process.stdout.close()
    own_hub._process.wait(10)
    own_hub._process = None


def test_a_newer_database_is_left_alone(hub: HubProcess) -> None:
    hub.place()
    with sqlite3.connect(hub.data / "hub.sqlite3") as db:
        db.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('intake', '9999_x', '')"
        )
    db.close()
    for command in (("place", "list"), ("migrate",), ("serve", "--bind", "127.0.0.1:0")):
        done = hub.cli(*command, check=False)
        assert done.returncode == 2
        assert "newer than this program" in done.stderr


def test_a_file_that_is_no_database_is_said_so(hub: HubProcess) -> None:
    hub.data.mkdir()
    (hub.data / "hub.sqlite3").write_bytes(b"this is no database" * 100)
    done = hub.cli("place", "list", check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "database" in done.stderr


def test_a_database_without_its_keys_is_refused(hub: HubProcess, tmp_path: Path) -> None:
    hub.place()
    (hub.data / "keys").rename(tmp_path / "escrow")
    done = hub.cli("place", "list", check=False, separate=True)
    assert done.returncode == 2
    assert "escrow" in done.stderr
    for new in (hub.data / "keys").iterdir():
        new.unlink()
    (hub.data / "keys").rmdir()
    (tmp_path / "escrow").rename(hub.data / "keys")
    assert hub.cli("place", "list", separate=True).returncode == 0


def test_an_account_can_be_made_once(hub: HubProcess) -> None:
    (made,) = hub.json("admin", "technician")
    assert len(made["password"]) >= 20
    again = hub.cli("admin", "technician", check=False)
    assert (again.returncode, "already" in again.stderr) == (2, True)
    weak = hub.cli("admin", "other", "--password-stdin", stdin="12345\n", check=False)
    assert weak.returncode == 2
    assert hub.cli("admin", "other", "--password-stdin", stdin="lúa-mì-rau-cải-7\n").returncode == 0


def test_revealing_needs_a_reason(hub: HubProcess) -> None:
    hub.cli("migrate")
    done = hub.cli("entries", "--reveal", "--reason", " ", check=False)
    assert done.returncode == 3


def test_help_of_every_command_teaches(hub: HubProcess) -> None:
    for command in (
        (), ("migrate",), ("serve",), ("admin",), ("place", "add"), ("place", "list"),
        ("kiosk", "enrol"), ("kiosk", "list"), ("kiosk", "accept"), ("kiosk", "revoke"),
        ("entries",),
        ("audit",),
    ):  # fmt: skip
        done = subprocess.run(
            [*hub._command()[:3], *command, "--help"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "usage: hub" in done.stdout
    assert not hub.data.exists()


def test_a_reader_that_leaves_early_is_no_error(own_hub: HubProcess) -> None:
    gate = Gate.joined(own_hub)
    for _ in range(5):
        gate.send(gate.entries(200))
    command = " ".join([*own_hub._command("entries", "--json"), "| head -n 1"])
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["seq"] == 1


def test_a_kind_of_venue_that_is_none_is_refused_with_the_kinds_that_are(hub: HubProcess) -> None:
    done = hub.cli("place", "add", "Nơi Lạ", "--kind", "nonsense", check=False)
    assert done.returncode == 2
    for kind in kinds.kinds():
        assert kind in done.stderr
    assert "Nơi Lạ" not in hub.cli("place", "list").stdout
    (made,) = hub.json("place", "add", "Chợ Theo Tên", "--kind", "chợ")
    assert made["kind"] == "market"


def test_a_folder_without_a_hub_does_not_become_one_by_looking(tmp_path: Path) -> None:
    for words in (("entries",), ("report",), ("audit",), ("purge",)):
        done = HubProcess(tmp_path / "nowhere").cli(*words, check=False, separate=True)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "no hub in" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_place_that_is_not_known_has_no_entries_and_that_is_said(hub: HubProcess) -> None:
    hub.cli("migrate")
    done = hub.cli("entries", "--place", "nope", check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "“nope”" in done.stderr


def test_a_second_server_on_the_same_file_is_refused(own_hub: HubProcess) -> None:
    done = own_hub.cli("serve", "--bind", "127.0.0.1:0", check=False, separate=True)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "Another hub serve uses" in done.stderr
    own_hub.kill()
    own_hub.start()  # a killed one leaves nothing behind
