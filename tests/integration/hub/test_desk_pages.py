"""The desk's pages as a browser gets them: who sees what, and that everything is labelled."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import requests

from tests.hubs import PERSON, Gate, HubProcess
from tests.kiosks import KioskBox, card, name, national, number, phone

PASSWORD = "lúa-mì-rau-cải-7"
TIMEOUT_S = 20


class Browser:
    """A browser in which one account is logged in."""

    def __init__(self, hub: HubProcess, who: str) -> None:
        self.url = f"{hub.url}/desk/"
        self.session = requests.Session()
        self.get("login")
        answer = self.post("login", username=who, password=PASSWORD)
        assert answer.status_code == 200
        assert "/login" not in answer.url

    def get(self, path: str = "") -> requests.Response:
        return self.session.get(self.url + path, timeout=TIMEOUT_S)

    def post(self, path: str, **data: str) -> requests.Response:
        form = data | {"csrfmiddlewaretoken": self.session.cookies["csrftoken"]}
        return self.session.post(
            self.url + path, data=form, headers={"Referer": self.url}, timeout=TIMEOUT_S
        )


class Hub(HubProcess):
    """A hub with two places."""

    market = ""
    other = ""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with a market at which a real kiosk saw three people, and its accounts."""
    folder = tmp_path_factory.mktemp("desk")
    with Hub(folder / "hub") as started:
        hub = started
        assert isinstance(hub, Hub)
        market, other = hub.place("Bệnh viện Ví Dụ", kind="hospital"), hub.place("Chùa Ví Dụ")
        box = KioskBox(folder / "kiosk")
        box.enrol(hub, place=market)
        for text in (card(1), national(2), card(3)):
            box.enter(text)
        box.drain(folder / "drain")
        hub.market, hub.other = market, other
        for who, role, *more in (
            ("lan", "official"),
            ("mai", "official"),
            ("thợ", "technician"),
            ("chủ", "owner", "--place", market),
        ):
            hub.cli(
                "account", "add", who, "--role", role, *more, "--password-stdin",
                stdin=PASSWORD + "\n",
            )  # fmt: skip
        yield hub


@pytest.fixture(scope="module")
def lan(hub: Hub) -> Browser:
    return Browser(hub, "lan")


@pytest.fixture(scope="module")
def mai(hub: Hub) -> Browser:
    return Browser(hub, "mai")


def test_nobody_sees_a_page_without_an_account(hub: Hub) -> None:
    for path in ("", "places", f"places/{hub.market}", "cases", "report"):
        answer = requests.get(f"{hub.url}/desk/{path}", timeout=TIMEOUT_S)
        assert "/desk/login" in answer.url


def test_a_wrong_password_is_said_and_opens_nothing(hub: Hub) -> None:
    session = requests.Session()
    page = f"{hub.url}/desk/login"
    session.get(page, timeout=TIMEOUT_S)
    data = {"username": "lan", "password": "guess", "csrfmiddlewaretoken": ""}
    data["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
    answer = session.post(page, data=data, headers={"Referer": page}, timeout=TIMEOUT_S)
    assert 'role="alert"' in answer.text
    assert "/desk/login" in session.get(f"{hub.url}/desk/", timeout=TIMEOUT_S).url


def test_an_owner_sees_their_own_place_masked_and_nothing_else(hub: Hub) -> None:
    owner = Browser(hub, "chủ")
    own = owner.get()
    assert own.url.endswith(f"/places/{hub.market}")
    assert "Đ. T." in own.text
    for secret in (name(1), number(1), phone(2)):
        assert secret not in own.text
    for path in (f"places/{hub.other}", "cases", "report", "today"):
        assert owner.get(path).status_code == 403


def test_a_technician_decides_keys_and_sees_no_case(hub: Hub) -> None:
    technician = Browser(hub, "thợ")
    assert technician.get("cases").status_code == 403
    gate = Gate.joined(hub, hub.other)
    rival = Gate(gate.code, gate.url)
    rival.claim()
    page = technician.get().text
    (claim,) = (one for one in hub.json("kiosk", "list") if one["kiosk"] == str(gate.code.kiosk))
    held = [c["fingerprint"] for c in claim["claims"] if c["status"] == "held"]
    assert held[0] in page
    path = page.split('action="/desk/claims/')[1].split('"')[0]
    technician.post(f"claims/{path}", decision="revoke")
    assert held[0] not in technician.get().text
    assert "claim-revoked" in [row["action"] for row in hub.json("audit")]


def test_a_case_goes_from_one_official_to_another_and_then_names_are_opened(
    hub: Hub, lan: Browser, mai: Browser
) -> None:
    made = lan.post("cases", number=number(1), reason="ca dương tính 12", days="21")
    case = made.url.rpartition("/")[2]
    refused = lan.post(f"cases/{case}", do="approve")
    assert refused.status_code == 403
    assert lan.post(f"cases/{case}/trace").status_code == 403
    assert case in mai.get().text  # it waits on the page of the day
    assert mai.post(f"cases/{case}", do="approve").status_code == 200
    before = len(hub.json("audit", "--action", "reveal"))
    assert name(1) not in lan.get(f"cases/{case}").text
    assert len(hub.json("audit", "--action", "reveal")) == before
    page = lan.post(f"cases/{case}/trace")
    for shown in (name(1), name(3), phone(2), number(2)):
        assert shown in page.text
    assert page.headers["Cache-Control"] == "no-store"
    rows = hub.json("audit", "--action", "reveal")[before:]
    assert [(row["actor"], row["subject"]) for row in rows] == [("lan", case)] * 2
    masked = lan.get(f"cases/{case}").text
    assert "Đ. T." in masked
    assert name(3) not in masked
    contact = masked.split('name="contact" value="')[1].split('"')[0]
    lan.post(f"cases/{case}", do="call", contact=contact, state="reached", note="gọi lại tối")
    assert "gọi lại tối" in lan.post(f"cases/{case}/trace").text
    table = lan.post(f"cases/{case}/trace", export="csv")
    assert table.headers["Content-Disposition"].endswith(f'"{case}.csv"')
    assert number(3) in table.text


def test_an_emergency_stands_on_everybody_s_page_until_it_was_reviewed(
    hub: Hub, lan: Browser, mai: Browser
) -> None:
    made = lan.post("cases", number=number(2), reason="ổ dịch", days="21", emergency="1")
    case = made.url.rpartition("/")[2]
    for browser in (lan, mai, Browser(hub, "thợ")):
        page = browser.get().text
        assert f"/desk/cases/{case}" in page.split("</section>")[0]
    assert lan.post(f"cases/{case}/trace").status_code == 200
    assert lan.post(f"cases/{case}", do="review", finding="tốt").status_code == 403
    mai.post(f"cases/{case}", do="review", finding="đúng")
    assert f"/desk/cases/{case}" not in mai.get().text.split("</section>")[0]


def test_what_is_wrong_is_said_on_a_page(lan: Browser) -> None:
    for data in (
        {"number": "", "reason": "không có ai", "days": "21"},
        {"number": number(1), "reason": "", "days": "21"},
        {"number": number(1), "reason": "nhìn lại", "days": "x"},
    ):
        answer = lan.post("cases", **data)
        assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)
    assert lan.get("cases/cnothere").status_code == 400
    assert lan.get("places/pnothere").status_code == 400
    assert lan.get("report?day=x").status_code == 400


