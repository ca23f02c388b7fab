"""Cases and traces, seen through the hub's own commands, on entries that kiosks made."""

from __future__ import annotations

import csv
import datetime as dt
import json
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hubs import Gate, HubProcess
from tests.kiosks import KioskBox, card, name, national, number, phone
from wire.entry import Entry

LAN, MAI, SECRET = "lan", "mai", "lúa-mì-rau-cải-7\n"
MINUTE = 60_000


@pytest.fixture(scope="module")
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HubProcess]:
    """A hub with two officials and a superuser; on SQLite unless a test asks for both."""
    database = ""
    if getattr(request, "param", "sqlite") == "postgresql":
        database = request.getfixturevalue("postgresql").database()
    with HubProcess(tmp_path_factory.mktemp("desk"), database=database) as hub:
        for who in (LAN, MAI):
            hub.cli("account", "add", who, "--role", "official", "--password-stdin", stdin=SECRET)
        hub.cli("admin", "root", "--password-stdin", stdin=SECRET)
        yield hub


on_both = pytest.mark.parametrize("desk", ["sqlite", "postgresql"], indirect=True)


def as_(hub: HubProcess, who: str, *args: str, check: bool = True) -> dict[str, Any]:
    done = hub.cli(
        "case", *args, "--account", who, "--password-stdin", "--json", stdin=SECRET, check=check
    )
    if done.returncode:
        return {"code": done.returncode, "said": done.stderr}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def opened(hub: HubProcess, *who: str) -> str:
    case = str(as_(hub, LAN, "open", *who, "--reason", "ca dương tính 12")["case"])
    as_(hub, MAI, "approve", case)
    return case


def traced(hub: HubProcess, case: str, *args: str) -> dict[str, Any]:
    (found,) = hub.json("trace", "--case", case, *args)
    return found


class People:
    """Made people of a test of their own, and passages at wire level at stated times."""

    def __init__(self) -> None:
        self.base = uuid.uuid4().int % 10**6 * 100

    def person(self, who: int, **more: str) -> dict[str, str]:
        made = {
            "name": f"Đỗ Thị {'ABCDEFGHIJ'[who]}n Thử",
            "birth": "1999-02-01",
            "sex": "female",
            "number": f"0541{self.base + who:08d}",
        }
        return {k: v for k, v in (made | more).items() if v}


@pytest.fixture
def people() -> People:
    return People()


def afternoon() -> int:
    """Return yesterday's 15:00 here: stays before it meet neither midnight nor closing time."""
    now = dt.datetime.now(dt.timezone(dt.timedelta(hours=7)))
    there = now.replace(hour=15, minute=0, second=0, microsecond=0) - dt.timedelta(days=1)
    return int(there.timestamp() * 1000)


def passage(gate: Gate, who: dict[str, str], before: float, **more: Any) -> Entry:
    """Return a passage so many minutes before that time, by the kiosk's trusted clock."""
    facts = {"boot_id": uuid.uuid4(), "wall_ms": afternoon() - int(before * MINUTE)}
    return gate.entry(who, **(facts | more))


def names(found: dict[str, Any], generation: int = 1) -> dict[str, dict[str, Any]]:
    return {
        line["person"]["number"]: line
        for line in found["contacts"]
        if line["generation"] == generation
    }


def test_a_case_needs_a_second_official(desk: HubProcess) -> None:
    case = str(as_(desk, LAN, "open", "--number", "054199900001", "--reason", "drill")["case"])
    refused = desk.cli("trace", "--case", case, check=False)
    assert (refused.returncode, "second official" in refused.stderr) == (3, True)
    same = as_(desk, LAN, "approve", case, check=False)
    assert (same["code"], "another official" in same["said"]) == (3, True)
    assert as_(desk, MAI, "approve", case)["status"] == "approved"
    assert as_(desk, MAI, "approve", case, check=False)["code"] == 3
    assert traced(desk, case)["visits"] == []


