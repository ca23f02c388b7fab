"""The desk prints pass cards from a list, and takes passes back; a real kiosk reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from hub.paper.reading import DPI, codes, pages
from tests.browser.commune import TIMEOUT_S, Commune, Desk
from tests.kiosks import name, number


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commune]:
    hub = Commune.opened(tmp_path_factory.mktemp("passes"))
    try:
        yield hub
    finally:
        hub.close()


def listed(people: range) -> bytes:
    rows = [f"{name(who)},{number(who)},01/02/1999,Nữ,staff" for who in people]
    return "\n".join(["Họ và tên,Số CCCD,Ngày sinh,Giới tính,Vai trò", *rows]).encode()


def printed(desk: Desk, sheet: bytes, **form: str) -> requests.Response:
    token = desk.session.cookies["csrftoken"]
    return desk.session.post(
        f"{desk.url}passes", data=form | {"do": "print", "csrfmiddlewaretoken": token},
        files={"file": ("list.csv", sheet, "text/csv")}, headers={"Referer": desk.url},
        timeout=TIMEOUT_S,
    )  # fmt: skip


def texts(pdf: bytes) -> list[str]:
    found = []
    for page in pages(pdf):
        for seen in codes(page):
            assert seen.side / DPI * 25.4 >= 49
            found.append(str(seen.text))
    return found


def test_cards_of_a_list_pass_at_the_gate_until_they_are_issued_anew(
    hub: Commune, tmp_path: Path
) -> None:
    an = Desk(hub, "an")
    first = printed(an, listed(range(40, 52)), place=hub.market)
    assert first.headers["Content-Type"] == "application/pdf"
    assert [len(codes(page)) for page in pages(first.content)] == [10, 2]
    old = texts(first.content)
    assert hub.box.enter(old[0])["trust"] == "signed"
    (new, *_) = texts(printed(an, listed(range(40, 52)), place=hub.market, renew="1").content)
    hub.box.drain(tmp_path / "drain")
    assert {hub.box.enter(text)["trust"] for text in old} == {"revoked"}
    assert hub.box.enter(new)["trust"] == "signed"
    page = an.get("passes").text
    assert page.count("thu hồi 2") == 12
    assert name(40) not in page
    assert number(40) not in page


def test_a_lost_pass_is_taken_back_by_its_bearer_s_number(hub: Commune) -> None:
    an = Desk(hub, "an")
    printed(an, listed(range(60, 61)), place=hub.school)
    refused = an.post("passes", do="revoke", number=number(60), reason="")
    assert "cần ghi lý do" in refused.text
    assert "mất thẻ" in an.post("passes", do="revoke", number=number(60), reason="mất thẻ").text
    assert "Không có thẻ" in an.post("passes", do="revoke", number=number(60), reason="x").text


def test_a_unit_issues_and_sees_passes_of_its_own_places_alone(hub: Commune) -> None:
    binh = Desk(hub, "binh")
    assert printed(binh, listed(range(70, 71)), place=hub.market).status_code == 403
    assert printed(binh, listed(range(70, 71))).status_code == 403
    printed(binh, listed(range(70, 71)), place=hub.hospital)
    page = binh.get("passes").text
    assert hub.hospital in page
    assert hub.market not in page
    assert "Không có thẻ" in binh.post("passes", do="revoke", number=number(40), reason="x").text
    assert Desk(hub, "di").get("passes").status_code == 403


def test_a_list_with_a_wrong_cell_issues_nothing_and_says_where(hub: Commune) -> None:
    an = Desk(hub, "an")
    answer = printed(an, listed(range(80, 81)) + b"\nX,12,,,\n", place=hub.market)
    assert answer.status_code == 400
    assert "dòng 3, B (Số CCCD): số căn cước có 12 chữ số" in answer.text
    assert hub.cli("pass", "list").stdout.count("staff") == 26
