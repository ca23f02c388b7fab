"""Visits, letters, what is usual: from what real kiosks recorded to the official's file."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import io
import re
import sqlite3
import threading
import time
import unicodedata
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import qrcode
from PIL import Image

from hub.paper.reading import pages, words
from tests.browser.commune import Commune, Desk
from tests.browser.street import Phone
from tests.hubs import PERSON, Gate

VIETNAM = dt.timezone(dt.timedelta(hours=7))
TODAY = dt.datetime.now(VIETNAM).date()
COUNTED = ("Nơi Bảo Vệ Đếm", "Nơi Cảm Biến Đếm")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commune]:
    hub = Commune.opened(tmp_path_factory.mktemp("visits"))
    try:
        yield hub
    finally:
        hub.close()


@pytest.fixture(scope="module")
def an(hub: Commune) -> Desk:
    return Desk(hub, "an")


def photo() -> bytes:
    """A photo with its place in it, as phones write them."""
    image = Image.new("RGB", (1800, 900), "white")
    exif = Image.Exif()
    exif[0x010F] = "Máy ảnh Ví Dụ"
    exif[0x8825] = {1: "N", 2: (16.0, 27.0, 0.0)}
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif)
    return target.getvalue()


def signs(hub: Commune, place: str, day: dt.date = TODAY) -> list[str]:
    (report,) = hub.json("report", "--place", place, "--day", day.isoformat())
    return [sign["sign"] for sign in report["places"][0]["signs"]]


def test_a_visit_finds_a_violation_that_is_mended_late(hub: Commune, an: Desk) -> None:
    an.post(f"places/{hub.market}", do="visit", reason="không treo bảng", due=TODAY.isoformat())
    assert "1</b> nơi cần đến kiểm tra" in an.get().text
    path = "visits/" + an.get("visits").text.split('href="/desk/visits/')[1].split('"')[0]
    assert an.post(path, do="visit", finding="violation").status_code == 400  # no deadline
    page = an.post(
        path, files={"photo": ("a.jpg", photo())}, do="visit", finding="violation",
        note="Cổng sau không có bảng", deadline=(TODAY - dt.timedelta(days=1)).isoformat(),
    )  # fmt: skip
    assert "Cổng sau không có bảng" in page.text
    kept = an.get(f"{path}/photo").content
    found = Image.open(io.BytesIO(kept))
    assert (found.size, dict(found.getexif())) == ((1280, 640), {})
    database = (hub.data / "hub.sqlite3").read_bytes()
    assert kept[200:264] not in database  # encrypted at rest
    assert "unmended" in signs(hub, hub.market)
    assert "1</b> nơi cần kiểm tra lại" in an.get().text
    assert "Cổng sau" in an.post(path, do="recheck", mended="no").text
    assert "unmended" in signs(hub, hub.market)
    an.post(path, do="recheck", mended="yes", note="đã treo")
    assert "unmended" not in signs(hub, hub.market)
    assert an.post(path, do="recheck", mended="yes").status_code == 403
    actions = [row["action"] for row in hub.json("audit")]
    assert [a for a in actions if a.startswith("visit")] == [
        "visit-plan", "visit-made", "visit-again", "visit-again",
    ]  # fmt: skip


def test_what_is_no_photo_is_said(hub: Commune, an: Desk) -> None:
    an.post(f"places/{hub.school}", do="visit", reason="nhìn qua", due=TODAY.isoformat())
    path = "visits/" + an.get("visits").text.split('href="/desk/visits/')[1].split('"')[0]
    answer = an.post(path, files={"photo": ("a.jpg", b"MZ...")}, do="visit", finding="fine")
    assert (answer.status_code, "Ảnh không mở được" in answer.text) == (400, True)
    an.post(path, do="visit", finding="fine")
    assert an.post(path, do="visit", finding="fine").status_code == 403


def test_a_suspended_place_that_still_scans_is_the_first_to_go_to(hub: Commune, an: Desk) -> None:
    refused = an.post(f"places/{hub.market}", do="stage", stage="suspended")
    assert refused.status_code == 403
    an.post(f"places/{hub.market}", do="stage", stage="suspended", decision="12/QĐ-UBND",
            date=TODAY.isoformat())  # fmt: skip
    assert signs(hub, hub.market) == ["open-though"]
    page = an.get(f"places/{hub.market}").text
    assert "12/QĐ-UBND" in page
    an.post(f"places/{hub.market}", do="stage", stage="active", decision="15/QĐ-UBND",
            date=TODAY.isoformat())  # fmt: skip
    assert "open-though" not in signs(hub, hub.market)


def test_what_is_usual_comes_from_the_same_weekday_and_hour(hub: Commune, an: Desk) -> None:
    place = hub.place("Trường Nghỉ Chủ Nhật", kind="school")
    gate = Gate.joined(hub, place)
    yesterday = TODAY - dt.timedelta(days=1)

    def at(weeks: int, hour: int, minute: int = 0) -> int:
        day = yesterday - dt.timedelta(weeks=weeks)
        moment = dt.datetime.combine(day, dt.time(hour, minute), VIETNAM)
        return int(moment.timestamp() * 1000)

    for weeks, count in ((1, 30), (2, 50), (3, 40)):
        gate.send(
            [
                gate.entry(PERSON | {"number": f"0541990{n:05d}"}, boot_id=uuid.uuid4(),
                           wall_ms=at(weeks, 7, n))
                for n in range(count)
            ]
        )  # fmt: skip
    gate.send([gate.entry(boot_id=uuid.uuid4(), wall_ms=at(0, 7)) for _ in range(7)])
    assert "fell-silent" in signs(hub, place, yesterday)  # 7 of the usual 40
    assert "silent" not in signs(hub, place, yesterday - dt.timedelta(days=1))  # never open then
    with sqlite3.connect(hub.data / "hub.sqlite3") as db:
        (count,) = db.execute(
            "SELECT COUNT(*) FROM intake_entry WHERE place = ? AND type = 'passage'"
            " AND at_ms BETWEEN ? AND ?", (place, at(1, 7), at(1, 7) + 3_599_999),
        ).fetchone()  # fmt: skip
    assert count == 30
    tinh = Desk(hub, "tinh")
    page = tinh.get(f"places/{place}").text
    assert "week.svg" in page
    svg = tinh.get(f"places/{place}/week.svg")
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert "<script" not in svg.text
    assert 'class="value">31.8</desc>' in svg.text  # four such days by now, the last with 7


def plain(pdf: bytes) -> str:
    return unicodedata.normalize("NFC", " ".join(" ".join(words(pdf)).split()))


def test_the_report_is_an_official_letter_whose_figures_are_the_recount_s(
    hub: Commune, an: Desk, tmp_path: Path
) -> None:
    pdf = plain(an.get("report?format=pdf").content)
    for said in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
                 "ỦY BAN NHÂN DÂN PHƯỜNG THUẬN HÓA", "BÁO CÁO", "Nơi nhận:", "TM. ỦY BAN",
                 f"năm {TODAY.year}"):  # fmt: skip
        assert said in pdf, said
    with sqlite3.connect(hub.data / "hub.sqlite3") as db:
        midnight = dt.datetime.combine(TODAY, dt.time(), VIETNAM).timestamp() * 1000
        (scanned,) = db.execute(
            "SELECT COUNT(*) FROM intake_entry e JOIN places_profile p ON p.place_id = e.place"
            " JOIN places_unit u ON u.id = p.territory_id WHERE u.code = 'A'"
            " AND e.type = 'passage' AND e.at_ms >= ?", (midnight,),
        ).fetchone()  # fmt: skip
        (known,) = db.execute(
            "SELECT COUNT(*) FROM places_profile p JOIN places_unit u ON u.id = p.territory_id"
            " WHERE u.code = 'A' AND p.stage <> 'closed'"
        ).fetchone()
    assert scanned == 3
    assert f"ghi nhận {scanned} lượt quét mã" in pdf
    assert f"Trong {known} địa điểm đã biết" in pdf
    docx = an.get("report?format=docx").content
    with zipfile.ZipFile(io.BytesIO(docx)) as book:
        body = book.read("word/document.xml").decode("utf-8")
    text = re.sub(r"<[^>]+>", "", body.replace("</w:p>", " "))
    assert f"ghi nhận {scanned} lượt quét mã" in text
    assert "Times New Roman" in body
    margins = re.search(r"<w:pgMar ([^>]*)/>", body)
    assert margins is not None
    twips = dict(re.findall(r'w:(top|bottom|left|right)="(\d+)"', margins[1]))
    mm = {side: int(value) / 56.7 for side, value in twips.items()}
    assert 20 <= round(mm["top"]) <= 25
    assert 30 <= round(mm["left"]) <= 35
    assert 15 <= round(mm["right"]) <= 20
    out = tmp_path / "r.pdf"
    hub.cli("report", "--unit", "A", "--pdf", str(out), "--docx", str(tmp_path / "r.docx"))
    assert f"ghi nhận {scanned} lượt quét mã" in plain(out.read_bytes())


def test_late_units_get_a_letter_and_the_desk_knows(hub: Commune, tmp_path: Path) -> None:
    tinh = Desk(hub, "tinh")
    page = tinh.get("report/letters").text
    assert "Sở Giáo dục và Đào tạo" in page
    unit = page.split("Sở Giáo dục và Đào tạo", 1)[1].split('name="unit" value="')[1].split('"')[0]
    letter = plain(tinh.post("report/letters", unit=unit, format="pdf").content)
    for said in ("Kính gửi: Sở Giáo dục và Đào tạo", "V/v đôn đốc", "Trường Tiểu học Ví Dụ",
                 "Giám đốc Sở Giáo dục và Đào tạo"):  # fmt: skip
        assert said in letter, said
    assert "Đã soạn" in tinh.get("report/letters").text
    made = hub.json("letters", "--out", str(tmp_path / "out"))
    # The health department's one gate began today: nothing was usual yesterday, nothing is late.
    assert "SGD" in {one["unit"] for one in made}
    assert all(Path(one["file"]).read_bytes().startswith(b"%PDF") for one in made)
    assert "letter" in [row["action"] for row in hub.json("audit")]


def test_shares_of_guards_and_sensors_are_ranked_apart(hub: Commune) -> None:
    tinh = Desk(hub, "tinh")
    guarded, sensed = (Gate.joined(hub, hub.place(title)) for title in COUNTED)
    for gate, kind in ((guarded, "unscanned"), (sensed, "sensor")):
        gate.send([gate.entry() for _ in range(4)])
        gate.send([gate.entry({}, type="unscanned", count=4, kind=kind)])
    text = tinh.get("report").text
    sensor, guard = text.index("cảm biến: 50%"), text.index("bảo vệ: 50%")
    assert sensor < text.index("Nơi Cảm Biến Đếm") < guard < text.index("Nơi Bảo Vệ Đếm")
    sensed.send([sensed.entry({}, type="unscanned", count=9, kind="unscanned")])
    (report,) = hub.json("report", "--place", sensed.code.place)
    assert report["places"][0]["share"] == 0.5  # where a sensor counts, the guard's taps do not


def test_a_visit_verifies_a_place_that_was_on_the_list_only(hub: Commune, an: Desk) -> None:
    an.post(f"places/{hub.cafe}", do="visit", reason="đến xem", due=TODAY.isoformat())
    rows = an.get("visits").text.split("<tr>")
    (row,) = [row for row in rows if "Quán cà phê Ví Dụ" in row]
    an.post("visits/" + row.split('href="/desk/visits/')[1].split('"')[0], do="visit",
            finding="fine")  # fmt: skip
    (place,) = [one for one in hub.json("place", "list") if one["place"] == hub.cafe]
    assert place["stage"] == "verified"
    refused = an.post(f"places/{hub.cafe}", do="stage", stage="suspended")
    assert refused.status_code == 403
    an.post(f"places/{hub.cafe}", do="stage", stage="active")
    assert "hoạt động" in an.get(f"places/{hub.cafe}").text


def board(desk: Desk, place: str, **more: Any) -> dict[str, tuple[str, bytes]]:
    """Print a place's board at the desk and return a picture of it, as a form takes it."""
    pdf = desk.post(f"places/{place}/board", size="A5", **more).content
    target = io.BytesIO()
    next(iter(pages(pdf))).save(target, "PNG")
    return {"photo": ("b.png", target.getvalue())}