def test_a_superuser_and_a_wrong_password_open_no_case(desk: HubProcess) -> None:
    case = ("open", "--number", "054199900001", "--reason", "curiosity")
    assert as_(desk, "root", *case, check=False)["code"] == 3
    done = desk.cli(
        "case", *case, "--account", LAN, "--password-stdin", stdin="guess\n", check=False
    )
    assert done.returncode == 3


def test_an_emergency_is_loud_audited_and_reviewed_by_another(desk: HubProcess) -> None:
    said = desk.cli(
        "case", "open", "--number", "054199900002", "--reason", "ổ dịch", "--emergency",
        "--account", LAN, "--password-stdin", "--json", stdin=SECRET,
    )  # fmt: skip
    assert "EMERGENCY" in said.stderr
    case = json.loads(said.stdout)["case"]
    assert traced(desk, case)["status"] == "emergency"
    own = as_(desk, LAN, "review", case, "--finding", "ok", check=False)
    assert own["code"] == 3
    assert as_(desk, MAI, "review", case, "--finding", "justified")["reviewed_by"] == MAI
    actions = [row["action"] for row in desk.json("audit") if row["subject"] == case]
    assert actions == ["case-emergency", "reveal", "reveal", "case-review"]


def test_a_closed_case_is_traced_no_more(desk: HubProcess) -> None:
    case = opened(desk, "--number", "054199900003")
    as_(desk, MAI, "close", case)
    assert desk.cli("trace", "--case", case, check=False).returncode == 3


def test_every_trace_is_in_the_audit_before_a_name_is_shown(desk: HubProcess) -> None:
    gate = Gate.joined(desk)
    gate.send([gate.entry()])
    case = opened(desk, "--number", "054199012345")
    before = len(desk.json("audit", "--action", "reveal"))
    traced(desk, case)
    rows = desk.json("audit", "--action", "reveal")[before:]
    assert [(row["subject"], row["reason"]) for row in rows] == [(case, "ca dương tính 12")] * 2


@on_both
def test_contacts_are_those_who_were_there_at_the_same_time(
    desk: HubProcess, people: People
) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    person = people.person
    gate.send(
        [
            passage(gate, person(0), 180),
            passage(gate, person(1), 170),  # met for 50 minutes
            passage(gate, person(2), 190),  # left before
            passage(gate, person(2), 185, direction="out"),
            passage(gate, person(1), 120, direction="out"),
            passage(gate, person(0), 90, direction="out"),
            passage(gate, person(3), 60),  # came after
            passage(gate, person(4), 130),  # nobody saw them leave
        ]
    )
    found = traced(desk, opened(desk, "--number", person(0)["number"]))
    (visit,) = found["visits"]
    assert (visit["in"]["why"], visit["out"]["why"], visit["in"]["error_s"]) == ("seen", "seen", 2)
    met = names(found)
    assert list(met) == [person(1)["number"], person(4)["number"]]
    assert met[person(1)["number"]]["minutes"] == pytest.approx(50, abs=0.1)
    assert [line["confidence"] for line in met.values()] == ["high", "medium"]


@on_both
def test_a_passage_taken_back_never_was_and_a_turned_one_is_the_other_way(
    desk: HubProcess, people: People
) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    person = people.person
    came, mistaken = passage(gate, person(0), 120), passage(gate, person(1), 100)
    turned = passage(gate, person(0), 60)
    undone = gate.entry({}, type="correction", corrects=mistaken.header.id, direction=None)
    flip = gate.entry({}, type="correction", corrects=turned.header.id, direction="out")
    gate.send([came, mistaken, turned, undone, flip])
    found = traced(desk, opened(desk, "--number", person(0)["number"]))
    assert found["contacts"] == []
    (visit,) = found["visits"]
    assert visit["out"]["why"] == "seen"


def test_one_bus_is_one_room_and_another_trip_is_another(desk: HubProcess, people: People) -> None:
    gate = Gate.joined(desk, desk.place(f"Xe {uuid.uuid4()}", kind="vehicle"))
    person = people.person
    gate.send(
        [
            passage(gate, person(0), 120, trip="51B-1"),
            passage(gate, person(1), 110, trip="51B-1"),
            passage(gate, person(2), 110, trip="51B-2"),
        ]
    )
    met = names(traced(desk, opened(desk, "--number", person(0)["number"])))
    assert list(met) == [person(1)["number"]]
    assert met[person(1)["number"]]["meetings"][0]["at"] == "trip"


