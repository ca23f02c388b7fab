"""Addresses in the order in which a volunteer walks."""

from __future__ import annotations

import pytest

from hub.places.streets import parts, street


@pytest.mark.parametrize(
    ("address", "house", "name"),
    [
        ("12 Lê Lợi, phường Thuận Hóa", "12", "Lê Lợi"),
        ("12A Lê Lợi", "12A", "Lê Lợi"),
        ("Số 12/5 đường Lê Lợi, P. Phú Hội", "12/5", "Lê Lợi"),
        ("số nhà 7 Đường Trần Hưng Đạo", "7", "Trần Hưng Đạo"),
        ("Lô 4 khu quy hoạch Ví Dụ", "4", "khu quy hoạch Ví Dụ"),
        ("Thôn Phú Lộc, Hòa Thắng", "", "Thôn Phú Lộc"),
        ("Quốc lộ 1", "", "Quốc lộ 1"),
        ("", "", ""),
    ],
)
def test_house_and_street_are_told_apart(address: str, house: str, name: str) -> None:
    assert parts(address) == (house, name)


def test_houses_stand_in_their_order_and_streets_without_their_accents() -> None:
    listed = ["10 Lê Lợi", "2 Lê Lợi", "1 Trần Phú", "2B Lê Lợi", "3 LE LOI", "5 Đường Lê Lợi"]
    walked = sorted(listed, key=street)
    assert walked == [
        "2 Lê Lợi", "2B Lê Lợi", "3 LE LOI", "5 Đường Lê Lợi", "10 Lê Lợi", "1 Trần Phú",
    ]  # fmt: skip
