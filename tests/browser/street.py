"""A hub with places, boards and people, as the public sees them: what pages' tests stand on."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import requests

from hub.paper.reading import codes, pages
from tests.hubs import HubProcess
from tests.kiosks import KioskBox, card, national, pictures

PASSWORD = "lúa-mì-rau-cải-7"
TIMEOUT_S = 60
VISITOR = {
    "name": "Nguyễn Thị Ví Dụ", "year": "1999", "sex": "female", "number": "054199012345",
    "phone": "0900 000 001", "agree": "1",
}  # fmt: skip
WELL = {"whom": "self", "none": "1"}


class Street(HubProcess):
    """A hub that several test modules share; each has a quarter of its own on it.

    A quarter is a hospital at which a real kiosk saw three people, another place, and the
    hospital's owner. ``lan`` and ``mai`` are the officials.
    """

    hospital = ""
    other = ""
    owner = ""
    box: KioskBox

    @classmethod
    def opened(cls, folder: Path) -> Street:
        """Start the hub."""
        street = cls(folder / "hub")
        street.start()
        street._account("lan", "official")
        street._account("mai", "official")
        return street

    def quarter(self, folder: Path) -> Street:
        """Return the same hub with places, a kiosk and an owner of one's own."""
        street = copy.copy(self)
        street.hospital = street.place("Bệnh viện Đa khoa Ví Dụ", kind="hospital")
        street.other = street.place("Chùa Ví Dụ", kind="worship")
        street.box = KioskBox(folder / "kiosk")
        street.box.enrol(street, place=street.hospital)
        shown = pictures(folder / "cards", (1, 2, 3), lambda w: national(w) if w == 2 else card(w))
        with street.box.running(shown) as run:
            assert run.wait() == 0, run.errors
            assert len(run.greens) == 3, run.lines
        street.owner = f"chu-{street.hospital}"
        street._account(street.owner, "owner", "--place", street.hospital)
        return street

    def _account(self, name: str, role: str, *more: str) -> None:
        words = ("account", "add", name, "--role", role, *more, "--password-stdin")
        self.cli(*words, stdin=PASSWORD + "\n")

    def board(self, place: str, target: Path, *more: str) -> str:
        """Print a place's board and return where the phone's camera leads from it."""
        self.cli("board", place, "--out", str(target), "--url", self.url, "--size", "A5", *more)
        read = codes(next(iter(pages(target.read_bytes()))))
        text = str(read[0].text)
        return f"{self.url}/B/{text.rpartition('/')[2]}"


class Phone:
    """Somebody's phone: cookies, forms, no script."""

    def __init__(self, street: HubProcess, address: str = "") -> None:
        self.url = street.url
        self.session = requests.Session()
        if address:
            self.session.headers["X-Forwarded-For"] = address
        self.page = requests.Response()

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        url = path if path.startswith("http") else self.url + path
        self.page = self.session.get(url, timeout=TIMEOUT_S)
        return self.page

    def follow(self, end: str) -> requests.Response:
        """Open the page's first link that ends so."""
        return self.get(re.findall(rf'href="(/[^"]*{re.escape(end)})"', self.page.text)[0])

    def send(
        self, data: dict[str, str], *, path: str = "", files: Any = None, form: int = 0
    ) -> requests.Response:
        """Send one of the page's forms, its hidden fields with it."""
        html = re.findall(r"<form.*?</form>", self.page.text, flags=re.DOTALL)
        posts = [one for one in html if 'method="post"' in one]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', posts[form]))
        action = re.search(r'action="([^"]+)"', posts[form].partition(">")[0])
        url = self.url + (path or (action[1] if action else "")) if path or action else ""
        self.page = self.session.post(
            url or self.page.url, data=hidden | data, files=files,
            headers={"Referer": self.page.url}, timeout=TIMEOUT_S,
        )  # fmt: skip
        return self.page

    def log_in(self, base: str, who: str) -> Phone:
        """Log in at the owners' (``/owner/``) or the desk's (``/desk/``) door."""
        self.get(f"{base}login")
        token = self.session.cookies["csrftoken"]
        self.page = self.session.post(
            f"{self.url}{base}login",
            data={"username": who, "password": PASSWORD, "csrfmiddlewaretoken": token},
            headers={"Referer": self.url + base}, timeout=TIMEOUT_S,
        )  # fmt: skip
        assert "/login" not in self.page.url, "the log-in was refused"
        return self

    def desk_post(self, path: str, **data: str) -> requests.Response:
        """Send a form of the desk."""
        data["csrfmiddlewaretoken"] = self.session.cookies["csrftoken"]
        self.page = self.session.post(
            self.url + path, data=data, headers={"Referer": self.url + path}, timeout=TIMEOUT_S
        )
        return self.page
