"""Everybody's pages without a browser's help: boards, check-ins as entries, reports, my data."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import struct
import time
import uuid
import zlib
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from hub.guard.limits import Limit
from hub.visitors.limits import TOO_QUICK_S
from hub.visitors.photos import PHOTO_BYTES, BadPhoto, clean
from hub.visitors.workdays import VIETNAM
from hub.visitors.workdays import due as due_of
from kiosk.clock import SystemClock
from kiosk.identity import Identity
from kiosk.membership import Membership
from tests.browser.street import PASSWORD, VISITOR, WELL, Phone, Street
from tests.hubs import Gate
from tests.kiosks import name, number
from wire import tokens
from wire.claims import Board
from wire.enrol import ClaimAnswer
from wire.keys import SigningKey, VerifyKey


@pytest.fixture(scope="module")
def board(street: Street, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the hospital's board leads."""
    return street.board(street.hospital, tmp_path_factory.mktemp("board") / "board.pdf")


def entries(street: Street, *, since: int = 0) -> list[dict]:
    """Return what pages recorded, names open."""
    found = street.entries("--reveal", "--reason", "a test looks at its own entries")
    return [one for one in found if one["trust"] == "self-reported"][since:]


# -- boards ---------------------------------------------------------------------------------


def test_a_board_leads_to_its_place_and_says_that_it_holds(street: Street, board: str) -> None:
    page = Phone(street).get(board)
    assert page.status_code == 200
    assert "Bệnh viện Đa khoa Ví Dụ" in page.text
    assert "Bảng đúng, đang có hiệu lực" in page.text
    assert "/in" in page.text
    assert "/out" in page.text


def test_each_state_of_a_board_has_its_own_words(street: Street, tmp_path: Path) -> None:
    place = street.place("Nhà hàng Ví Dụ", kind="restaurant")
    first = street.board(place, tmp_path / "1.pdf")
    phone = Phone(street)
    street.board(place, tmp_path / "2.pdf", "--renew")
    assert "Bảng này đã cũ" in phone.get(first).text
    forged = first[:-40] + "A" * 40
    answer = phone.get(forged)
    assert (answer.status_code, "không phải của chúng tôi" in answer.text) == (404, True)
    assert 'href="/report"' in answer.text
    decided = ("--decision", "12/QĐ-UBND", "--date", "2026-11-01")
    street.cli("place", "stage", place, "suspended", *decided)
    suspended = phone.get(first)
    assert "12/QĐ-UBND" in suspended.text
    assert 'class="button in"' not in suspended.text
    assert 'class="button out"' in suspended.text
    street.cli("place", "stage", place, "closed", *decided)
    assert 'class="button' not in phone.get(first).text


def test_a_stranger_s_key_makes_no_board(street: Street) -> None:
    made = tokens.issue_board(
        Board(street.hospital, "Bệnh viện Đa khoa Ví Dụ", int(time.time())),
        SigningKey.new(), street.url,
    )  # fmt: skip
    assert Phone(street).get(f"/B/{made.rpartition('/')[2]}").status_code == 404


# -- a kiosk's code of the minute -------------------------------------------------------------


def minute(street: Street, gate: Gate, **changes: object) -> str:
    """Return the address in a gate's code of the minute, as it would be at ``boot_ms``."""
    certificate = changes.pop("certificate", None) or claimed(gate)
    facts = {
        "place": gate.code.place, "name": "", "issued": 0, "gate": "Cổng A",
        "chain": gate.chain.bytes, "boot": gate.boot_id.bytes, "boot_ms": gate.boot_ms,
    }  # fmt: skip
    made = tokens.issue_board(Board(**facts | changes), gate.key, street.url, certificate)  # type: ignore[arg-type]
    return f"/B/{made.rpartition('/')[2]}"


def claimed(gate: Gate) -> bytes:
    """Return the certificate that the hub gives this gate."""
    return ClaimAnswer.unpack(gate.claim().read("claim-answer")).certificate


