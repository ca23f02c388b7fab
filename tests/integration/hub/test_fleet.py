"""The fleet: what kiosks tell of themselves is kept, judged and shown in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import kiosk
from hub.compliance.hardware import Hardware
from kiosk.bidden import bidden
from kiosk.config import Config
from kiosk.identity import Identity
from tests.browser.commune import Commune, Desk
from tests.hubs import Gate
from tests.kiosks import KioskBox, card

ILL = {
    "version": "1.2.3",
    "board": "Raspberry Pi <b>Zero</b> 2 W",
    "camera": "gone",
    "temperature_c": 84.5,
    "under_voltage": "since-start",
    "throttled": "now",
    "disk_worn_percent": 90,
    "disk_free_mb": 120,
    "memory_mb": 416,
    "memory_free_mb": 30,
}
WELL = {
    "version": "1.2.3",
    "board": "Raspberry Pi 4 Model B",
    "camera": "ok",
    "temperature_c": 50,
    "under_voltage": "no",
    "disk_free_mb": 9000,
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commune]:
    hub = Commune.opened(tmp_path_factory.mktemp("fleet"))
    try:
        yield hub
    finally:
        hub.close()


def row_of(page: str, mark: str) -> str:
    """Return the table row that holds ``mark``."""
    (found,) = [row for row in page.split("<tr>") if mark in row]
    return found


def test_what_a_board_told_is_judged_and_nonsense_is_left_out() -> None:
    ill = Hardware.of(ILL)
    assert ill.troubles == ("voltage", "hot", "worn", "full", "memory")
    assert Hardware.of(WELL).troubles == ()
    assert Hardware.of({}) == Hardware()
    nonsense = {name: ["x"] for name in ILL} | {"temperature_c": 1e9, "disk_free_mb": -1}
    assert Hardware.of(nonsense) == Hardware()
    assert Hardware.of({"under_voltage": "perhaps", "disk_free_mb": True}) == Hardware()


def test_a_real_kiosk_tells_how_its_board_is(hub: Commune, tmp_path: Path) -> None:
    box = KioskBox(tmp_path / "kiosk")
    place = hub.place("Phòng khám Ví Dụ")
    box.enrol(hub, place=place)
    box.enter(card(1))
    box.drain(tmp_path)
    told = [k for k in hub.json("kiosk", "list") if k["place"] == place]
    assert [k["version"] for k in told] == [kiosk.__version__]
    hardware = told[0]["hardware"]
    assert hardware["board"]
    assert hardware["disk_free_mb"] > 0
    assert hardware["kiosk_memory_mb"] > 10


def test_the_desk_shows_the_fleet_in_words_those_in_trouble_first(hub: Commune) -> None:
    ill = Gate.joined(hub, hub.place("Nhà văn hóa Ví Dụ"))
    well = Gate.joined(hub, hub.place("Thư viện Ví Dụ"))
    assert ill.pulse(health=ILL).status == well.pulse(health=WELL).status == 200
    desk = Desk(hub, "tinh")
    page = desk.get("fleet").text
    row = row_of(page, "Nhà văn hóa Ví Dụ")
    for words in ("điện yếu", "quá nóng", "thẻ nhớ sắp hỏng", "đĩa sắp đầy", "thiếu bộ nhớ",
                  "mất camera", "84 °C", "từng yếu", "90 %", "120 MB", "1.2.3"):  # fmt: skip
        assert words in row, words
    assert "<b>Zero" not in page
    fine = row_of(page, "Thư viện Ví Dụ")
    assert "tốt" in fine
    assert "Raspberry Pi 4 Model B" in fine
    assert "8.8 GB" in fine
    assert page.index("Nhà văn hóa Ví Dụ") < page.index("Thư viện Ví Dụ")
    only = desk.get("fleet?trouble=1").text
    assert "Nhà văn hóa Ví Dụ" in only
    assert "Thư viện Ví Dụ" not in only
    assert "Thư viện Ví Dụ" in desk.get("fleet?q=thu+vien").text
    told = {k["place"]: k for k in hub.json("kiosk", "list")}[ill.code.place]
    assert told["troubles"] == ["camera", "voltage", "hot", "worn", "full", "memory"]


def test_a_unit_sees_its_own_kiosks_only(hub: Commune) -> None:
    assert "Bệnh viện Ví Dụ" in Desk(hub, "binh").get("fleet").text
    assert "Bệnh viện Ví Dụ" not in Desk(hub, "an").get("fleet").text
    assert Desk(hub, "chu").get("fleet").status_code == 403


def test_a_kiosk_does_what_is_set_for_its_place_from_its_next_pulse_on(
    hub: Commune, tmp_path: Path
) -> None:
    place, other = hub.place("Siêu thị Ví Dụ"), hub.place("Rạp Ví Dụ")
    here, there = KioskBox(tmp_path / "here"), KioskBox(tmp_path / "there")
    here.enrol(hub, place=place)
    there.enrol(hub, place=other)
    (made,) = hub.json("settings", "set", "policy.declaration", "true", "--place", place)
    hub.json("settings", "set", "policy.no_declaration", "refuse", "--place", place)
    assert made["version"] > 0
    listed = [(row["scope"], row["key"]) for row in hub.json("settings", "list")]
    assert listed == [(f"place:{place}", f"policy.{k}") for k in ("declaration", "no_declaration")]
    for box in (here, there):
        box.drain(tmp_path / box.data.name)
    settings = {b: Identity.load(b.data).settings.profile for b in (here, there)}
    assert list(settings[here]) == [f"place:{place}"]
    assert settings[there] == {}  # nobody learns what other places are set to
    config = bidden(Config(), Identity.load(here.data), venue="")
    assert (config.policy.declaration, config.policy.no_declaration) == (True, "refuse")
    assert there.enter(card(5))["verdict"] == "recorded"
    hub.json("settings", "unset", "policy.no_declaration", "--place", place)
    here.drain(tmp_path / "again")
    after = bidden(Config(), Identity.load(here.data), venue="")
    assert after.policy.no_declaration == Config().policy.no_declaration


def test_the_hub_sets_nothing_that_is_not_of_the_list(hub: Commune) -> None:
    for key, value in (
        ("camera.source", "file:/etc/passwd"), ("run", "reboot"), ("policy.declaration_days", "0"),
        ("policy.expired", "explode"),
    ):  # fmt: skip
        done = hub.cli("settings", "set", key, value, check=False)
        assert (done.returncode, done.stdout) == (2, "")
    assert hub.cli("settings", "set", "screen.hotline", "115", "--place", "pnone",
                   check=False).returncode == 2  # fmt: skip
