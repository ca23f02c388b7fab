"""Every page of the desk in Chromium: keyboard alone, a phone and a desk's screen, axe."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest
from selenium.webdriver.common.keys import Keys

from hub.visitors.limits import TOO_QUICK_S
from tests.browser.chromium import DESK, PHONE, Chromium, chromium
from tests.browser.commune import PASSWORD, TIMEOUT_S, Commune, Desk
from tests.browser.sites import DESK as DESK_PAGES
from tests.browser.street import Phone
from tests.kiosks import card, name, number

pytestmark = pytest.mark.slow
SMALLEST = 40
"""Pixels that a finger needs."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commune]:
    hub = Commune.opened(tmp_path_factory.mktemp("desk-browser"))
    try:
        yield hub
    finally:
        hub.close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


def enter(browser: Chromium, hub: Commune, who: str) -> None:
    """Log in by keyboard alone."""
    browser.driver.delete_all_cookies()
    browser.open(f"{hub.url}/desk/login")
    browser.tab_to("#id_username").send_keys(who)
    browser.tab_to("#id_password").send_keys(PASSWORD)
    browser.enter()
    assert "/login" not in browser.url


@pytest.fixture(scope="module")
def work(hub: Commune, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Make one of each thing, so that no page is empty."""
    folder = tmp_path_factory.mktemp("work")
    an, anh = Desk(hub, "an"), Desk(hub, "anh")
    an.post(f"places/{hub.market}", do="visit", reason="bảng mờ", due="2026-01-02")
    visit = an.get("visits").text.split('href="/desk/visits/')[1].split('"')[0]
    case = an.post("cases", number=number(1), reason="ca dương tính", days="21").url
    case = case.rpartition("/")[2]
    anh.post(f"cases/{case}", do="approve")
    phone = Phone(hub)
    phone.get(hub.link(hub.market, folder / "board.pdf"))
    phone.follow("/report")
    Event().wait(TOO_QUICK_S + 0.1)
    report = phone.send({"what": "wrong-data", "text": "Sai tên", "contact": "0900000003"}).url
    phone.get("/my-data")
    request = phone.send({"what": "see", "contact": "0900000003"}).url
    owner = Phone(hub).log_in("/owner/", "chu")
    owner.get("/owner/correct")
    facts = {"kind": "market", "responsible": "Nguyễn Văn Thử", "phone": "0900000002"}
    owner.send(facts | {"name": "Chợ Đông Ba Mới", "address": "2 Trần Hưng Đạo", "gates": "1"})
    change = an.get("changes").text.split('href="/desk/changes/')[1].split('"')[0]
    (folder / "stick").mkdir()
    hub.box.enter(card(7))
    hub.box.cli("export", str(folder / "stick"))
    parts = [one for one in sorted((folder / "stick").rglob("*")) if one.is_file()]
    stick = an.session.post(
        an.url + "sticks", data={"csrfmiddlewaretoken": an.session.cookies["csrftoken"]},
        files=[("files", (one.name, one.read_bytes())) for one in parts],
        headers={"Referer": an.url}, timeout=TIMEOUT_S,
    ).url  # fmt: skip
    last = {"report": report, "request": request, "stick": stick}
    return {"visit": visit, "case": case, "change": change, "market": hub.market,
            "cafe": hub.cafe} | {
        name: url.rpartition("/")[2].partition("?")[0] for name, url in last.items()
    }  # fmt: skip


def looked_at(browser: Chromium, size: tuple[int, int]) -> list[str]:
    """Return what an official could stumble over on the page that is open."""
    found = [*browser.axe(), *(["wide"] if browser.overflow() > 0 else [])]
    if size == PHONE:
        found += browser.small_targets(SMALLEST)
    if browser.ask("return document.scripts.length"):
        found.append("a script")
    return found


def unreached(browser: Chromium) -> list[str]:
    """Return controls that the Tab key does not reach; of radio buttons one of each name."""
    controls = """const seen = new Set(); return [...document.querySelectorAll(`a[href], button,
        select, textarea, summary, input:not([type=hidden])`)].filter(e => {
        if (e.disabled || e.tabIndex < 0 || (e.closest('details:not([open])')
            && e.tagName !== 'SUMMARY')) return false;
        if (e.type === 'radio' && seen.has(e.name)) return false;
        if (e.type === 'radio') seen.add(e.name);
        return true})"""
    expected = browser.ask(controls + ".length")
    reached = browser.reached(expected + 40)
    return [] if len(reached) >= expected else [f"{len(reached)} of {expected} reached: {reached}"]


def test_no_page_has_a_serious_finding_or_is_wider_than_the_screen(
    hub: Commune, browser: Chromium, work: dict[str, str]
) -> None:
    findings: dict[str, object] = {}
    for account, paths in DESK_PAGES:
        browser.scripts(on=False)
        if account:
            enter(browser, hub, account)
        for path in paths:
            for size in (PHONE, DESK):
                browser.size(size)
                browser.open(f"{hub.url}/desk/{path.format(**work)}")
                assert account == "" or "/login" not in browser.url
                found = looked_at(browser, size)
                if size == DESK:
                    found += unreached(browser)
                if found:
                    findings[f"{account} {path} {size[0]}"] = found
    assert not findings, "\n".join(f"{page}: {found}" for page, found in findings.items())


def test_an_official_works_by_keyboard_alone(
    hub: Commune, browser: Chromium, work: dict[str, str]
) -> None:
    browser.scripts(on=False)
    browser.size(DESK)
    enter(browser, hub, "an")
    browser.tab_to('a[href="/desk/visits"]')
    browser.enter()
    browser.tab_to(f'a[href="/desk/visits/{work["visit"]}"]')
    browser.enter()
    browser.tab_to('input[name="finding"]')
    browser.press(Keys.SPACE)
    browser.tab_to("#note").send_keys("treo đúng chỗ")
    browser.tab_to("button[value=visit]")
    browser.enter()
    assert "treo đúng chỗ" in browser.text
    browser.open(f"{hub.url}/desk/cases/{work['case']}")
    browser.tab_to("form[action$=trace] button")
    browser.enter()
    assert name(3) in browser.text


def test_a_volunteer_registers_at_the_door_on_a_phone(hub: Commune, browser: Chromium) -> None:
    browser.scripts(on=False)
    browser.size(PHONE)
    enter(browser, hub, "di")
    browser.tab_to(f'a[href="/desk/street/{hub.cafe}"]')
    browser.enter()
    browser.tab_to("#f-phone").send_keys("0900000009")
    browser.tab_to('input[name="reached"]')
    browser.press(Keys.SPACE)
    browser.press(Keys.TAB)
    browser.enter()
    assert browser.url.endswith(f"/places/{hub.cafe}/board")
    (place,) = [one for one in hub.json("place", "list") if one["place"] == hub.cafe]
    assert place["stage"] == "active"