def test_a_photo_at_the_desk_tells_boards_apart_with_their_words(hub: Commune, an: Desk) -> None:
    first = board(an, hub.market)

    def said(files: dict[str, tuple[str, bytes]], place: str = hub.market) -> str:
        text = an.post("boards", files=files, place=place).text
        return text.split('role="status"')[1].split("</section>")[0]

    assert "Đúng bảng" in said(first)
    assert "Bảng của nơi khác" in said(first, hub.school)
    assert "Chợ Đông Ba Ví Dụ" in said(first, hub.school)  # whose it is
    second = board(an, hub.market, renew="1")
    assert "Bảng cũ" in said(first)
    number = an.get(f"places/{hub.market}").text.split('action="/desk/boards/')[1].split("/")[0]
    an.post(f"boards/{number}/revoke", reason="in sai")
    assert "Bảng cũ" in said(second)
    assert "đã thu hồi" in an.get(f"places/{hub.market}").text
    third = board(an, hub.market)
    details: dict[str, Any] = {
        "name": "Chợ Đông Ba Ví Dụ", "kind": "market", "gates": "1",
        "responsible": "Nguyễn Thị Ví Dụ", "phone": "0900000001",
    }  # fmt: skip
    an.post(f"places/{hub.market}", do="correct", address="3 Trần Hưng Đạo", **details)
    assert "khác hồ sơ" in said(third)
    forged, target = io.BytesIO(), qrcode.make("HTTPS://EVIL.EXAMPLE/B/ABC")
    target.save(forged)
    assert "không phải do hệ thống" in said({"photo": ("f.png", forged.getvalue())})
    empty, tiny = io.BytesIO(), io.BytesIO()
    Image.new("L", (800, 800), 200).save(empty, "PNG")
    assert "Không đọc được" in said({"photo": ("e.png", empty.getvalue())})
    Image.open(io.BytesIO(third["photo"][1])).resize((80, 113)).save(tiny, "PNG")
    assert "quá nhỏ" in said({"photo": ("t.png", tiny.getvalue())})
    assert an.post("boards", place=hub.market).status_code == 400


