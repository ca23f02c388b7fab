"""The invented people of the made video, and what their codes hold. Nobody real."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """An invented person; ``birth`` is ddmmyyyy, ``province`` the first three digits."""

    name: str
    birth: str
    female: bool
    province: str
    home: str
    serial: int

    @property
    def number(self) -> str:
        """Twelve digits: province, century and sex, year, serial number."""
        century = (int(self.birth[4:6]) - 19) * 2 + self.female
        return f"{self.province}{century}{self.birth[6:]}{self.serial:06d}"

    @property
    def plain(self) -> str:
        """The name in capitals without diacritics, as the national code has it."""
        bare = unicodedata.normalize("NFD", self.name.replace("đ", "d").replace("Đ", "D"))
        return "".join(c for c in bare if unicodedata.category(c) != "Mn").upper()

    @property
    def citizen_card(self) -> str:
        """What the code of this person's citizen card holds."""
        sex = "Nữ" if self.female else "Nam"
        return f"{self.number}||{self.name}|{self.birth}|{sex}|{self.home}|22062022"

    @property
    def national(self) -> str:
        """The national personal QR, as a phone or a paper card shows it."""
        birth = f"{self.birth[4:]}-{self.birth[2:4]}-{self.birth[:2]}"
        extra = f"<{2 if self.female else 1}<<0900{self.serial:06d}"
        return f"{self.number}|{self.plain}|{birth}|0|1629793885{self.serial:08d}|{extra}"

    @property
    def insurance(self) -> str:
        """What the code of this person's (new) health insurance card holds."""
        day = f"{self.birth[:2]}/{self.birth[2:4]}/{self.birth[4:]}"
        return "|".join(
            (
                f"HS4{self.province[1:]}{self.serial:010d}",
                self.name.encode().hex(),
                day,
                "2" if self.female else "1",
                self.home.encode().hex(),
                f"{self.province[1:]} - 028",
                "24/01/2024",
                "-",
                "24/01/2024",
                "$",
            )
        )


NHUNG = Visitor("Nguyễn Thị Hồng Nhung", "12031990", True, "046", "Phú Hội, Huế", 100101)
DUC = Visitor("Trần Văn Đức", "02091985", False, "054", "Hòa Thắng, Phú Yên", 100202)
DUYEN = Visitor("Lê Thị Mỹ Duyên", "27111998", True, "046", "Thuỷ Xuân, Huế", 100303)
BAO = Visitor("Phạm Quốc Bảo", "15061979", False, "048", "Hải Châu, Đà Nẵng", 100404)
ANH = Visitor("Hoàng Thị Kim Ánh", "30042001", True, "079", "Thảo Điền, Thủ Đức", 100505)
KHOI = Visitor("Võ Đình Khôi", "08031966", False, "052", "Quy Nhơn, Bình Định", 100606)
VY = Visitor("Đặng Thuý Vy", "19121993", True, "001", "Cầu Giấy, Hà Nội", 100707)
TRUONG = Visitor("Bùi Xuân Trường", "05051958", False, "046", "Hương Trà, Huế", 100808)
HAN = Visitor("Huỳnh Ngọc Hân", "21072004", True, "092", "Ninh Kiều, Cần Thơ", 100909)
BIA = Visitor("H'Bia Ñul Kbuôr", "01011988", True, "066", "Buôn Ma Thuột, Đắk Lắk", 101010)
WON = Visitor("Y Wŏn Êban", "14021991", False, "066", "Krông Năng, Đắk Lắk", 101111)
LAM = Visitor("Đỗ Tuệ Lâm", "09101972", True, "031", "Lê Chân, Hải Phòng", 101212)

BANK = (
    "00020101021138560010A0000007270126000697041501121234567890120208QRIBFTTA"
    "53037045802VN62150811ung ho quy6304A1B2"
)
"""A transfer code (VietQR), which people show by mistake; an invented account."""
