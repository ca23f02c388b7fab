"""Places: lists are taken whole or not at all, lives have steps, and events end themselves."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from hub.places import kinds
from tests.hubs import Gate, HubProcess

HEAD = ["Tên cơ sở", "Loại hình", "Địa chỉ", "Mã xã", "Điện thoại", "Số cổng", "Vĩ độ", "Kinh độ"]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory):
    hub = HubProcess(tmp_path_factory.mktemp("places"))
    yield hub
    hub.close()


def sheet(path: Path, rows: list[list[object]], head: list[str] = HEAD) -> str:
    book = openpyxl.Workbook()
    for row in [head, *rows]:
        book.active.append(row)
    book.save(path)
    return str(path)


def test_a_list_of_5000_with_200_bad_rows_names_all_200_and_takes_nothing(
    hub: HubProcess, tmp_path: Path
) -> None:
    rows: list[list[object]] = [
        [f"Cửa hàng {n}", "cửa hàng", f"{n} Lê Lợi", "", "0900000001", 1, 13.1, 109.2]
        for n in range(5000)
    ]
    wanted = {}
    for n in range(200):
        index = n * 25
        column, bad = [("B", "vũ trụ"), ("E", "12"), ("F", 0), ("G", 200), ("A", ""), ("D", "x9")][
            n % 6
        ]
        rows[index]["ABCDEFGH".index(column)] = bad
        wanted[index + 2] = column
    path = sheet(tmp_path / "p.xlsx", rows)
    hub.cli("migrate")
    before = len(hub.json("place", "list"))
    done = hub.cli("place", "import", path, "--json", check=False)
    import json

    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert {f["row"]: f["column"][0] for f in found} == wanted
    assert len(found) == 200
    told = [line for line in done.stderr.splitlines() if "rows read" in line]
    assert told[0] == "500 of 5000 rows read"
    assert told[-1] == "5000 of 5000 rows read"
    assert len(hub.json("place", "list")) == before


def test_a_dry_run_changes_nothing_and_the_same_list_is_a_duplicate_afterwards(
    hub: HubProcess, tmp_path: Path
) -> None:
    path = sheet(tmp_path / "p.xlsx", [["Chợ Đầu Mối", "Chợ", "Quốc lộ 1", "", "", "", "", ""]])
    assert hub.json("place", "import", path, "--dry-run")[0]["places"] == 1
    assert "Chợ Đầu Mối" not in hub.cli("place", "list").stdout
    hub.json("place", "import", path)
    (made,) = [p for p in hub.json("place", "list") if p["name"] == "Chợ Đầu Mối"]
    assert (made["kind"], made["stage"]) == ("market", "known")
    again = sheet(tmp_path / "q.xlsx", [["CHO DAU MOI", "Chợ", "Quoc lo 1", "", "", "", "", ""]])
    done = hub.cli("place", "import", again, check=False)
    assert done.returncode == 1
    assert made["place"] in done.stdout


def test_what_may_be_one_place_twice_is_told_and_not_refused(
    hub: HubProcess, tmp_path: Path
) -> None:
    path = sheet(
        tmp_path / "p.xlsx",
        [
            ["Quán Hai Lần", "nhà hàng", "1 Lê Lợi", "", "", 1, "", ""],
            ["QUAN HAI LAN", "nhà hàng", "Ngã tư Lê Lợi", "", "0900000077", 1, "", ""],
            ["Quán Khác Hẳn", "nhà hàng", "9 Trần Phú", "", "0900 000 077", 1, "", ""],
        ],
    )
    (found,) = hub.json("place", "import", path, "--dry-run")
    assert [(one["row"], "row 2" in one["words"]) for one in found["perhaps"]] == [
        (3, True), (4, False),
    ]  # fmt: skip
    assert found["places"] == 3


def test_suspending_needs_a_decision_and_steps_cannot_be_skipped(hub: HubProcess) -> None:
    place = hub.place("Quán Tạm Dừng")
    assert hub.cli("place", "stage", place, "suspended", check=False).returncode == 3
    hub.json("place", "stage", place, "suspended", "--decision", "12/QĐ", "--date", "01/11/2026")
    assert hub.cli("place", "stage", place, "active", check=False).returncode == 3
    hub.json("place", "stage", place, "active", "--decision", "15/QĐ", "--date", "2026-11-09")
    assert hub.cli("place", "stage", place, "verified", check=False).returncode == 3
    hub.json("place", "stage", place, "closed")
    done = hub.cli("board", place, "--out", "x.pdf", "--url", "https://hub.vn", check=False)
    assert done.returncode == 3
    audit = hub.cli("audit", "--action", "place-stage", "--json").stdout
    assert "12/QĐ" in audit


def test_an_event_closes_itself_and_its_entries_stay(own_hub: HubProcess) -> None:
    (made,) = own_hub.json(
        "place", "temporary", "Đám cưới Ví Dụ", "--host", "Nhà trai",
        "--starts", "2026-01-05T08:00", "--ends", "2026-01-06T08:00",
    )  # fmt: skip
    gate = Gate.joined(own_hub, made["place"])
    gate.send(gate.entries(1))
    (listed,) = [p for p in own_hub.json("place", "list") if p["place"] == made["place"]]
    assert listed["stage"] == "closed"
    assert len(own_hub.entries("--place", made["place"])) == 1


def test_a_tree_is_loaded_whole_with_its_dates(hub: HubProcess, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(
        "Mã;Tên;Cấp;Mã cấp trên;Từ ngày;Đến ngày\n"
        "54;Phú Yên;tỉnh;;;30/06/2025\n"
        "559;Huyện Phú Hòa;huyện;54;;30/06/2025\n"
        "22250;Xã Hòa Thắng;xã;559;;30/06/2025\n"
        "66;Đắk Lắk;tỉnh;;01/07/2025;\n"
        "22251;Xã Phú Hòa 1;xã;66;01/07/2025;\n",
        encoding="utf-8",
    )
    hub.json("unit", "import", str(path))
    then = {u["code"] for u in hub.json("unit", "list", "--on", "2021-08-01")}
    now = {u["code"]: u["parent"] for u in hub.json("unit", "list", "--on", "01/08/2025")}
    assert then == {"54", "559", "22250"}
    assert now == {"66": None, "22251": "66"}
    path.write_text("Mã,Tên,Mã cấp trên\na,A,b\nb,B,a\nc,C,zz\n", encoding="utf-8")
    done = hub.cli("unit", "import", str(path), "--tree", "body", check=False)
    assert done.returncode == 1
    assert done.stdout.count("stand above itself") == 2
    assert "row 4" in done.stdout
    assert hub.json("unit", "list", "--tree", "body") == []


@pytest.mark.parametrize("data", [b"PK\x03\x04 nothing", b"\xff\xfe\x00a", b"a,b\n1,2\n", b""])
def test_what_is_no_list_is_refused_in_one_sentence(
    hub: HubProcess, tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "x.xlsx").write_bytes(data)
    done = hub.cli("place", "import", str(tmp_path / "x.xlsx"), check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_every_kind_is_found_by_its_words_and_no_word_means_two() -> None:
    words = [w for kind in kinds.kinds().values() for w in (kind.id, kind.name, *kind.words)]
    assert len(words) == len(set(words))
    for kind in kinds.kinds().values():
        assert {kinds.find(word.upper()).id for word in kind.words} == {kind.id}
