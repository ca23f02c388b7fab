"""The door: lock-outs, second factors, headers, names, and strangers who ask too often."""

from __future__ import annotations

import base64
import os
import re
import sqlite3
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from hub.guard.limits import Limit, address_by
from tests.hubs import ROOT, HubProcess

PER_NAME = 100
"""Wrong passwords for one name, from wherever, that a quarter of an hour takes."""

PASSWORD = "mười con trâu trắng"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory):
    with HubProcess(tmp_path_factory.mktemp("guard")) as hub:
        yield hub


def log_in(hub: HubProcess, name: str, password: str, code: str = "", *, by: str = "") -> bool:
    """Log in; ``by`` is whose address the proxy in front of the hub tells."""
    with requests.Session() as session:
        if by:
            session.headers["X-Forwarded-For"] = by
        page = session.get(hub.url + "/admin/login/", timeout=20)
        token = csrf(page.text)
        fields = {
            "csrfmiddlewaretoken": token,
            "username": name,
            "password": password,
            "code": code,
        }
        answer = session.post(
            hub.url + "/admin/login/", data=fields, timeout=20, allow_redirects=False
        )
        return answer.status_code == 302


def csrf(page: str) -> str:
    """Return what a form sends back."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    return found[1]


def account(hub: HubProcess, name: str) -> str:
    hub.cli("admin", name, "--password-stdin", stdin=PASSWORD + "\n")
    return name


def totp(secret: bytes, step: int) -> str:
    """RFC 6238, written here again."""
    import hashlib
    import hmac
    import struct

    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 0xF
    return str((struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF) % 1000000).zfill(6)


def test_who_guesses_at_a_name_locks_himself_out_and_not_whose_name_it_is(
    hub: HubProcess,
) -> None:
    name, owner, stranger = account(hub, "truc-ban"), "203.0.113.20", "203.0.113.66"
    assert not any(log_in(hub, name, "sai", by=stranger) for _ in range(7))
    assert not log_in(hub, name, PASSWORD, by=stranger)
    assert log_in(hub, name, PASSWORD, by=owner)


def test_guesses_at_one_name_from_everywhere_end_all_the_same(hub: HubProcess) -> None:
    name = account(hub, "truong-phong")
    with sqlite3.connect(hub.data / "hub.sqlite3") as db:
        db.executemany(
            "INSERT INTO guard_failedlogin (key, at_ms) VALUES (?, ?)",
            [(f"name:{name}", time.time_ns() // 1_000_000)] * (PER_NAME - 1),
        )
    db.close()
    assert log_in(hub, name, PASSWORD, by="203.0.113.21")
    assert not log_in(hub, name, "sai", by="203.0.113.67")
    assert not log_in(hub, name, PASSWORD, by="203.0.113.21")


NESTED = """
import django
django.setup()
from hub.intake.transactions import durable
with durable():
    try:
        with durable():
            print("nested")
    except RuntimeError as error:
        print(error)
with durable():
    print("and again")
"""


def test_a_transaction_within_another_is_refused_and_never_waits_for_itself(
    hub: HubProcess,
) -> None:
    """SQLite's writers wait for a lock that a nested transaction would hold itself."""
    done = subprocess.run(
        [sys.executable, "-c", NESTED], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=True,
        env=os.environ | {"HUB_DATA": str(hub.data), "DJANGO_SETTINGS_MODULE": "hub.settings"},
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "A durable transaction cannot lie inside another transaction.",
        "and again",
    ]


def test_after_five_wrong_passwords_the_right_one_waits_too(hub: HubProcess) -> None:
    name, other = account(hub, "ky-thuat"), account(hub, "ky-thuat-2")
    assert log_in(hub, name, PASSWORD)
    assert not any(log_in(hub, name, "sai") for _ in range(5))
    assert not log_in(hub, name, PASSWORD)
    assert log_in(hub, other, PASSWORD)
    assert "lock-out" in hub.cli("audit").stdout