def test_a_name_in_a_code_is_text_on_a_page(hub: Hub, lan: Browser, mai: Browser) -> None:
    gate = Gate.joined(hub, hub.place(f"Nơi {uuid.uuid4()}"))
    evil = PERSON | {"name": "<script>alert(1)</script> Thử", "number": "054199077777"}
    gate.send([gate.entry(evil, gate="<b>A</b>")])
    case = lan.post("cases", number="054199077777", reason="ca thử mã", days="21").url
    path = "cases/" + case.rpartition("/")[2]
    mai.post(path, do="approve")
    for page in (lan.post(f"{path}/trace"), lan.get(f"places/{gate.code.place}")):
        assert "<script" not in page.text
        assert "<b>" not in page.text


def test_places_are_found_without_accents(hub: Hub, lan: Browser) -> None:
    assert "Chùa Ví Dụ" in lan.get("places?q=chua+vi").text
    assert "Chùa Ví Dụ" not in lan.get("places?q=benh").text


def test_the_reader_s_language_is_kept(hub: Hub) -> None:
    reader = Browser(hub, "lan")
    assert '<html lang="vi">' in reader.get().text
    reader.post("language", language="en", next="/desk/")
    assert '<html lang="en">' in reader.get().text
    assert "Today" in reader.get().text


class Checker(HTMLParser):
    """Finds what a person who cannot see, or has no mouse, would stumble over."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.count: dict[str, int] = {}
        self.lang = ""
        self.clickable: list[str] = []
        self._inside: list[str] = []
        self.wrapped: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.count[tag] = self.count.get(tag, 0) + 1
        if tag == "html":
            self.lang = facts.get("lang") or ""
        if tag == "label":
            self._inside.append(tag)
            self.labels.add(facts.get("for") or "")
        if tag in ("input", "select") and facts.get("type") != "hidden":
            (self.wrapped if self._inside else self.fields).append(facts)
        if "onclick" in facts or facts.get("tabindex", "0") not in ("0", "-1"):
            self.clickable.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._inside.pop()


@pytest.mark.parametrize("path", ["", "places", "cases", "report", "place", "case", "trace"])
def test_every_page_can_be_read_aloud_and_used_with_the_keyboard(
    hub: Hub, lan: Browser, mai: Browser, path: str
) -> None:
    if path in ("case", "trace"):
        case = lan.post("cases", number=number(1), reason="ca thử trang", days="21").url
        case_path = "cases/" + case.rpartition("/")[2]
        mai.post(case_path, do="approve")
        page = lan.get(case_path) if path == "case" else lan.post(f"{case_path}/trace")
    else:
        page = lan.get(f"places/{hub.market}" if path == "place" else path)
    assert page.status_code == 200
    assert len(page.content) < 50_000
    found = Checker(page.text)
    assert found.lang == "vi"
    assert (found.count["main"], found.count["h1"], found.count["title"]) == (1, 1, 1)
    assert "script" not in found.count
    assert found.clickable == []
    for facts in found.fields:
        assert facts.get("aria-label") or facts.get("id") in found.labels, facts
    assert found.count.get("th", 0) >= found.count.get("table", 0)


def test_the_report_of_the_desk_can_be_taken_away(lan: Browser, tmp_path: Path) -> None:
    answer = lan.get("report?format=xlsx")
    assert answer.content.startswith(b"PK")
    assert "spreadsheetml" in answer.headers["Content-Type"]