def test_a_real_kiosk_s_code_of_the_minute_opens_its_gate_and_a_photograph_of_it_does_not(
    street: Street,
) -> None:
    who = Identity.load(street.box.data)
    assert who.certificate
    member = Membership(street.box.data, who, SystemClock(synchronised=lambda: True))
    phone = Phone(street)
    fresh = member.board(uuid.uuid4())
    page = phone.get(f"/B/{fresh.rpartition('/')[2]}")
    assert (page.status_code, "còn mới" in page.text) == (200, True)
    # A photograph of yesterday's, of a boot that is over since.
    issued = int(time.time()) - 86_400
    yesterday = Board(
        street.hospital, "", issued, who.code.gate, issued + 180, boot=uuid.uuid4().bytes, boot_ms=9
    )
    old = tokens.issue_board(yesterday, who.key, street.url, who.certificate)
    page = phone.get(f"/B/{old.rpartition('/')[2]}")
    assert (page.status_code, "Mã này đã cũ" in page.text) == (410, True)
    assert 'class="button' not in page.text


def test_where_the_hub_knows_the_boot_a_wrong_clock_does_not_matter(street: Street) -> None:
    gate = Gate.joined(street, street.other, clock="untrusted", clock_off_ms=-(10**10))
    gate.send([gate.entry(direction="in")])
    phone, certificate = Phone(street), claimed(gate)
    assert "còn mới" in phone.get(minute(street, gate, certificate=certificate)).text
    # A photograph of half an hour ago, and a code that says it is of later than now.
    gate.boot_ms += 30 * 60_000
    gate.pulsed()
    for boot_ms in (gate.boot_ms - 30 * 60_000, gate.boot_ms + 30 * 60_000):
        made = minute(street, gate, certificate=certificate, boot_ms=boot_ms)
        assert phone.get(made).status_code == 410
    unknown = minute(street, gate, certificate=certificate, boot=uuid.uuid4().bytes)
    assert "Chưa kiểm tra được" in phone.get(unknown).text
    # Where nothing is known of the time a kiosk shows a code that does not change.
    static = minute(street, gate, certificate=certificate, chain=b"", boot=b"", boot_ms=0)
    assert "Bảng đúng" in phone.get(static).text


def test_a_code_is_believed_only_from_the_kiosk_that_its_certificate_names(street: Street) -> None:
    gate, rival = Gate.joined(street, street.other), Gate.joined(street, street.hospital)
    phone = Phone(street)
    assert phone.get(minute(street, gate, place=street.hospital)).status_code == 404
    assert phone.get(minute(street, gate, certificate=claimed(rival))).status_code == 404
    rival.send([rival.entry()])
    assert phone.get(minute(street, gate, chain=rival.chain.bytes)).status_code == 404
    good = minute(street, gate)
    assert phone.get(good).status_code == 200
    street.cli("kiosk", "revoke", str(gate.code.kiosk), "--reason", "thử")
    assert phone.get(good).status_code == 404


# -- checking in --------------------------------------------------------------------------------


def test_a_check_in_is_an_entry_that_tracing_finds(street: Street, board: str) -> None:
    before = len(entries(street))
    phone = Phone(street)
    phone.get(board)
    phone.follow("/declare")
    done = phone.send(VISITOR | WELL | {"purpose": "relative", "address": "Phường Thử, Huế"})
    assert (done.status_code, "Đã ghi vào" in done.text) == (200, True)
    (entry,) = entries(street, since=before)
    assert entry["person"]["name"] == VISITOR["name"]
    assert entry["person"]["phone"] == "0900000001"
    assert (entry["kind"], entry["type"], entry["purpose"]) == ("web-board", "passage", "relative")
    assert entry["content"]["declaration"]["symptoms"] == "none"
    assert entry["flags"] == []
    traced = street.json("trace", "--case", opened_case(street))
    assert VISITOR["name"] in json.dumps(traced, ensure_ascii=False)


def opened_case(street: Street) -> str:
    """Open an emergency case on the kiosk's first visitor and return its id."""
    done = street.cli(
        "case", "open", "--account", "lan", "--number", number(1), "--reason", "ca thử",
        "--emergency", "--password-stdin", "--json", stdin=PASSWORD + "\n",
    )  # fmt: skip
    return str(json.loads(done.stdout.splitlines()[-1])["case"])


