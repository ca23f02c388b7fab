"""The desk's page takes sticks in, says what came and what is missing, and gives answers back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.hubs import HubProcess
from tests.integration.carry.conftest import Offline, joined
from tests.integration.hub.test_desk_pages import PASSWORD, TIMEOUT_S, Browser


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub that serves pages."""
    with HubProcess(tmp_path_factory.mktemp("sticks") / "hub") as started:
        started.shared = started.place(gates=40)  # type: ignore[attr-defined]  # the place of all
        for who, role, *more in (
            ("lan", "official"),
            ("thợ", "technician"),
            ("chủ", "owner", "--place", started.shared),  # type: ignore[attr-defined]
        ):
            started.cli(
                "account", "add", who, "--role", role, *more, "--password-stdin",
                stdin=PASSWORD + "\n",
            )  # fmt: skip
        yield started


def upload(browser: Browser, files: dict[str, bytes], **more: str) -> requests.Response:
    form = {"csrfmiddlewaretoken": browser.session.cookies["csrftoken"]} | more
    return browser.session.post(
        browser.url + "sticks",
        data=form,
        files=[("files", (name, data)) for name, data in files.items()],
        headers={"Referer": browser.url},
        timeout=TIMEOUT_S,
    )


def on(stick: Path) -> dict[str, bytes]:
    found = sorted((stick / "gate").iterdir(), reverse=True)  # browsers send in any order
    return {file.name: file.read_bytes() for file in found}


def test_a_stick_is_taken_in_and_its_answers_go_back(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    kiosk.record(7)
    kiosk.copy(stick)
    browser = Browser(hub, "lan")
    page = upload(browser, on(stick))
    assert page.status_code == 200
    assert "Đã nhận đủ" in page.text
    assert ">7<" in page.text
    answers = browser.get("sticks/" + page.url.rpartition("/")[2] + "/answers")
    assert answers.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answers.content)) as archive:
        archive.extractall(stick)
    assert kiosk.accept(stick).retired == 7
    again = upload(browser, on(stick))
    assert "Đã nhận đủ" in again.text
    listed = browser.get("sticks").text
    assert listed.count("/desk/sticks/") >= 2


def test_what_is_missing_or_of_no_use_is_said(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    kiosk.record(2)
    kiosk.copy(tmp_path / "stick")
    files = on(tmp_path / "stick")
    browser = Browser(hub, "thợ")
    for name in list(files):
        if name.endswith(".part"):
            files[name] = files[name][: len(files[name]) // 2]
    page = upload(browser, files)
    assert 'role="alert"' in page.text
    assert "Đã nhận đủ" not in page.text
    page = upload(browser, {"x.part": b"garbage"})
    assert "Không có gì của cổng nào" in page.text
    empty = upload(browser, {})
    assert (empty.status_code, 'role="alert"' in empty.text) == (400, True)


def test_only_staff_takes_sticks_in_and_never_without_the_form_s_token(
    hub: HubProcess,
) -> None:
    owner = Browser(hub, "chủ")
    assert owner.get("sticks").status_code == 403
    assert upload(owner, {"x.part": b"x"}).status_code == 403
    lan = Browser(hub, "lan")
    forged = upload(lan, {"x.part": b"x"}, csrfmiddlewaretoken="guess")
    assert forged.status_code == 403
    stranger = requests.get(f"{hub.url}/desk/sticks", timeout=TIMEOUT_S)
    assert "/desk/login" in stranger.url


def test_an_upload_that_is_too_large_is_turned_away_unread(hub: HubProcess) -> None:
    lan = Browser(hub, "lan")
    sent = requests.Request(
        "POST",
        f"{hub.url}/desk/sticks",
        headers={"Content-Type": "multipart/form-data; boundary=x", "Referer": lan.url},
    )
    prepared = lan.session.prepare_request(sent)
    prepared.headers["Content-Length"] = str(10**12)
    prepared.body = b"--x"
    try:
        status = lan.session.send(prepared, timeout=TIMEOUT_S).status_code
    except requests.ConnectionError:
        status = 403  # hung up on before the answer was read: turned away as well
    assert status == 403
    assert Browser(hub, "lan").get("sticks").status_code == 200


def test_the_page_speaks_english_too(hub: HubProcess) -> None:
    reader = Browser(hub, "lan")
    reader.get("sticks")
    reader.post("language", language="en", next="/desk/")
    assert "Take in a stick" in reader.get("sticks").text


@pytest.fixture
def kiosk(hub: HubProcess, tmp_path: Path) -> Iterator[Offline]:
    """A kiosk that has its code and nothing else."""
    made = joined(hub, tmp_path / "kiosk")
    yield made
    made.close()