def test_a_commune_s_boards_come_in_one_file_by_street(hub: Commune, an: Desk) -> None:
    pdf = an.post("boards/unit", unit="A", size="A4", hotline="1022").content
    sheets = [unicodedata.normalize("NFC", " ".join(text.split())) for text in words(pdf)]
    order = [next(n for n, text in enumerate(sheets) if name in text)
             for name in ("Quán cà phê", "Trường Tiểu học", "Chợ Đông Ba")]  # fmt: skip
    assert order == [0, 1, 2]
    sheet = plain(an.post("boards/worksheet", unit="A").content)
    assert "Lê Lợi · 2 địa điểm" in sheet
    assert "Nguyễn Thị Ví Dụ, 0900000001" in sheet


def test_an_event_gets_its_board_at_once_and_closes_itself(hub: Commune, an: Desk) -> None:
    now = dt.datetime.now(VIETNAM)
    page = an.post(
        "places/new", do="event", name="Đám cưới Ví Dụ", host="Nhà gái",
        starts=f"{now - dt.timedelta(hours=3):%Y-%m-%dT%H:%M}",
        ends=f"{now + dt.timedelta(hours=3):%Y-%m-%dT%H:%M}",
    )  # fmt: skip
    place = page.url.split("/")[-2]
    assert an.post(f"places/{place}/board", size="A4").content.startswith(b"%PDF")
    with sqlite3.connect(hub.data / "hub.sqlite3") as db:
        past = (now - dt.timedelta(hours=1)).astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
        db.execute("UPDATE places_profile SET ends = ? WHERE place_id = ?", (past, place))
    an.get("today")
    (listed,) = [one for one in hub.json("place", "list") if one["place"] == place]
    assert listed["stage"] == "closed"
    assert an.post(f"places/{place}/board", size="A4").status_code == 403


