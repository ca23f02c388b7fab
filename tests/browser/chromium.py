"""Chromium through Debian's chromedriver: sizes, keys, weight, first paint, and axe."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

PHONE = (360, 640)
DESK = (1280, 800)
AXE = Path(__file__).with_name("axe.min.js")
SERIOUS = ("serious", "critical")
PATIENCE_S = 120
"""How long a page may take: a machine that runs much else besides is no fault of a page."""


class Chromium:
    """A browser of one's own, its profile in ``folder``; scripts of pages are off unless asked."""

    def __init__(self, folder: Path) -> None:
        program, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if program is None or driver is None:
            raise AssertionError("Chromium is not installed: run make setup-test.")
        options = Options()
        options.binary_location = program
        for word in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-extensions", "--disable-background-networking", "--no-first-run",
            "--disable-component-update", "--hide-scrollbars", "--force-color-profile=srgb",
            "--lang=vi", "--accept-lang=vi", f"--user-data-dir={folder / 'profile'}",
        ):  # fmt: skip
            options.add_argument(word)
        options.add_experimental_option("prefs", {"intl.accept_languages": "vi"})
        self.driver = webdriver.Chrome(options=options, service=Service(driver))
        self.driver.set_page_load_timeout(PATIENCE_S)
        self.driver.set_script_timeout(PATIENCE_S)
        self.size(PHONE)
        self.scripts(on=False)

    def close(self) -> None:
        """End it; harmless twice."""
        self.driver.quit()

    def size(self, size: tuple[int, int]) -> None:
        """Be a phone or a desk's screen."""
        self._tell(
            "Emulation.setDeviceMetricsOverride",
            width=size[0], height=size[1], deviceScaleFactor=1, mobile=size == PHONE,
        )  # fmt: skip

    def scripts(self, *, on: bool) -> None:
        """Let pages run scripts, or not, from the next page on."""
        self._tell("Emulation.setScriptExecutionDisabled", value=not on)

    def dark(self, *, on: bool) -> None:
        """Ask pages for their colours of the night."""
        feature = {"name": "prefers-color-scheme", "value": "dark" if on else "light"}
        self._tell("Emulation.setEmulatedMedia", features=[feature])

    def open(self, url: str) -> None:
        """Go to a page."""
        self.driver.get(url)

    @property
    def url(self) -> str:
        """Where it is."""
        return str(self.driver.current_url)

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return str(self.driver.find_element(By.TAG_NAME, "body").text)

    def all(self, selector: str) -> list[WebElement]:
        """Return what a CSS selector finds."""
        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def one(self, selector: str) -> WebElement:
        """Return the first thing that a CSS selector finds."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def ask(self, script: str, *args: Any) -> Any:
        """Return what a script of the test's own says about the page."""
        return self.driver.execute_script(script, *args)

    # -- by keyboard alone -------------------------------------------------------------------

    def focus(self) -> WebElement:
        """Return where the keyboard is."""
        return self.driver.switch_to.active_element

    def press(self, *keys: str) -> None:
        """Press keys where the keyboard is."""
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def enter(self) -> None:
        """Press Enter where the keyboard is and wait for the page that it leads to."""
        self.ask("window.before = true")
        self.press(Keys.ENTER)
        if not self._comes("!window.before && document.readyState === 'complete'"):
            raise AssertionError(f"Enter leads nowhere from {self.url}")

    def _comes(self, what: str) -> bool:
        """Wait until a page is there of which ``what`` holds; whether one came."""
        patience = Event()
        for _ in range(PATIENCE_S * 20):
            try:
                if self.ask(f"return {what}"):
                    return True
            except WebDriverException:
                pass  # asked between two pages: neither the old nor the new one answers
            patience.wait(0.05)
        return False

    def tab_to(self, selector: str, most: int = 80) -> WebElement:
        """Press Tab until something that the selector names has the focus."""
        for _ in range(most):
            self.press(Keys.TAB)
            if self.ask("return document.activeElement.matches(arguments[0])", selector):
                return self.focus()
        raise AssertionError(f"Tab never reaches {selector} on {self.url}")

    def reached(self, most: int = 200) -> list[str]:
        """Press Tab through the page, once around; return what had the focus, in order."""
        name = """const e = document.activeElement; if (e === document.body || e === window.last)
            return ''; if (window.reached.has(e)) return null; window.reached.add(window.last = e);
            return e.id || e.name || e.getAttribute('href') || e.tagName"""
        self.ask(
            "window.reached = new Set(); window.last = null; document.activeElement.blur();"
            "window.getSelection().removeAllRanges()"
        )
        found: list[str] = []
        for _ in range(most):
            self.press(Keys.TAB)
            here = self.ask(name)
            if here is None:
                break
            found += (
                [str(here)] if here else []
            )  # of a date each part; around, where a field had the focus at first
        return found

    # -- what is asked of every page ---------------------------------------------------------

    def weight(self) -> int:
        """Return the bytes that the page and all it fetched took on the wire."""
        return int(
            self.ask(
                """return [...performance.getEntriesByType('navigation'),
                ...performance.getEntriesByType('resource')]
                .reduce((sum, one) => sum + one.transferSize, 0)"""
            )
        )

    def painted_ms(self) -> float | None:
        """Return when the first content was painted, after the page was asked for."""
        paint = "performance.getEntriesByName('first-contentful-paint')[0]"
        if not self._comes(f"!!{paint}"):  # a loaded page is painted with the next frame
            return None
        return float(self.ask(f"return {paint}.startTime"))

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the screen."""
        return int(self.ask("return document.documentElement.scrollWidth - window.innerWidth"))

    def small_targets(self, least: int = 40) -> list[str]:
        """Return controls lower than ``least`` pixels, links within sentences apart."""
        return list(
            self.ask(
                """return [...document.querySelectorAll('a, button, input, select, summary')]
                .filter(e => e.type !== 'hidden' && e.type !== 'radio' && e.type !== 'checkbox'
                  && !e.closest('p, .trap, .skip, td') && !e.matches('.skip') && e.offsetParent
                  && e.getBoundingClientRect().height < arguments[0])
                .map(e => e.outerHTML.slice(0, 80))""",
                least,
            )
        )

    def axe(self) -> list[str]:
        """Return axe's serious and critical findings on this page, each in a line."""
        # axe waits for timers, which do not run while scripts are off; pages have no scripts.
        self.scripts(on=True)
        self.ask(AXE.read_text(encoding="utf-8") + ";window.axe = axe;")
        found = self.driver.execute_async_script(
            """const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations),
              e => done([{impact: 'critical', id: String(e), nodes: []}]))"""
        )
        self.scripts(on=False)
        return [
            f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for one in found
            if one["impact"] in SERIOUS
            for node in one["nodes"] or [{"html": "", "failureSummary": ""}]
        ]

    def picture(self, target: Path) -> None:
        """Write the whole page as a picture."""
        height = self.ask("return document.documentElement.scrollHeight")
        width = self.ask("return window.innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        made = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip}
        )
        target.write_bytes(base64.b64decode(made["data"]))

    def _tell(self, command: str, **facts: Any) -> None:
        self.driver.execute_cdp_cmd(command, facts)


@contextmanager
def chromium(folder: Path) -> Iterator[Chromium]:
    """Run a browser until the block ends."""
    browser = Chromium(folder)
    try:
        yield browser
    finally:
        browser.close()