def test_a_second_factor_is_asked_for_and_no_code_counts_twice(hub: HubProcess) -> None:
    name = account(hub, "hai-lop")
    (made,) = hub.json("second-factor", name)
    secret = base64.b32decode(parse_qs(urlsplit(made["address"]).query)["secret"][0])
    code = totp(secret, int(time.time()) // 30)
    assert not log_in(hub, name, PASSWORD)
    assert not log_in(hub, name, PASSWORD, f"{(int(code) + 1) % 10**6:06}")
    assert log_in(hub, name, PASSWORD, code)
    assert not log_in(hub, name, PASSWORD, code)
    assert secret not in (hub.data / "hub.sqlite3").read_bytes()
    hub.json("second-factor", name, "--remove")
    assert log_in(hub, name, PASSWORD)


def test_pages_answer_to_the_hubs_own_names_and_kiosks_to_any(hub: HubProcess) -> None:
    def status(path: str, host: str) -> int:
        return requests.get(hub.url + path, headers={"Host": host}, timeout=20).status_code

    assert status("/admin/login/", "evil.example") == 400
    assert status("/admin/login/", "localhost:8000") == 200
    assert status("/admin/login/", "192.168.1.5:8000") == 200
    assert status("/healthz", "any.example") == 200


def test_every_answer_says_what_a_browser_may_do_with_it(hub: HubProcess) -> None:
    page = requests.get(hub.url + "/admin/login/", timeout=20)
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "HttpOnly" in page.headers["Set-Cookie"] or "csrftoken" in page.headers["Set-Cookie"]
    assert "<script>" not in page.text


def test_an_address_that_is_refused_without_end_gets_no_more_signatures() -> None:
    strangers = Limit(3, 60)
    assert [strangers.over("a", now_s=5) for _ in range(4)] == [False, False, False, True]
    assert not strangers.over("b", now_s=5)
    assert not strangers.over("a", now_s=65)


def test_the_officials_door_asks_for_the_code_too(hub: HubProcess) -> None:
    name = account(hub, "can-bo")
    (made,) = hub.json("second-factor", name)
    secret = base64.b32decode(parse_qs(urlsplit(made["address"]).query)["secret"][0])
    for code, inside in (("", False), (totp(secret, int(time.time()) // 30), True)):
        with requests.Session() as session:
            page = session.get(hub.url + "/desk/login", timeout=20).text
            token = csrf(page)
            fields = {
                "csrfmiddlewaretoken": token,
                "username": name,
                "password": PASSWORD,
                "code": code,
            }
            answer = session.post(
                hub.url + "/desk/login", data=fields, timeout=20, allow_redirects=False
            )
            assert (answer.status_code == 302) == inside


@pytest.mark.parametrize(
    ("remote", "told", "counted"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("::1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("2001:db8:1:2::5", "", "2001:db8:1:2::/64"),
        ("127.0.0.1", "2001:db8:1:2:3::5", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
    ],
)
def test_a_proxy_of_this_machine_says_who_asks_and_nobody_else_does(
    remote: str, told: str, counted: str
) -> None:
    found = address_by({"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": told})
    assert found == counted


def test_a_limit_counts_what_is_over_and_what_is_spent_alike() -> None:
    limit = Limit(2, 60)
    assert not limit.spent("a", 1.0)
    assert not limit.over("a", 1.0, count=2)
    assert limit.spent("a", 2.0)
    assert limit.over("a", 3.0)
    assert not limit.spent("b", 3.0)
    assert not limit.spent("a", 61.0)


def test_who_guesses_behind_the_proxy_stops_nobody_else(hub: HubProcess) -> None:
    def ask(address: str) -> int:
        sent = {"X-Forwarded-For": address}
        asked = requests.post(hub.url + "/v1/invitation", data=b"x", headers=sent, timeout=20)
        return asked.status_code

    assert {ask("203.0.113.1") for _ in range(60)} == {400, 429}
    assert ask("203.0.113.2") == 400