def test_a_self_reported_passage_is_told_apart_and_counts_in_no_share(
    street: Street, board: str
) -> None:
    today = dt.datetime.now(VIETNAM).date().isoformat()
    (before,) = street.json("report", "--day", today)
    phone = Phone(street)
    phone.get(board)
    phone.follow("/declare")
    assert (
        "Đã ghi vào" in phone.send(VISITOR | WELL | {"purpose": "relative", "address": "Huế"}).text
    )
    (after,) = street.json("report", "--day", today)
    assert after["self_reported"] == before["self_reported"] + 1
    assert after["scanned"] == before["scanned"]


def test_a_family_is_one_form_and_an_entry_and_a_code_each(street: Street, board: str) -> None:
    before = len(entries(street))
    phone = Phone(street)
    phone.get(board)
    phone.follow("/declare")
    child = {"name_1": "Trần Ví Dụ Con", "year_1": "2018", "sex_1": "male", "number_1": ""}
    done = phone.send(VISITOR | {"whom": "self", "fever": "1", "purpose": "patient"} | child)
    made = entries(street, since=before)
    assert sorted(one["person"]["name"] for one in made) == [VISITOR["name"], "Trần Ví Dụ Con"]
    kept = re.findall(r'href="(/declaration/[^"]+)"', done.text)
    assert len(kept) == 2
    assert "Hãy đeo khẩu trang" in done.text
    page = phone.get(kept[1])
    assert "T. V. D. Con" in page.text
    assert "Có khai triệu chứng" in page.text
    for secret in (VISITOR["name"], VISITOR["number"], "0900000001"):
        assert secret not in page.text


def test_the_kept_code_is_a_declaration_that_every_gate_verifies(street: Street) -> None:
    (made,) = street.json(
        "declaration", "issue", "Nguyễn Thị Ví Dụ", "--birth", "1999", "--number",
        VISITOR["number"], "--summary", "fever,contact-area", "--by-other",
    )  # fmt: skip
    key = VerifyKey(Identity.load(street.box.data).code.hub_key)
    read = tokens.read(made["code"], {key.kid: key})
    assert read.facts.name == "N. T. V. Dụ"
    assert read.facts.summary == ("fever", "contact-area")
    verdict = street.box.enter(made["code"])
    assert (verdict["verdict"], verdict["kind"]) == ("recorded", "declaration")


def test_a_form_sent_twice_counts_once(street: Street, board: str) -> None:
    before = len(entries(street))
    phone = Phone(street)
    phone.get(board)
    form = phone.follow("/out")
    for _ in range(2):
        assert "Đã ghi ra" in phone.send(VISITOR).text
        phone.page = form
    assert len(entries(street, since=before)) == 1


def test_a_phone_remembers_only_whoever_chose_so_and_forgets_at_a_touch(
    street: Street, board: str
) -> None:
    phone = Phone(street)
    phone.get(board)
    phone.follow("/out")
    phone.send(VISITOR)
    assert "me" not in phone.session.cookies
    phone.get(board)
    phone.follow("/out")
    phone.send(VISITOR | {"keep": "1"})
    assert VISITOR["name"] not in phone.session.cookies["me"]
    before = len(entries(street))
    phone.get(board)
    assert "N. T. V. Dụ" in phone.follow("/in").text
    phone.send({"purpose": "staff"})  # the first form: one touch, nothing typed
    (entry,) = entries(street, since=before)
    assert (entry["person"]["number"], entry["direction"]) == (VISITOR["number"], "in")
    phone.get(board)
    phone.follow("/in")
    assert phone.send({}, form=1).url.endswith("/forgotten")
    assert "me" not in phone.session.cookies


