"""Names are encrypted at rest, and one function opens them, after the audit."""

from __future__ import annotations

import ast
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.hubs import PERSON, ROOT, Gate, HubProcess, PostgreSQL

SECRETS = [PERSON["name"], PERSON["number"], PERSON["phone"], PERSON["address"], "Nguyễn Thị"]


@pytest.fixture(scope="module")
def seen_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub that the tests of this page look at and leave whole."""
    with HubProcess(tmp_path_factory.mktemp("seen")) as hub:
        yield hub


def in_any_form(secret: str) -> list[bytes]:
    return [secret.encode(), secret.encode("utf-16-le"), secret.encode().hex().encode()]


def test_no_file_of_the_hub_holds_a_name_or_number(seen_hub: HubProcess) -> None:
    gate = Gate.joined(seen_hub)
    gate.send(gate.entries(20))
    for path in seen_hub.data.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for secret in SECRETS:
                assert not any(form in data for form in in_any_form(secret)), path


def test_no_dump_of_postgresql_holds_a_name_or_number(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    url = postgresql.database()
    with HubProcess(tmp_path / "hub", database=url) as hub:
        gate = Gate.joined(hub)
        gate.send(gate.entries(20))
        dump = subprocess.run(["pg_dump", url], capture_output=True, check=True).stdout
    assert str(gate.code.kiosk).encode() in dump
    for secret in SECRETS:
        assert not any(form in dump for form in in_any_form(secret))


def audit(hub: HubProcess) -> list[tuple[str, str, str]]:
    db = sqlite3.connect(hub.data / "hub.sqlite3")
    rows = db.execute("SELECT action, reason, detail FROM intake_auditrow ORDER BY id").fetchall()
    db.close()
    return rows


def test_revealing_is_audited_with_reason_and_extent(seen_hub: HubProcess) -> None:
    gate = Gate.joined(seen_hub)
    gate.send(gate.entries(2))
    seen_hub.entries("--reveal", "--reason", "case 12", "--place", gate.code.place)
    action, reason, detail = audit(seen_hub)[-1]
    assert (action, reason) == ("reveal", "case 12")
    count = len(seen_hub.entries("--place", gate.code.place))
    assert f'"count": {count}' in detail


def test_when_the_audit_cannot_be_written_no_name_is_shown(own_hub: HubProcess) -> None:
    gate = Gate.joined(own_hub)
    gate.send(gate.entries(1))
    db = sqlite3.connect(own_hub.data / "hub.sqlite3")
    db.execute(
        "CREATE TRIGGER full BEFORE INSERT ON intake_auditrow"
        " BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    db.commit()
    db.close()
    done = own_hub.cli("entries", "--reveal", check=False)
    assert done.returncode != 0
    assert PERSON["name"] not in done.stdout


def test_an_audit_that_was_tampered_with_shows_it(seen_hub: HubProcess) -> None:
    Gate.joined(seen_hub)
    seen_hub.entries("--reveal", "--reason", "curiosity")
    seen_hub.place("Chợ Khác")
    assert "curiosity" in seen_hub.cli("audit").stdout
    database = seen_hub.data / "hub.sqlite3"
    shutil.copy(database, seen_hub.data / "whole")
    for tampering in (
        "UPDATE intake_auditrow SET reason = 'harmless' WHERE action = 'reveal'",
        "DELETE FROM intake_auditrow WHERE action = 'reveal'",
        "UPDATE intake_auditrow SET actor = 'nobody' WHERE id = 1",
    ):
        db = sqlite3.connect(database)
        db.execute(tampering)
        db.commit()
        db.close()
        done = seen_hub.cli("audit", check=False)
        assert (done.returncode, "tampered" in done.stderr) == (1, True), tampering
        shutil.copy(seen_hub.data / "whole", database)
    assert seen_hub.cli("audit").returncode == 0


def modules() -> dict[str, ast.Module]:
    found = (ROOT / "hub").rglob("*.py")
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in found
        if "migrations" not in path.parts
    }


def calling(name: str) -> set[str]:
    return {
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id) == name
    }


def test_only_the_door_and_the_mask_decrypt_what_lies_in_the_database() -> None:
    assert calling("unbox") == {"hub/intake/reveal.py", "hub/intake/masked.py"}


def test_only_the_intake_opens_seals() -> None:
    assert calling("open_sealed") == {"hub/intake/opening.py"}


@pytest.fixture(scope="module")
def technician(seen_hub: HubProcess) -> Iterator[requests.Session]:
    """A browser in which a superuser is logged in."""
    hub = seen_hub
    hub.cli("admin", "technician", "--password-stdin", stdin="lúa-mì-rau-cải-7\n")
    session = requests.Session()
    page = f"{hub.url}/admin/login/"
    session.get(page, timeout=20)
    answer = session.post(
        page,
        data={
            "username": "technician",
            "password": "lúa-mì-rau-cải-7",
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
            "next": "/admin/",
        },
        headers={"Referer": page},
        timeout=20,
    )
    assert answer.url == f"{hub.url}/admin/"
    yield session
    session.close()


def test_a_superuser_sees_every_page_of_the_admin_and_no_name(
    seen_hub: HubProcess, technician: requests.Session
) -> None:
    gate = Gate.joined(seen_hub)
    gate.send(gate.entries(3))
    page = technician.get(f"{seen_hub.url}/admin/", timeout=20).text
    seen: set[str] = set()
    waiting = re.findall(r'href="(/admin/intake/[^"?]*)"', page)
    assert len(waiting) >= 9
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = technician.get(seen_hub.url + path, timeout=20)
        assert answer.status_code == 200, path
        for secret in SECRETS:
            assert secret not in answer.text, path
        waiting += re.findall(r'href="(/admin/intake/[^"?]*)"', answer.text)
    assert any("/entry/" in path and path.endswith("/change/") for path in seen)
    assert "N. T. V. Dụ" in technician.get(f"{seen_hub.url}/admin/intake/entry/", timeout=20).text


@pytest.mark.parametrize("action", ["delete/", "change/"])
def test_a_superuser_cannot_change_or_delete_an_entry_in_the_admin(
    seen_hub: HubProcess, technician: requests.Session, action: str
) -> None:
    gate = Gate.joined(seen_hub)
    gate.send(gate.entries(1))
    line = seen_hub.entries("--limit", "1")[0]
    session, before = technician, len(seen_hub.entries())
    page = f"{seen_hub.url}/admin/intake/entry/{line['id']}/{action}"
    answer = session.post(
        page,
        data={"post": "yes", "csrfmiddlewaretoken": session.cookies["csrftoken"]},
        headers={"Referer": page},
        timeout=20,
    )
    assert answer.status_code == 403
    assert len(seen_hub.entries()) == before


def test_revoking_in_the_admin_stops_the_kiosk_and_is_audited(
    seen_hub: HubProcess, technician: requests.Session
) -> None:
    gate = Gate.joined(seen_hub)
    session = technician
    page = f"{seen_hub.url}/admin/intake/kiosk/"
    session.get(page, timeout=20)
    session.post(
        page,
        data={
            "action": "revoke",
            "_selected_action": str(gate.code.kiosk),
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        },
        headers={"Referer": page},
        timeout=20,
    )
    assert gate.pulse().refusal.reason == "revoked"
    assert audit(seen_hub)[-1][0] == "kiosk-revoke"


def test_without_an_account_the_admin_shows_only_its_door(seen_hub: HubProcess) -> None:
    answer = requests.get(f"{seen_hub.url}/admin/intake/entry/", timeout=20)
    assert "/admin/login/" in answer.url
    assert "Set-Cookie" not in requests.get(f"{seen_hub.url}/healthz", timeout=20).headers
