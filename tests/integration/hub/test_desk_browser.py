"""Every page of the desk in Chromium: keyboard alone, a phone and a desk's screen, axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import DESK, PHONE, Chromium, chromium
from tests.browser.commune import PASSWORD, Commune, Desk
from tests.kiosks import name, number

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
def work(hub: Commune) -> dict[str, str]:
    """Make one of each thing, so that no page is empty."""
    an, anh = Desk(hub, "an"), Desk(hub, "anh")
    an.post(f"places/{hub.market}", do="visit", reason="bảng mờ", due="2026-01-02")
    visit = an.get("visits").text.split('href="/desk/visits/')[1].split('"')[0]
    case = an.post("cases", number=number(1), reason="ca dương tính", days="21").url
    case = case.rpartition("/")[2]
    anh.post(f"cases/{case}", do="approve")
    an.post(f"places/{hub.market}/board", size="A5")
    return {"visit": visit, "case": case}


def pages(hub: Commune, work: dict[str, str]) -> list[tuple[str, str]]:
    return [
        *(
            ("an", path)
            for path in (
                "", "places", "places?signs=1", "places/new", f"places/{hub.market}",
                f"places/{hub.market}/board", "boards", "visits", f"visits/{work['visit']}",
                "report", "report?week=1&tree=body", "report/letters", "cases",
                f"cases/{work['case']}", "account", "residents", "requests", "changes", "sticks",
            )
        ),
        *(("di", path) for path in ("", "street/new", f"street/{hub.cafe}", "boards", "account")),
        *(("ky", path) for path in ("", "places", "report")),
    ]  # fmt: skip


def test_no_page_has_a_serious_finding_or_is_wider_than_the_screen(
    hub: Commune, browser: Chromium, work: dict[str, str]
) -> None:
    findings: dict[str, object] = {}
    who = ""
    for account, path in pages(hub, work):
        if account != who:
            browser.scripts(on=False)
            enter(browser, hub, account)
            who = account
        browser.scripts(on=True)  # axe is one; the pages have none
        for size in (PHONE, DESK):
            browser.size(size)
            browser.open(f"{hub.url}/desk/{path}")
            found = [*browser.axe(), *(["wide"] if browser.overflow() > 0 else [])]
            if size == PHONE:
                found += browser.small_targets(SMALLEST)
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
    # A driver takes keys that are sent to a file field for a path: here they go to the page.
    keyboard = ActionChains(browser.driver)
    while not browser.ask("return document.activeElement.matches('button[value=visit]')"):
        keyboard.send_keys(Keys.TAB).perform()
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
