"""Two communes and a school department on one hub, with real passages: for the desk's tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from hub.paper.reading import codes, pages
from tests.hubs import HubProcess
from tests.kiosks import KioskBox, card, national

PASSWORD = "lúa-mì-rau-cải-7"
TIMEOUT_S = 60
UNITS = """Mã,Tên,Cấp,Mã cấp trên,Từ ngày,Đến ngày,Người đứng đầu,Mã kế thừa
46,Thành phố Huế,tỉnh,,01/07/2025,,Chủ tịch UBND thành phố,
19000,Phường Phú Bình,phường,,,30/06/2025,,A
A,Phường Thuận Hóa,phường,46,01/07/2025,,Chủ tịch UBND phường Thuận Hóa,
B,Phường Phú Xuân,phường,46,01/07/2025,,Chủ tịch UBND phường Phú Xuân,
"""
BODIES = """Mã,Tên,Cấp,Mã cấp trên,Người đứng đầu
SGD,Sở Giáo dục và Đào tạo,sở,,Giám đốc Sở Giáo dục và Đào tạo
SYT,Sở Y tế,sở,,Giám đốc Sở Y tế
"""
PLACES = """Tên,Loại,Địa chỉ,Mã xã,Cơ quan chủ quản,Người phụ trách,Điện thoại,Tình trạng
Chợ Đông Ba Ví Dụ,chợ,"2 Trần Hưng Đạo, phường Thuận Hóa",A,,Nguyễn Thị Ví Dụ,0900000001,active
Trường Tiểu học Ví Dụ,trường học,"15 Lê Lợi, phường Thuận Hóa",A,SGD,,,active
Quán cà phê Ví Dụ,nhà hàng,"3B Lê Lợi, phường Thuận Hóa",A,,,,known
Bệnh viện Ví Dụ,bệnh viện,"16 Lê Lợi, phường Phú Xuân",B,SYT,,,active
"""


class Commune(HubProcess):
    """Units A and B of one city; ``places`` are ids by name."""

    places: dict[str, str]
    box: KioskBox
    other: KioskBox

    @classmethod
    def opened(cls, folder: Path, *, database: str = "") -> Commune:
        """Start it, with its trees, places, accounts, and a kiosk in each unit."""
        hub = cls(folder / "hub", database=database)
        hub.start()
        for name, text, words in (
            ("units", UNITS, ("unit", "import")),
            ("bodies", BODIES, ("unit", "import", "--tree", "body")),
            ("places", PLACES, ("place", "import")),
        ):
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
            hub.cli(*words, str(folder / f"{name}.csv"))
        hub.places = {str(one["name"]): str(one["place"]) for one in hub.json("place", "list")}
        for who, role, *more in (
            ("an", "official", "--unit", "A"), ("anh", "official", "--unit", "A"),
            ("binh", "official", "--unit", "B"), ("hue", "official", "--unit", "46"),
            ("sgd", "official", "--unit", "SGD", "--tree", "body"), ("tinh", "official"),
            ("ky", "technician", "--unit", "A"), ("di", "volunteer", "--unit", "A"),
            ("chu", "owner", "--place", hub.market),
        ):  # fmt: skip
            hub.cli(
                "account", "add", who, "--role", role, *more, "--password-stdin",
                stdin=PASSWORD + "\n",
            )  # fmt: skip
        hub.box, hub.other = KioskBox(folder / "kiosk-a"), KioskBox(folder / "kiosk-b")
        for box, place, texts in (
            (hub.box, hub.market, (card(1), national(2), card(3))),
            (hub.other, hub.hospital, (card(1), card(4))),
        ):
            box.enrol(hub, place=place)
            for text in texts:
                box.enter(text)
            box.drain(folder / f"drain-{place}")
        return hub

    def link(self, place: str, target: Path) -> str:
        """Print a place's board and return where a phone's camera leads from it."""
        self.cli("board", place, "--out", str(target), "--url", self.url)
        read = codes(next(iter(pages(target.read_bytes()))))
        return f"{self.url}/B/{str(read[0].text).rpartition('/')[2]}"

    @property
    def market(self) -> str:
        """A place of unit A, with a kiosk that saw three people."""
        return self.places["Chợ Đông Ba Ví Dụ"]

    @property
    def school(self) -> str:
        """A place of unit A and of the school department."""
        return self.places["Trường Tiểu học Ví Dụ"]

    @property
    def cafe(self) -> str:
        """A place of unit A that is known and not registered."""
        return self.places["Quán cà phê Ví Dụ"]

    @property
    def hospital(self) -> str:
        """A place of unit B, with a kiosk that saw two people."""
        return self.places["Bệnh viện Ví Dụ"]


class Desk:
    """One account at the desk, over HTTP."""

    def __init__(self, hub: HubProcess, who: str, password: str = PASSWORD, code: str = "") -> None:
        self.url = f"{hub.url}/desk/"
        self.session = requests.Session()
        self.get("login")
        self.door = self.post("login", username=who, password=password, code=code)

    @property
    def inside(self) -> bool:
        """Whether the log-in succeeded."""
        return "/login" not in self.door.url

    def get(self, path: str = "") -> requests.Response:
        """Ask for a page."""
        return self.session.get(self.url + path, timeout=TIMEOUT_S)

    def post(
        self, path: str, files: Mapping[str, Any] | None = None, **data: Any
    ) -> requests.Response:
        """Send a form."""
        form = data | {"csrfmiddlewaretoken": self.session.cookies["csrftoken"]}
        return self.session.post(
            self.url + path, data=form, files=files, headers={"Referer": self.url},
            timeout=TIMEOUT_S,
        )  # fmt: skip