def test_residents_reports_weigh_and_stand_on_the_page_of_the_day(
    hub: Commune, an: Desk, tmp_path: Path
) -> None:
    link = hub.link(hub.school, tmp_path / "b.pdf")
    phone = Phone(hub, "198.51.100.7")
    phone.get(link)
    phone.follow("/report")
    read = time.monotonic() + 2.1  # nobody fills a report in faster, so the page takes none
    threading.Event().wait(read - time.monotonic())
    filed = phone.send({"what": "no-board", "text": "Không thấy bảng"})
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", filed.text)
    assert found is not None
    assert "1</b> phản ánh chờ trả lời" in an.get("today").text
    assert "phản ánh chờ" not in Desk(hub, "binh").get("today").text
    assert "reported" in signs(hub, hub.school)
    an.post(f"residents/{found[0]}", state="closed", answer="Đã treo bảng.")
    assert "reported" not in signs(hub, hub.school)


def totp_code(secret: bytes, step: int) -> str:
    """The six digits of a time step, by RFC 6238 and nobody's code."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def test_a_second_factor_is_taken_at_the_desk(hub: Commune) -> None:
    desk = Desk(hub, "hue")
    assert desk.post("account", do="factor", password="guess").status_code == 403
    page = desk.post("account", do="factor", password="lúa-mì-rau-cải-7").text
    assert "<svg" in page
    shown = page.split('class="print">')[1].split("<")[0].replace(" ", "")
    secret = base64.b32decode(shown)
    assert desk.post("account", do="confirm", code="000000").status_code == 400
    page = desk.post("account", do="factor", password="lúa-mì-rau-cải-7").text
    secret = base64.b32decode(page.split('class="print">')[1].split("<")[0].replace(" ", ""))
    step = int(time.time()) // 30
    assert desk.post("account", do="confirm", code=totp_code(secret, step)).status_code == 200
    assert "Đang bật" in desk.get("account").text
    assert not Desk(hub, "hue").inside
    assert Desk(hub, "hue", code=totp_code(secret, step + 1)).inside
    assert desk.post("account", do="confirm", code="000000").status_code == 403  # stays
