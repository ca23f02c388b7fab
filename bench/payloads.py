"""What invented cards hold: the shapes of DOMAIN's carriers, with Vietnamese names."""

from __future__ import annotations

import random

_FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ",
    "Hồ", "Ngô", "Dương", "Lý", "Niê", "Êban", "Ñul", "Ksơr",
)  # fmt: skip
_MIDDLE = (
    "Thị", "Văn", "Hữu", "Đức", "Ngọc", "Thuý", "Thúy", "Xuân", "Quốc", "Minh", "Hồng", "Mỹ",
    "Kim", "Tuệ", "Đình", "H'", "Y", "K’", "Thị Ngọc Bảo",
)  # fmt: skip
_GIVEN = (
    "Nhung", "Đức", "Duyên", "Bảo", "Ánh", "Khôi", "Vỹ", "Trường", "Hân", "Bŭn", "Wŏn", "Kbuôr",
    "Čư", "Lâm", "Hoà", "Hòa", "Tuyết", "Phượng", "Nghĩa", "Quỳnh",
)  # fmt: skip
_PLACES = (
    "Phú Hội, Huế",
    "Hòa Thắng, Phú Hòa, Phú Yên",
    "Buôn Ma Thuột, Đắk Lắk",
    "Thuỷ Xuân, Huế",
    "Ea Kao, Đăk Nông",
)


def payload(dice: random.Random, shape: str) -> str:
    """Return what an invented card of ``shape`` holds: ``cccd``, ``national`` or ``bhyt``."""
    name = " ".join((dice.choice(_FAMILY), dice.choice(_MIDDLE), dice.choice(_GIVEN)))
    day, month, year = dice.randint(1, 28), dice.randint(1, 12), dice.randint(1935, 2015)
    serial = f"{dice.randrange(10**6):06d}"
    century = (year // 100 - 19) * 2 + dice.randint(0, 1)
    number = f"0{dice.randint(10, 96)}{century}{year % 100:02d}{serial}"
    place = dice.choice(_PLACES)
    if shape == "cccd":
        sex = dice.choice(("Nam", "Nữ"))
        home = f"Thôn {serial[:2]}, {place}"
        return f"{number}||{name}|{day:02d}{month:02d}{year}|{sex}|{home}|22062022"
    if shape == "national":
        birth = f"{year}-{month:02d}-{day:02d}"
        return f"{number}|{name.upper()}|{birth}|0|1629793885{serial}|<1<00<0900{serial}"
    return (
        f"HS4{number}|{name.encode().hex()}|{day:02d}/{month:02d}/{year}|1|"
        f"{place.encode().hex()}|54 - 028|24/01/2024|-|24/01/2024|$"
    )
