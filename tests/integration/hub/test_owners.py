"""The owners' pages: what one sees of one's own place, and that no name is ever whole."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from hub.paper.reading import codes, pages
from tests.browser.street import PASSWORD, VISITOR, Phone, Street
from tests.kiosks import card, name, number, phone

PAGES = ("", "history", "roster", "correct", "board")
PLACE = {
    "name": "Quán Ví Dụ", "kind": "restaurant", "address": "1 Đường Thử, Huế",
    "responsible": "Nguyễn Văn Thử", "phone": "0900000002", "gates": "1", "hours": "6–22 giờ",
    "introduction": "Bún bò.\n\nMở cả <b>tuần</b>.",
}  # fmt: skip


@pytest.fixture(scope="module")
def street(street_hub: Street, tmp_path_factory: pytest.TempPathFactory) -> Street:
    """A hospital at which a real kiosk saw three people."""
    return street_hub.quarter(tmp_path_factory.mktemp("quarter"))


@pytest.fixture(scope="module")
def owner(street: Street) -> Phone:
    """The hospital's owner, logged in."""
    return Phone(street).log_in("/owner/", street.owner)


def roster(target: Path, people: tuple[int, ...]) -> Path:
    """Write a unit's list as CSV."""
    lines = ["Họ và tên,Số CCCD,Năm sinh"]
    lines += [f"{name(who)},{number(who)},1999" for who in people]
    target.write_text("\n".join(lines), encoding="utf-8")
    return target


def test_an_owner_sees_the_passages_of_a_real_kiosk_masked(owner: Phone) -> None:
    page = owner.get("/owner/history").text
    assert page.count('class="pill in"') == 3
    assert "Đ. T." in page
    assert "1999" in page


def test_an_owner_never_sees_a_full_name_number_or_phone_on_any_page(
    street: Street, owner: Phone, tmp_path: Path
) -> None:
    street.cli("roster", "set", street.hospital, str(roster(tmp_path / "r.csv", (1, 2, 3, 9))))
    for path in PAGES:
        text = owner.get(f"/owner/{path}").text
        for who in (1, 2, 3, 9):
            for secret in (name(who), number(who), phone(who)):
                assert secret not in text, path
    for path in ("", f"places/{street.hospital}"):
        assert name(1) not in owner.get(f"/desk/{path}").text


def test_an_owner_reaches_no_other_place_and_no_official_page(street: Street, owner: Phone) -> None:
    assert owner.get(f"/desk/places/{street.other}").status_code == 403
    for path in ("/desk/cases", "/desk/report", "/desk/requests", "/desk/residents"):
        assert owner.get(path).status_code == 403
    for path in PAGES:
        assert "/owner/login" in Phone(street).get(f"/owner/{path}").url
    official = Phone(street).log_in("/desk/", "lan")
    assert official.get("/owner/history").status_code == 403


def test_the_own_share_is_what_the_report_says(street: Street, owner: Phone) -> None:
    page = owner.get("/owner/").text
    (report,) = street.json("report")
    (row,) = (one for one in report["places"] if one["place"] == street.hospital)
    assert row["scanned"] == 3
    assert re.search(r"Đã quét</dt><dd>3<", page)


def test_the_head_of_a_unit_sees_of_the_roster_expected_scanned_missing_and_nobody_else(
    street: Street, owner: Phone, tmp_path: Path
) -> None:
    owner.get("/owner/roster")
    sent = roster(tmp_path / "staff.csv", (1, 2, 8)).read_bytes()
    page = owner.send({}, files={"file": ("staff.csv", sent, "text/csv")})
    today = f"{dt.datetime.now(dt.timezone(dt.timedelta(hours=7))):%d/%m}"
    figures = re.search(rf">{today}</th>" + r'<td class="n">(\d+)</td>' * 3, page.text)
    assert figures is not None, page.text
    assert figures.groups() == ("3", "2", "1")  # of 1, 2, 8: 8 is missing; 3 is no member
    missing = page.text.partition("Chưa quét hôm nay")[2].partition("</table>")[0]
    assert re.findall(r'<td class="n">(\d+)</td>', missing) == ["3"]
    street.box.enter(card(8))
    street.box.drain(tmp_path / "drain")
    assert "Ai trong danh sách cũng đã quét" in owner.get("/owner/roster").text


def test_a_person_who_is_erased_is_on_no_roster(
    street: Street, owner: Phone, tmp_path: Path
) -> None:
    street.cli("roster", "set", street.hospital, str(roster(tmp_path / "r.csv", (6, 7))))
    street.cli("erase", "--number", number(7), "--reason", "yêu cầu 12")
    page = owner.get("/owner/roster").text
    assert re.search(r'</th><td class="n">1</td>', page)


def test_a_list_by_which_nobody_is_recognised_is_refused(street: Street, owner: Phone) -> None:
    owner.get("/owner/roster")
    page = owner.send({}, files={"file": ("x.csv", "Họ và tên\nVí Dụ".encode(), "text/csv")})
    assert page.status_code == 400
    assert "Ví Dụ</" not in page.text.partition("Danh sách")[2]


def test_the_board_that_an_owner_prints_reads_and_opens_the_place(
    street: Street, owner: Phone
) -> None:
    owner.get("/owner/board")
    pdf = owner.send({"size": "A5"})
    assert pdf.headers["Content-Type"] == "application/pdf"
    read = codes(next(iter(pages(pdf.content))))
    token = str(read[0].text).rpartition("/")[2]
    assert "Bảng đúng" in Phone(street).get(f"/B/{token}").text