def test_a_place_s_own_hours_and_its_end_bound_a_stay_that_nobody_ended(
    desk: HubProcess, people: People, tmp_path: Path
) -> None:
    title = f"Cửa hàng {uuid.uuid4()}"
    listed = tmp_path / "places.csv"
    listed.write_text(
        f"Tên,Loại,Địa chỉ,Giờ mở cửa\n{title},cửa hàng,1 Lê Lợi,7h–15h30\n", encoding="utf-8"
    )
    desk.cli("place", "import", str(listed))
    (shop,) = [str(one["place"]) for one in desk.json("place", "list") if one["name"] == title]
    now = dt.datetime.now(dt.UTC)
    begins, ends = (now - dt.timedelta(hours=3)), (now + dt.timedelta(hours=1))
    (party,) = desk.json(
        "place", "temporary", f"Cưới {uuid.uuid4()}",
        "--starts", begins.isoformat(), "--ends", ends.isoformat(),
    )  # fmt: skip
    gate, feast = Gate.joined(desk, shop), Gate.joined(desk, str(party["place"]))
    gate.send([passage(gate, people.person(0), 30)])  # at 14:30, and shops let stay two hours
    came = int((now - dt.timedelta(hours=2)).timestamp() * 1000)
    feast.send([feast.entry(people.person(0), boot_id=uuid.uuid4(), wall_ms=came)])
    found = traced(desk, opened(desk, "--number", people.person(0)["number"]))
    shopping, wedding = found["visits"]
    assert (shopping["out"]["why"], shopping["out"]["at"][11:16]) == ("closing", "08:30")
    assert wedding["out"]["why"] in ("now", "midnight")  # it is not over yet


def test_contacts_of_contacts_are_a_second_generation(desk: HubProcess, people: People) -> None:
    first = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    second = Gate.joined(desk, desk.place(f"Trường {uuid.uuid4()}", kind="school"))
    person = people.person
    first.send(
        [
            passage(first, person(0), 300),
            passage(first, person(1), 290),
            passage(first, person(1), 250, direction="out"),
            passage(first, person(0), 240, direction="out"),
        ]
    )
    second.send(
        [
            passage(second, person(3), 500),  # gone before the contact came
            passage(second, person(3), 400, direction="out"),
            passage(second, person(1), 200),
            passage(second, person(2), 190),
        ]
    )
    found = traced(desk, opened(desk, "--number", person(0)["number"]), "--generations", "2")
    assert list(names(found, 1)) == [person(1)["number"]]
    assert list(names(found, 2)) == [person(2)["number"]]


def test_a_person_is_found_by_phone_qid_insurance_and_name_with_birth_year(
    desk: HubProcess, people: People
) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    more = {
        "phone": f"09{people.base:08d}",
        "qid": f"77{people.base:010d}",
        "bhyt": f"{people.base:010d}",
        "name": f"Hoà Thuý {people.base}",
    }
    gate.send([passage(gate, people.person(0, **more), 60)])
    spoken = f"+84 {more['phone'][1:]}"
    for wanted in (("--phone", spoken), ("--qid", more["qid"]), ("--bhyt", more["bhyt"])):
        found = traced(desk, opened(desk, *wanted))
        assert found["person"]["number"] == people.person(0)["number"]
    by_name = ("--name", f"hòa THÚY {people.base}", "--birth", "1999")
    refused = as_(desk, LAN, "open", *by_name, "--reason", "ca 13", check=False)
    assert (refused["code"], "--pick" in refused["said"]) == (1, True)
    assert people.person(0)["number"] not in refused["said"]
    assert len(traced(desk, opened(desk, *by_name, "--pick", "1"))["visits"]) == 1