def test_leaving_is_one_touch_on_the_receipt(street: Street, board: str) -> None:
    phone = Phone(street)
    phone.get(board)
    phone.follow("/declare")
    phone.send(VISITOR | WELL | {"purpose": "relative"})
    before = len(entries(street))
    assert "Đã ghi ra" in phone.send({}).text
    (entry,) = entries(street, since=before)
    assert (entry["direction"], entry["person"]["number"]) == ("out", VISITOR["number"])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Cần điền"),
        ("name", "Nguyễn 123", "không có số"),
        ("name", "😀", "không có số"),
        ("name", "Ă" * 10_000, "không có số"),
        ("year", "1850", "Năm sinh"),
        ("phone", "0900", "Số điện thoại"),
        ("number", "12345", "12 chữ số"),
        ("sex", "x", "Hãy chọn"),
        ("agree", "", "Cần bạn đồng ý"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    street: Street, board: str, field: str, value: str, said: str
) -> None:
    before = len(entries(street))
    phone = Phone(street)
    phone.get(board)
    phone.follow("/out")
    answer = phone.send(VISITOR | {field: value})
    assert (answer.status_code, said in answer.text) == (400, True)
    assert 'role="alert"' in answer.text
    if field != "phone":
        assert VISITOR["phone"] in answer.text
    assert len(entries(street, since=before)) == 0


def test_a_page_opened_long_ago_or_made_up_records_nothing(street: Street) -> None:
    phone = Phone(street)
    for path in ("/p/made-up", "/p/made-up/in", "/p/a:b:c/out", "/p/x/report"):
        assert phone.get(path).status_code == 410


def test_pages_take_no_form_from_elsewhere_and_run_no_script(street: Street, board: str) -> None:
    phone = Phone(street)
    page = phone.get(board)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert page.headers["X-Frame-Options"] == "DENY"
    form = phone.follow("/out")
    answer = phone.session.post(form.url, data=VISITOR, timeout=20)
    assert answer.status_code == 403
    assert "<script" not in page.text + form.text
    assert phone.session.get(board, headers={"Host": "evil.example"}, timeout=20).status_code == 400


def test_a_bus_behind_one_address_passes_and_a_flood_waits() -> None:
    limit = Limit(45, 600)
    assert not any(limit.over("192.0.2.1", now_s=1.0) for _ in range(45))
    assert limit.over("192.0.2.1", now_s=2.0)
    assert not limit.over("192.0.2.2", now_s=2.0)
    assert not limit.over("192.0.2.1", now_s=601.0)


def test_what_the_public_page_recorded_leaves_no_gate_silent(street: Street, board: str) -> None:
    phone = Phone(street)
    phone.get(board)
    phone.follow("/out")
    phone.send(VISITOR)
    (report,) = street.json("report")
    assert street.hospital in {gate["place"] for gate in report["gates"]}
    assert "web" not in {gate["gate"] for gate in report["gates"]}
    web = [one for one in street.json("kiosk", "list") if one["status"] == "web"]
    assert web


# -- reports ---------------------------------------------------------------------------------


def photo(**more: object) -> bytes:
    """Return a phone's photo with a position in it."""
    image = Image.new("RGB", (2600, 1900), (90, 120, 90))
    exif = Image.Exif()
    exif[0x010F] = "SECRETPHONE"
    exif.get_ifd(0x8825)[1] = "N"
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif, **more)
    return target.getvalue()


def test_a_report_gets_a_number_is_seen_at_the_desk_and_answered(
    street: Street, board: str
) -> None:
    phone = Phone(street, "198.51.100.7")
    phone.get(board)
    phone.follow("/report")
    told = {"what": "nobody-scans", "text": "Không ai nhắc quét <b>mã</b>", "contact": "0900000009"}
    too_quick = phone.send(told)
    assert "bấm gửi lần nữa" in too_quick.text
    phone.page = too_quick
    wait_until_read(phone)
    filed = phone.send(told, files={"photo": ("a.jpg", photo(), "image/jpeg")})
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", filed.text)
    assert found is not None, filed.text
    desk = Phone(street).log_in("/desk/", "lan")
    assert found[0] in desk.get("/desk/residents").text
    page = desk.get(f"/desk/residents/{found[0]}")
    assert "0900000009" in page.text
    assert "<b>mã" not in page.text
    kept = desk.get(f"/desk/residents/{found[0]}/photo").content
    image = Image.open(io.BytesIO(kept))
    assert max(image.size) == 1280
    assert not image.getexif()
    assert b"SECRETPHONE" not in kept
    desk.desk_post(f"/desk/residents/{found[0]}", state="closed", answer="Đã nhắc nhở bệnh viện.")
    followed = Phone(street, "198.51.100.8").get(f"/report/find?number={found[0].lower()}")
    assert "Đã nhắc nhở bệnh viện." in followed.text
    assert "0900000009" not in followed.text