def test_a_place_is_applied_for_confirmed_and_then_its_owner_s(street: Street) -> None:
    applicant = Phone(street, "198.51.100.30")
    applicant.get("/owner/apply")
    wrong = applicant.send(PLACE | {"account": "x", "password": "123", "phone": "12"})
    assert wrong.status_code == 400
    assert wrong.text.count('class="wrong"') == 3
    assert PLACE["responsible"] in wrong.text
    page = applicant.send(PLACE | {"account": "quan", "password": PASSWORD})
    assert "đang chờ" in page.text
    assert applicant.get("/owner/history").url.endswith("/owner/waiting")
    official = Phone(street).log_in("/desk/", "lan")
    listed = official.get("/desk/changes").text
    (path,) = re.findall(r'href="(/desk/changes/\d+)"', listed)
    assert PLACE["responsible"] in official.get(path).text
    official.desk_post(path, decision="confirm")
    assert official.desk_post(path, decision="confirm").status_code == 403
    assert PLACE["name"] in applicant.get("/owner/").text
    assert "Đã đăng ký" in applicant.page.text
    applicant.get("/owner/board")
    assert "in được khi cán bộ" in applicant.page.text
    (made,) = (one for one in street.json("place", "list") if one["name"] == PLACE["name"])
    assert made["stage"] == "applied"


def test_a_new_place_belongs_to_the_unit_of_whoever_confirmed_it(
    street: Street, tmp_path: Path
) -> None:
    (tmp_path / "u.csv").write_text("Mã,Tên,Cấp\nU1,Phường Một,phường\n", encoding="utf-8")
    street.cli("unit", "import", str(tmp_path / "u.csv"))
    street.cli(
        "account", "add", "cua-phuong", "--role", "official", "--unit", "U1", "--password-stdin",
        stdin=PASSWORD + "\n",
    )  # fmt: skip
    applicant = Phone(street, "198.51.100.31")
    applicant.get("/owner/apply")
    applicant.send(PLACE | {"name": "Quán Của Phường", "account": "quan-2", "password": PASSWORD})
    official = Phone(street).log_in("/desk/", "cua-phuong")
    listed = official.get("/desk/changes").text
    (path,) = re.findall(r'href="(/desk/changes/\d+)">Quán Của Phường', listed)
    assert 'value="U1"' in official.get(path).text
    assert official.desk_post(path, decision="confirm", territory="U1").status_code == 200
    assert "Quán Của Phường" in official.get("/desk/places").text


def test_a_correction_takes_effect_when_an_official_confirms_it(
    street: Street, owner: Phone, tmp_path: Path
) -> None:
    board = street.board(street.hospital, tmp_path / "board.pdf")
    owner.get("/owner/correct")
    facts = PLACE | {"name": "Bệnh viện Đa khoa Ví Dụ", "kind": "hospital"}
    owner.send(facts)
    assert "đang chờ cán bộ xác nhận" in owner.page.text
    visitor = Phone(street)
    assert "Bún bò" not in visitor.get(board).text
    official = Phone(street).log_in("/desk/", "lan")
    (path,) = re.findall(r'href="(/desk/changes/\d+)"', official.get("/desk/changes").text)
    assert "1 Đường Thử" in official.get(path).text
    assert official.desk_post(path, decision="refuse").status_code == 400
    official.desk_post(path, decision="confirm")
    page = visitor.get(board).text
    assert "Bún bò" in page
    assert "<b>tuần" not in page
    assert "1 Đường Thử" in page
    actions = [row["action"] for row in street.json("audit")]
    assert "change-confirmed" in actions


def test_what_a_visitor_declared_by_phone_is_masked_for_the_owner_too(
    street: Street, owner: Phone, tmp_path: Path
) -> None:
    visitor = Phone(street)
    visitor.get(street.board(street.hospital, tmp_path / "b.pdf"))
    visitor.follow("/out")
    assert visitor.send(VISITOR).status_code == 200
    page = owner.get("/owner/history").text
    assert "N. T. V. Dụ" in page
    assert VISITOR["name"] not in json.dumps(page, ensure_ascii=False)


def test_a_claim_of_an_owned_place_says_so_and_a_second_application_is_not_lost_silently(
    street: Street,
) -> None:
    applicant = Phone(street, "198.51.100.31")
    applicant.get("/owner/apply")
    applicant.send(PLACE | {"name": "Quán Hai", "account": "quan-hai", "password": PASSWORD})
    applicant.get("/owner/apply")
    applicant.send(PLACE | {"name": "Quán Ba"})
    official = Phone(street).log_in("/desk/", "lan")
    first, second = re.findall(r'href="(/desk/changes/\d+)"', official.get("/desk/changes").text)
    assert "đã có chủ" not in official.get(first).text
    official.desk_post(first, decision="confirm")
    assert "đã có vai trò" in official.get(second).text
    again = official.desk_post(second, decision="confirm")
    assert (again.status_code, "đã có vai trò" in again.text) == (403, True)
    assert "Quán Ba" not in [one["name"] for one in street.json("place", "list")]
    official.desk_post(second, decision="refuse", reason="một tài khoản, một nơi")
    rival = Phone(street, "198.51.100.32")
    rival.get("/owner/apply")
    rival.send(PLACE | {"name": "Quán Hai", "account": "quan-gia", "password": PASSWORD})
    (claim,) = re.findall(r'href="(/desk/changes/\d+)"', official.get("/desk/changes").text)
    page = official.get(claim).text
    assert "đã có chủ" in page
    assert "quan-hai" in page
    official.desk_post(claim, decision="refuse", reason="đã có chủ")