def test_two_people_under_one_phone_are_told_apart(desk: HubProcess, people: People) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    shared = f"08{people.base:08d}"
    both = [people.person(who, phone=shared) for who in (0, 1)]
    gate.send([passage(gate, both[0], 90), passage(gate, both[0], 60), passage(gate, both[1], 50)])
    refused = as_(desk, LAN, "open", "--phone", shared, "--reason", "ca 14", check=False)
    assert refused["code"] == 1
    found = traced(desk, opened(desk, "--phone", shared, "--pick", "1"))
    assert found["person"]["number"] == both[0]["number"]
    assert list(names(found)) == [both[1]["number"]]


def test_cards_of_one_person_are_joined_over_what_one_code_carried_both_of(
    desk: HubProcess, people: People
) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    qid = f"66{people.base:010d}"
    gate.send(
        [
            passage(gate, people.person(0, qid=qid), 600),
            passage(gate, {"name": "DO THI VI DU", "qid": qid}, 120),
            passage(gate, people.person(0), 60, direction="out"),
        ]
    )
    found = traced(desk, opened(desk, "--number", people.person(0)["number"]))
    assert [(v["in"]["why"], v["out"]["why"]) for v in found["visits"]] == [
        ("seen", "stay"),
        ("seen", "seen"),
    ]


def test_a_number_that_the_code_masked_is_joined_with_a_score(
    desk: HubProcess, people: People
) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    whole = people.person(0)
    hidden = whole["number"][:4] + "****" + whole["number"][8:]
    other = "0" * 4 + "****" + whole["number"][8:]
    gate.send(
        [
            passage(gate, whole, 600),
            passage(gate, whole | {"number": hidden}, 120),
            passage(gate, whole | {"number": other}, 30),
        ]
    )
    found = traced(desk, opened(desk, "--number", whole["number"]))
    assert [visit["join"] for visit in found["visits"]] == [1.0, 0.67]


def test_the_phone_comes_from_any_entry_under_the_same_number(
    desk: HubProcess, people: People
) -> None:
    here = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    there = Gate.joined(desk, desk.place(f"Chùa {uuid.uuid4()}", kind="worship"))
    person = people.person
    there.send([passage(there, person(1, phone="0900000077"), 5000)])
    here.send([passage(here, person(0), 60), passage(here, person(1), 50)])
    met = names(traced(desk, opened(desk, "--number", person(0)["number"])))
    line = met[person(1)["number"]]
    assert (line["person"]["phone"], line["phone_from"]) == ("0900000077", there.code.place)


UNITS = """Mã,Tên,Cấp,Mã cấp trên,Từ ngày,Đến ngày,Người đứng đầu,Mã kế thừa
66,Tỉnh Đắk Lắk,tỉnh,,,,,
54,Tỉnh Phú Yên,tỉnh,,,30/06/2025,,66
PH,Huyện Phú Hòa,huyện,54,,30/06/2025,,
TH,Thành phố Tuy Hòa,thành phố,54,,30/06/2025,,
HT,Xã Hoà Thắng,xã,PH,,30/06/2025,,PH1
PH1,Xã Phú Hòa 1,xã,66,01/07/2025,,Chủ tịch UBND xã Phú Hòa 1,
P1,Phường 1,phường,TH,,30/06/2025,,TUY
TUY,Phường Tuy Hòa,phường,66,01/07/2025,,Chủ tịch UBND phường Tuy Hòa,
AP1,Xã An Phú,xã,TH,,30/06/2025,,TUY
GL,Tỉnh Gia Lai,tỉnh,,,,,
AP2,Xã An Phú,xã,GL,,,,
"""


