"""What strangers try on the pages that everybody may open: odd forms, old pages, large bodies."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from hub.visitors.photos import clean
from tests.browser.street import PASSWORD, VISITOR, Phone, Street

APPLICATION = {
    "name": "Quán Ví Dụ", "kind": "worship", "address": "1 Đường Ví Dụ", "gates": "1",
    "responsible": "Nguyễn Thị Ví Dụ", "phone": "0900000001", "password": PASSWORD,
}  # fmt: skip
CHECKINS = 12
"""What one place takes in an hour here."""


@pytest.fixture(scope="module")
def street_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A hub of our own: applications that nobody decides would wait at others' desks."""
    folder = tmp_path_factory.mktemp("street")
    (folder / "hub").mkdir()
    (folder / "hub" / "public.toml").write_text(f"checkins = {CHECKINS}\n", encoding="utf-8")
    street = Street.opened(folder)
    yield street
    street.close()


@pytest.fixture(scope="module")
def place(street_hub: Street) -> str:
    """A place without a kiosk."""
    return street_hub.place("Chùa Ví Dụ", kind="worship")


@pytest.fixture(scope="module")
def board(street_hub: Street, place: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where its board leads."""
    return street_hub.board(place, tmp_path_factory.mktemp("board") / "board.pdf")


@pytest.fixture
def phone(street_hub: Street) -> Phone:
    """A phone that has opened nothing."""
    return Phone(street_hub)


@pytest.mark.parametrize("gates", ["²", "٣", "0", "100", "9" * 5000], ids=lambda text: text[:3])
def test_gates_are_a_number_of_ours_or_are_asked_for_again(phone: Phone, gates: str) -> None:
    phone.get("/owner/apply")
    answer = phone.send(APPLICATION | {"account": f"cong{len(gates)}", "gates": gates})
    assert (answer.status_code, "/owner/apply" in answer.url) == (400, True)


@pytest.mark.parametrize("name", ["ｌａｎ", "ＬＡＮ", "LAN"])
def test_letters_of_another_width_make_nobody_s_double(phone: Phone, name: str) -> None:
    phone.get("/owner/apply")
    answer = phone.send(APPLICATION | {"account": name})
    assert (answer.status_code, "/owner/apply" in answer.url) == (400, True)


def test_an_account_s_applications_wait_before_it_may_file_more(phone: Phone) -> None:
    phone.get("/owner/apply")
    phone.send(APPLICATION | {"account": "nhieu-don"})
    for number in range(8):
        phone.get("/owner/apply")
        phone.send(APPLICATION | {"name": f"Quán Ví Dụ {number}"})
    listed = phone.get("/owner/waiting").text
    assert len(set(re.findall(r"Quán Ví Dụ(?: \d)?", listed))) == 5


def test_a_form_sent_again_with_somebody_else_records_them_and_nobody_twice(
    street_hub: Street, phone: Phone, board: str, place: str
) -> None:
    phone.get(board)
    page = phone.follow("/in")
    for person in (
        VISITOR,
        VISITOR,
        VISITOR | {"name": "Trần Văn Ví Dụ", "number": "054099012346"},
    ):
        phone.page = page  # back to the very same form
        assert phone.send(person).status_code == 200
    found = street_hub.entries("--reveal", "--reason", "a test looks at its own entries")
    names = sorted(one["person"]["name"] for one in found if one["place"] == place)
    assert names == ["Nguyễn Thị Ví Dụ", "Trần Văn Ví Dụ"]


def test_a_receipt_lets_one_leave_and_never_come_in_again(phone: Phone, board: str) -> None:
    phone.get(board)
    opened = phone.follow("/in").url.removesuffix("/in")
    phone.send(VISITOR)
    leaving = re.findall(r'action="([^"]*)/out"', phone.page.text)[0]
    back = re.findall(r'href="(/p/[^"]*)">', phone.page.text)
    assert back == [opened.removeprefix(phone.url)]  # as old as it was
    assert phone.session.get(f"{phone.url}{leaving}/in").status_code == 410
    assert phone.session.get(f"{phone.url}{leaving}").status_code == 410
    left = phone.send({})
    assert (left.status_code, "/in" in left.text) == (200, False)


@pytest.mark.parametrize(("language", "said"), [("vi", "bật cookie"), ("en", "Allow them")])
def test_a_browser_without_cookies_is_told_in_its_language(
    phone: Phone, language: str, said: str
) -> None:
    answer = phone.session.post(phone.url + "/my-data", headers={"Accept-Language": language})
    assert (answer.status_code, said in answer.text) == (403, True)


@pytest.mark.parametrize(("language", "said"), [("vi", "Không có trang này"), ("en", "no such")])
def test_an_address_that_is_none_is_told_in_its_language(
    phone: Phone, language: str, said: str
) -> None:
    answer = phone.session.get(phone.url + "/khong-co", headers={"Accept-Language": language})
    assert (answer.status_code, said in answer.text) == (404, True)


@pytest.mark.parametrize("path", ["/my-data", "/", "/owner/login", "/report"])
def test_a_body_larger_than_any_form_is_turned_away_unread(phone: Phone, path: str) -> None:
    phone.get("/my-data")
    data = {"csrfmiddlewaretoken": phone.session.cookies["csrftoken"]}
    answer = phone.session.post(
        phone.url + path, data=data, files={"x": ("x", bytes(25 * 1024 * 1024))}
    )
    assert answer.status_code == 413


def test_days_that_no_calendar_here_has_are_asked_for_again(street_hub: Street, place: str) -> None:
    words = ("account", "add", "chu-chua", "--role", "owner", "--place", place, "--password-stdin")
    street_hub.cli(*words, stdin=PASSWORD + "\n")
    owner = Phone(street_hub).log_in("/owner/", "chu-chua")
    official = Phone(street_hub).log_in("/desk/", "lan")
    for day in ("0001-01-01", "9999-12-31"):
        assert owner.get(f"/owner/history?day={day}").status_code == 400
        assert official.get(f"/desk/report?day={day}").status_code == 400


@pytest.mark.parametrize(("at", "byte"), [(17, 0), (17, 26), (19, 5), (51, 10)])
def test_a_photo_whose_facts_are_damaged_is_a_photo_all_the_same(at: int, byte: int) -> None:
    facts = Image.Exif()
    facts[0x0112], facts[0x010E] = 6, "abcdef"
    facts[0x8825] = {1: "N", 2: (1.0, 2.0, 3.0)}
    made = io.BytesIO()
    Image.new("RGB", (40, 20)).save(made, "JPEG", exif=facts.tobytes())
    damaged = bytearray(made.getvalue())
    damaged[damaged.index(b"Exif") + at] = byte
    assert set(Image.open(io.BytesIO(clean(bytes(damaged)))).size) == {20, 40}


def test_a_flood_of_check_ins_at_one_place_is_asked_to_wait_and_other_places_go_on(
    street_hub: Street, place: str, board: str, tmp_path: Path
) -> None:
    flooded = street_hub.place("Đình Ví Dụ", kind="worship")
    at = street_hub.board(flooded, tmp_path / "board.pdf")
    said = []
    for turn in range(CHECKINS + 1):
        phone = Phone(street_hub, f"203.0.113.{turn}")
        phone.get(at)
        phone.follow("/in")
        said.append(phone.send(VISITOR))
    assert [one.status_code for one in said] == [200] * CHECKINS + [429]
    assert "quá nhiều lượt tự ghi" in said[-1].text
    taken = [one for one in street_hub.entries() if one["place"] == flooded]
    assert len(taken) == CHECKINS
    other = Phone(street_hub, "203.0.113.99")
    other.get(board)
    other.follow("/in")
    assert other.send(VISITOR).status_code == 200


def test_looking_up_numbers_uses_up_nobody_s_share_of_filing(street_hub: Street) -> None:
    phone = Phone(street_hub, "203.0.113.120")
    for _ in range(20):
        for page in ("report", "my-data"):
            assert phone.get(f"/{page}/2222-2222-2222").status_code == 404
    phone.get("/my-data")
    assert phone.send({"what": "see"}).status_code == 200
    assert "/my-data/" in phone.page.url
