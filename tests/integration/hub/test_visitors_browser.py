"""Every public and owner's page in Chromium: keyboard, phone and desk size, axe, weight, paint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from hub.visitors.limits import TOO_QUICK_S
from tests.browser.chromium import DESK, PHONE, Chromium, chromium
from tests.browser.sites import OWNER, PUBLIC
from tests.browser.street import PASSWORD, VISITOR, WELL, Phone, Street

HEAVIEST = 50_000
"""Bytes of a page with everything it fetches, headers included; the hub sends them unpacked."""


@dataclass
class Walk:
    """A street, a browser in it, and where its pages are."""

    street: Street
    browser: Chromium
    board: str
    pages: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def walk(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """A hospital with a real kiosk's passages, and Chromium as a visitor's phone."""
    folder = tmp_path_factory.mktemp("walk")
    board = street.board(street.hospital, folder / "board.pdf")
    with chromium(folder) as browser:
        yield Walk(street, browser, board, public_pages(street, board))


def public_pages(street: Street, board: str) -> dict[str, str]:
    """Return the addresses of all public pages, with things made for them to show."""
    phone = Phone(street)
    phone.get(board)
    ticket = phone.follow("/declare").url.removesuffix("/declare").rpartition("/")[2]
    phone.send(VISITOR | WELL | {"purpose": "relative"})
    kept = phone.page.text.partition('href="/declaration/')[2].partition('"')[0]
    phone.get("/my-data")
    asked = phone.send({"what": "see"}).url
    phone.get("/report")
    Event().wait(TOO_QUICK_S + 0.1)
    filed = phone.send({"what": "no-board", "where": "Quán cà phê không tên", "text": "Ở cửa sau"})
    facts = {
        "board": board.rpartition("/")[2], "ticket": ticket, "kept": kept,
        "request": asked.rpartition("/")[2], "report": filed.url.rpartition("/")[2],
    }  # fmt: skip
    return {name: street.url + path.format(**facts) for name, path in PUBLIC.items()}


def looked_at(browser: Chromium, size: tuple[int, int]) -> list[str]:
    """Return what a person could stumble over on the page that is open."""
    found = browser.axe()
    if browser.overflow() > 0:
        found.append(f"wider than the screen by {browser.overflow()} pixels")
    if size == PHONE:
        found += [f"small: {one}" for one in browser.small_targets()]
    return found


SIZES = pytest.mark.parametrize(
    "size", [PHONE, pytest.param(DESK, marks=pytest.mark.slow)], ids=["phone", "desk"]
)


@SIZES
def test_every_public_page_passes_axe_and_fits_the_screen(
    walk: Walk, size: tuple[int, int]
) -> None:
    walk.browser.size(size)
    found = {}
    for name, url in walk.pages.items():
        walk.browser.open(url)
        found[name] = looked_at(walk.browser, size)
    assert not {name: one for name, one in found.items() if one}


def test_every_public_page_is_light_and_is_painted_without_scripts(walk: Walk) -> None:
    walk.browser.size(PHONE)
    for name, url in walk.pages.items():
        walk.browser.open(url)
        assert 0 < walk.browser.weight() <= HEAVIEST, name
        assert walk.browser.painted_ms() is not None, name
        assert walk.browser.ask("return document.scripts.length") == 0, name


def test_every_control_of_every_public_page_is_reached_by_the_keyboard(walk: Walk) -> None:
    walk.browser.size(PHONE)
    count = """return [...document.querySelectorAll(`a[href], button, select, textarea, summary,
        input:not([type=hidden])`)].filter(e => !e.closest('.trap')
        && (!e.closest('details:not([open])') || e.tagName === 'SUMMARY')).length"""
    radios = """const names = [...document.querySelectorAll('input[type=radio]')].map(e => e.name);
        return names.length - new Set(names).size"""
    for name, url in walk.pages.items():
        walk.browser.open(url)
        expected = walk.browser.ask(count) - walk.browser.ask(radios)
        reached = walk.browser.reached()
        assert "website" not in reached, name
        assert len(reached) >= expected, (name, reached)


def test_a_visitor_declares_by_keyboard_alone_and_keeps_a_code(walk: Walk) -> None:
    browser = walk.browser
    browser.size(PHONE)
    browser.open(walk.board)
    browser.tab_to("a[href$='/declare']")
    browser.enter()
    for selector, keys in (
        ("#name", VISITOR["name"]), ("#year", VISITOR["year"]), ("#sex", "Nữ"),
        ("#number", VISITOR["number"]), ("#phone", VISITOR["phone"]), ("#purpose", "Khám"),
        ("[name=none]", " "), ("[name=agree]", " "),
    ):  # fmt: skip
        browser.tab_to(selector)
        browser.press(keys)
    browser.tab_to("form.card > button")
    browser.enter()
    assert "Đã ghi vào" in browser.text
    picture = browser.one("img.code")
    assert browser.ask("return arguments[0].naturalWidth", picture) > 200
    assert looked_at(browser, PHONE) == []
    assert browser.weight() <= HEAVIEST
    browser.tab_to("form.card > button")  # and leaves again, by one key
    browser.enter()
    assert "Đã ghi ra" in browser.text


def test_what_is_wrong_is_marked_so_that_it_is_heard(walk: Walk) -> None:
    browser = walk.browser
    browser.size(PHONE)
    browser.open(walk.pages["out"])
    for field_ in ("name", "year", "sex", "phone", "agree"):
        browser.ask("document.getElementsByName(arguments[0])[0].required = false", field_)
    browser.one("#phone").send_keys("12")
    browser.ask("arguments[0].focus()", browser.one("form.card > button"))
    browser.enter()
    phone = browser.one("#phone")
    assert phone.get_attribute("value") == "12"
    told = browser.one(f"#{phone.get_attribute('aria-describedby')}").text
    assert "Số điện thoại chưa đúng" in told
    assert looked_at(browser, PHONE) == []


@SIZES
def test_an_owner_works_by_keyboard_alone(walk: Walk, size: tuple[int, int]) -> None:
    browser = walk.browser
    browser.size(size)
    browser.open(f"{walk.street.url}/owner/")
    browser.tab_to("#id_username")
    browser.press(walk.street.owner)
    browser.tab_to("#id_password")
    browser.press(PASSWORD)
    browser.enter()
    assert "Bệnh viện Đa khoa Ví Dụ" in browser.text
    found = {}
    for path in OWNER:
        browser.open(f"{walk.street.url}/owner/{path}")
        assert browser.weight() <= HEAVIEST
        assert browser.painted_ms() is not None
        found[path] = looked_at(browser, size)
    assert not {name: one for name, one in found.items() if one}
    browser.tab_to("form[action$='/owner/logout'] button")
    browser.enter()
    assert "/owner/login" in browser.url


@pytest.mark.slow
def test_night_colours_pass_axe_too(walk: Walk) -> None:
    browser = walk.browser
    browser.size(PHONE)
    browser.dark(on=True)
    try:
        found = {}
        for name in ("board", "declare", "kept", "forged", "apply"):
            browser.open(walk.pages[name])
            found[name] = looked_at(browser, PHONE)
        assert not {name: one for name, one in found.items() if one}
    finally:
        browser.dark(on=False)


def test_a_fault_that_axe_should_find_is_found(walk: Walk) -> None:
    walk.browser.size(PHONE)
    walk.browser.open(walk.pages["out"])
    walk.browser.ask("document.querySelector('label[for=name]').remove()")
    walk.browser.ask("document.querySelector('h1').style.color = '#ddd'")
    found = " ".join(walk.browser.axe())
    assert "label" in found
    assert "color-contrast" in found


def test_a_picture_can_be_taken_of_a_page(walk: Walk, tmp_path: Path) -> None:
    walk.browser.open(walk.board)
    walk.browser.picture(tmp_path / "board.png")
    assert (tmp_path / "board.png").read_bytes().startswith(b"\x89PNG")