def test_who_left_no_phone_is_routed_to_the_commune_that_their_address_names(
    desk: HubProcess, people: People, tmp_path: Path
) -> None:
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    desk.cli("unit", "import", str(tmp_path / "units.csv"))
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    homes = {
        1: ("Thôn Phú Lộc, Hòa Thắng, Phú Hòa, Phú Yên", "PH1"),  # as cards still have it
        2: ("12 Lê Lợi, P.01, TP. Tuy Hoà, tỉnh Phú Yên", "TUY"),
        3: ("Xã An Phú", None),  # there are two
        4: ("An Phú, Gia Lai", "AP2"),
        5: ("Xã Phú Hòa 1, tỉnh Đắk Lắk", "PH1"),
        6: ("An Phú, Sóc Trăng", None),  # none of ours
        7: ("", None),
    }
    gate.send([passage(gate, people.person(0), 60)])
    gate.send([passage(gate, people.person(n, address=home), 50) for n, (home, _) in homes.items()])
    gate.send([passage(gate, people.person(8, address=homes[1][0], phone="0900000008"), 50)])
    case = opened(desk, "--number", people.person(0)["number"])
    met = names(traced(desk, case))
    found = {n: met[people.person(n)["number"]]["route_to"] for n in range(1, 9)}
    codes = {n: route and route["unit"] for n, route in found.items()}
    assert codes == {n: code for n, (_, code) in homes.items()} | {8: None}
    assert found[1]["head"] == "Chủ tịch UBND xã Phú Hòa 1"
    assert "→ Xã Phú Hòa 1" in desk.cli("trace", "--case", case).stdout
    table = tmp_path / "list.csv"
    desk.cli("trace", "--case", case, "--export", str(table), "--reason", "gửi xã")
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert sorted(row["Chuyển về"] for row in rows if row["Chuyển về"]) == [
        "Phường Tuy Hòa", "Xã An Phú", "Xã Phú Hòa 1", "Xã Phú Hòa 1",
    ]  # fmt: skip


def test_a_held_key_s_entries_stay_apart(desk: HubProcess, people: People) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    gate.send([passage(gate, people.person(0), 60)])
    second = Gate(gate.code, gate.url)
    second.claim()
    second.send([passage(second, people.person(1), 50)])
    found = traced(desk, opened(desk, "--number", people.person(0)["number"]))
    assert found["contacts"] == []


def test_what_a_kiosk_says_of_another_place_counts_in_no_trace(
    desk: HubProcess, people: People
) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    evil = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    gate.send([passage(gate, people.person(0), 60)])
    evil.send(
        [
            passage(evil, people.person(1), 50, place=gate.code.place),  # never was there
            passage(evil, people.person(2), 50),
        ]
    )
    found = traced(desk, opened(desk, "--number", people.person(0)["number"]))
    assert len(found["visits"]) == 1
    assert found["contacts"] == []


def test_calls_have_a_state_and_a_note_that_lies_encrypted(
    desk: HubProcess, people: People
) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    gate.send([passage(gate, people.person(0), 60), passage(gate, people.person(1), 50)])
    case = opened(desk, "--number", people.person(0)["number"])
    (line,) = traced(desk, case)["contacts"]
    as_(desk, LAN, "note", case, line["contact"], "--state", "reached", "--note", "sốt, ở nhà mẹ")
    (line,) = traced(desk, case)["contacts"]
    assert line["state"] == "reached"
    for path in desk.data.rglob("*.sqlite3*"):
        assert "ở nhà mẹ".encode() not in path.read_bytes()
    assert (
        as_(desk, LAN, "note", case, line["contact"], "--state", "gone", check=False)["code"] == 2
    )


def test_the_list_is_exported_with_a_reason_and_no_cell_is_a_formula(
    desk: HubProcess, people: People, tmp_path: Path
) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    evil = people.person(1, name="=HYPERLINK(1) Thử")
    gate.send([passage(gate, people.person(0), 60), passage(gate, evil, 50)])
    case = opened(desk, "--number", people.person(0)["number"])
    table, book = tmp_path / "list.csv", tmp_path / "list.xlsx"
    without = desk.cli("trace", "--case", case, "--export", str(table), check=False)
    assert without.returncode == 2
    for file in (table, book):
        desk.cli("trace", "--case", case, "--export", str(file), "--reason", "gửi CDC")
        assert file.stat().st_mode & 0o077 == 0
    (row,) = csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())
    assert (row["Họ tên"], row["Số giấy tờ"]) == ("'=HYPERLINK(1) Thử", evil["number"])
    with zipfile.ZipFile(book) as opened_book:
        sheet = opened_book.read("xl/worksheets/sheet1.xml").decode()
    assert evil["number"] in sheet
    assert "<f>" not in sheet
    actions = [r["action"] for r in desk.json("audit") if r["subject"] == case]
    assert actions.count("trace-export") == 2