def wait_until_read(phone: Phone) -> None:
    """Wait as long as a person at least needs to read the form."""
    Event().wait(TOO_QUICK_S + 0.1)


def test_a_photo_that_is_none_or_hides_a_bomb_is_refused() -> None:
    large, bomb = io.BytesIO(), io.BytesIO()
    Image.new("1", (9_000, 7_000)).save(large, "PNG")
    Image.new("1", (8, 8)).save(bomb, "PNG")
    # Eight by eight, and its header says sixty thousand.
    head = b"IHDR" + struct.pack(">II", 60_000, 60_000) + bomb.getvalue()[24:29]
    crc = struct.pack(">I", zlib.crc32(head))
    swollen = bomb.getvalue()[:12] + head + crc + bomb.getvalue()[33:]
    too_many = b"\xff\xd8" + bytes(PHOTO_BYTES)
    for data in (b"<svg onload=alert(1)>", b"GIF89a", photo()[:900], large.getvalue(), swollen,
                 too_many):  # fmt: skip
        with pytest.raises(BadPhoto):
            clean(data)
    assert clean(photo(quality=60)).startswith(b"\xff\xd8")


def test_a_robot_that_fills_in_everything_files_nothing(street: Street) -> None:
    phone = Phone(street, "198.51.100.9")
    phone.get("/my-data")
    answer = phone.send({"what": "see", "website": "https://spam.example"})
    assert answer.status_code == 400
    assert "/my-data/" not in answer.url


# -- my data ---------------------------------------------------------------------------------


def asked(street: Street, what: str, address: str) -> str:
    """File a request and return its number."""
    phone = Phone(street, address)
    phone.get("/my-data")
    page = phone.send({"what": what, "contact": "0900000008"})
    found = re.search(r"/my-data/([^?]+)", page.url)
    assert found is not None, page.text
    return found[1]


@pytest.mark.parametrize(
    ("made", "due"),
    [
        ("2026-11-23", "2026-11-25"),  # Monday: Wednesday
        ("2026-11-26", "2026-11-30"),  # Thursday: Monday
        ("2026-11-27", "2026-12-01"),  # Friday: Tuesday
        ("2026-11-28", "2026-12-01"),  # Saturday: Tuesday
        ("2026-11-29", "2026-12-01"),  # Sunday: Tuesday
    ],
)
def test_two_working_days_skip_the_weekend(made: str, due: str) -> None:
    found = due_of(dt.datetime.fromisoformat(f"{made}T23:30:00+07:00"))
    assert found.astimezone(VIETNAM).isoformat() == f"{due}T23:59:59+07:00"


@pytest.mark.parametrize(
    ("made", "due"),
    [
        ("2026-12-30", "2027-01-04"),  # Wednesday: Thursday, New Year's Day, Monday
        ("2027-02-03", "2027-02-11"),  # Wednesday: Thursday, Tết until Wednesday, Thursday
    ],
)
def test_holidays_of_the_calendar_and_those_that_were_named_rest_too(made: str, due: str) -> None:
    tet = [dt.date(2027, 2, day) for day in range(5, 11)]
    found = due_of(dt.datetime.fromisoformat(f"{made}T08:00:00+07:00"), tet)
    assert found.date().isoformat() == due


def step(page: str) -> str:
    """Return which comparison a page shows, as its form sends it."""
    found = re.search(r'name="step" value="([^"]+)"', page)
    return found[1] if found else ""