@pytest.fixture(scope="module")
def two_gates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HubProcess, Path]]:
    """A hub of its own for the story with real kiosks."""
    folder = tmp_path_factory.mktemp("gates")
    with HubProcess(folder / "hub") as hub:
        for who in (LAN, MAI):
            hub.cli("account", "add", who, "--role", "official", "--password-stdin", stdin=SECRET)
        yield hub, folder


def test_a_real_gate_s_withheld_stick_tells_the_open_case_what_is_new(
    two_gates: tuple[HubProcess, Path],
) -> None:
    hub, folder = two_gates
    place = hub.place("Viện Ví Dụ", kind="hospital", gates=2)
    a, b = KioskBox(folder / "a"), KioskBox(folder / "b")
    for box in (a, b):
        box.enrol(hub, place=place)
    b.drain(folder / "b-first")
    for text in (card(1), national(2)):
        assert a.enter(text)["verdict"] == "recorded"
    for text in (card(3), card(4)):
        assert b.enter(text)["verdict"] == "recorded"
    a.drain(folder / "a-all")
    case = opened(hub, "--number", number(1))
    found = traced(hub, case)
    assert found["person"]["name"] == name(1)
    met = names(found)
    assert list(met) == [number(2)]
    assert met[number(2)]["person"]["phone"] == phone(2)
    assert "Cổng 2" in [gate["gate"] for gate in found["incomplete"]]
    said = hub.cli("trace", "--case", case).stdout
    assert "Viện Ví Dụ, Cổng 2: chưa có dữ liệu từ " in said
    assert "+0 liên hệ mới" in said
    stick = folder / "stick"
    stick.mkdir()
    b.cli("export", str(stick))
    hub.cli("import", str(stick))
    assert "+2 liên hệ mới" in hub.cli("trace", "--case", case).stdout
    assert traced(hub, case)["new_contacts"] == 0
    again = opened(hub, "--number", number(1))
    later = traced(hub, again)
    assert later["new_contacts"] is None
    assert sorted(names(later)) == [number(2), number(3), number(4)]


@on_both
def test_a_gate_that_told_everything_is_complete_until_then(
    desk: HubProcess, people: People
) -> None:
    place = desk.place(f"Chợ {uuid.uuid4()}", gates=2)
    whole, lagging = Gate.joined(desk, place), Gate.joined(desk, place)
    whole.send(
        [
            passage(whole, people.person(0), 60),
            passage(whole, people.person(0), 30, direction="out"),
        ]
    )
    whole.pulsed()
    lagging.send([passage(lagging, people.person(1), 400)])
    kept = passage(lagging, people.person(2), 50)
    lagging.pulsed()
    case = opened(desk, "--number", people.person(0)["number"])
    found = traced(desk, case)
    assert [gate["kiosk"] for gate in found["incomplete"]] == [str(lagging.code.kiosk)]
    assert found["incomplete"][0]["complete_until"] is not None
    assert found["contacts"] == []
    lagging.send([kept])
    lagging.pulsed()
    later = traced(desk, case)
    assert (later["incomplete"], later["new_contacts"]) == ([], 1)


def test_a_call_list_s_line_goes_with_the_entry_that_named_the_person(
    desk: HubProcess, people: People
) -> None:
    gate = Gate.joined(desk, desk.place(f"Chợ {uuid.uuid4()}"))
    gate.send([passage(gate, people.person(0), 60), passage(gate, people.person(1), 50)])
    case = opened(desk, "--number", people.person(0)["number"])
    traced(desk, case)
    listed = {line["case"]: line["contacts"] for line in desk.json("case", "list")}
    assert listed[case] == 1
    desk.json("erase", "--number", people.person(1)["number"], "--reason", "đơn 12")
    listed = {line["case"]: line["contacts"] for line in desk.json("case", "list")}
    assert listed[case] == 0