def test_a_person_sees_what_is_held_after_one_official_compared_the_card_and_another_opens(
    street: Street,
) -> None:
    number_ = asked(street, "see", "198.51.100.20")
    path = f"/desk/requests/{number_}"
    first = Phone(street).log_in("/desk/", "lan")
    second = Phone(street).log_in("/desk/", "mai")
    assert number_ in first.get("/desk/requests").text
    assert "0900000008" in first.get(path).text
    unproven = first.desk_post(path, do="compare", number=number(1))
    assert unproven.status_code == 403
    card_text = f"{number(1)}||{name(1)}|01021999|Nữ|Thôn Phú Lộc|22062022"
    page = first.desk_post(path, do="compare", number=card_text, seen="1")
    assert name(1) not in page.text
    shown = second.get(path).text
    assert "0900000008" in shown
    assert number(1) in shown
    page = second.desk_post(path, do="see", step=step(shown))
    assert "0900000008" in page.text
    assert name(1) in page.text
    assert name(3) not in page.text
    assert "Bệnh viện Đa khoa Ví Dụ" in page.text
    rows = [row for row in street.json("audit") if row["subject"] == number_]
    done = {(row["action"], row["actor"].rpartition(":")[2]) for row in rows}
    assert {("data-request-compared", "lan"), ("reveal", "mai"), ("data-request", "mai")} <= done
    again = second.desk_post(path, do="see", step=step(shown))
    assert again.status_code == 403
    assert name(1) not in again.text


@pytest.mark.parametrize("what", ["see", "erase"])
def test_one_official_alone_opens_and_erases_nothing(street: Street, what: str) -> None:
    number_ = asked(street, what, f"198.51.100.{23 if what == 'see' else 24}")
    path = f"/desk/requests/{number_}"
    lan = Phone(street).log_in("/desk/", "lan")
    alone = lan.desk_post(path, do=what, seen="1", number=number(2))
    assert alone.status_code == 403
    lan.desk_post(path, do="compare", seen="1", number=number(2))
    mai = Phone(street).log_in("/desk/", "mai")
    stale = step(mai.get(path).text)
    assert stale
    own = lan.desk_post(path, do=what, step=stale)
    twice = lan.desk_post(path, do="compare", seen="1", number=number(3))
    assert (own.status_code, twice.status_code) == (403, 403)
    # Another card than the second official looked at is not opened by their page.
    lan.desk_post(path, do="back")
    lan.desk_post(path, do="compare", seen="1", number=number(3))
    other = mai.desk_post(path, do=what, step=stale)
    assert other.status_code == 403
    for page in (alone, own, other):
        assert name(2) not in page.text
        assert name(3) not in page.text
    done = {row["action"] for row in street.json("audit") if row["subject"] == number_}
    assert not done & {"reveal", "data-request"}


def test_erasing_says_the_same_whether_there_was_anything_or_not(street: Street) -> None:
    first = Phone(street).log_in("/desk/", "lan")
    second = Phone(street).log_in("/desk/", "mai")
    pages, public = [], []
    for whose, address in ((number(3), "198.51.100.21"), ("054199077001", "198.51.100.22")):
        number_ = asked(street, "erase", address)
        path = f"/desk/requests/{number_}"
        before = Phone(street, address).get(f"/my-data/{number_}").text
        first.desk_post(path, do="compare", number=whose, seen="1")
        page = second.desk_post(path, do="erase", step=step(second.get(path).text))
        after = Phone(street, address).get(f"/my-data/{number_}").text
        pages.append(
            re.sub(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}|value=\"\w{64}\"|\d\d:\d\d", "", page.text)
        )
        public.append(re.sub(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}|\d\d:\d\d", "", before + after))
    assert pages[0] == pages[1]
    assert "Đã xoá mọi thứ" in pages[0]
    assert public[0] == public[1]
    assert number(3) not in json.dumps(street.entries("--reveal"), ensure_ascii=False)


def test_only_officials_see_requests_and_reports(street: Street) -> None:
    owner = Phone(street).log_in("/owner/", street.owner)
    for path in ("/desk/requests", "/desk/residents", "/desk/changes"):
        assert owner.get(path).status_code == 403
        assert "/desk/login" in Phone(street).get(path).url


# -- words ------------------------------------------------------------------------------------


def test_the_reader_chooses_the_language_once(street: Street, board: str) -> None:
    phone = Phone(street)
    assert '<html lang="en">' in phone.get(f"{board}?lang=en").text
    assert "Point your phone" in phone.get("/").text
    assert '<html lang="vi">' in phone.get("/?lang=vi").text
