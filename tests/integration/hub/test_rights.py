"""An official of one unit on data of another: refused on every page, report, file and command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.commune import PASSWORD, Commune, Desk
from tests.browser.street import Phone
from tests.hubs import ROOT, Gate
from tests.kiosks import card, name, number


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commune]:
    hub = Commune.opened(tmp_path_factory.mktemp("rights"))
    try:
        yield hub
    finally:
        hub.close()


@pytest.fixture(scope="module")
def desks(hub: Commune) -> dict[str, Desk]:
    names = ("an", "anh", "binh", "hue", "sgd", "tinh", "ky", "di", "chu")
    made = {who: Desk(hub, who) for who in names}
    assert all(desk.inside for desk in made.values())
    return made


@pytest.fixture(scope="module")
def visit(hub: Commune, desks: dict[str, Desk]) -> str:
    """A visit to unit B's hospital."""
    desks["binh"].post(f"places/{hub.hospital}", do="visit", reason="bảng mờ", due="2026-01-02")
    page = desks["binh"].get("visits").text
    return page.split('href="/desk/visits/')[1].split('"')[0]


@pytest.fixture(scope="module")
def case(hub: Commune, desks: dict[str, Desk]) -> str:
    """A case of unit B's official."""
    made = desks["binh"].post("cases", number=number(4), reason="ca của đơn vị B", days="21")
    return made.url.rpartition("/")[2]


@pytest.fixture(scope="module")
def board(hub: Commune, desks: dict[str, Desk]) -> str:
    """The number of a board of unit B's hospital."""
    assert desks["binh"].post(f"places/{hub.hospital}/board", size="A4").content.startswith(b"%PDF")
    return "1"


def routes() -> list[tuple[str, str]]:
    """Return every address of the desk: its name and its route."""
    text = (ROOT / "hub" / "desk" / "urls.py").read_text(encoding="utf-8")
    found = re.findall(r'path\("([^"]*)",[^\n]*name="([^"]+)"\)', text)
    assert len(found) == text.count(" path(")
    return [(name, route) for route, name in found]


OPEN = {"home", "login", "logout", "language", "account"}
"""What shows nothing of any place but one's own, as other tests hold."""
LISTS = {
    "sticks",
    "today",
    "places",
    "visits",
    "report",
    "progress",
    "days",
    "letters",
    "cases",
    "boards",
    "fleet",
    "passes",
}
"""What shows one's own places: B's must not be among them."""
FORMS = {"new", "board-unit", "worksheet", "claim", "street", "door-new"}


def test_an_official_of_another_unit_is_refused_on_every_page_about_one_thing(
    hub: Commune,
    desks: dict[str, Desk],
    visit: str,
    case: str,
    board: str,
    tmp_path: Path,
) -> None:
    stick = _stick(hub, desks["binh"], tmp_path)
    keys = {
        "sticks": stick,
        "places": hub.hospital, "visits": visit, "cases": case, "boards": board,
        "street": hub.hospital,
    }  # fmt: skip
    tried = 0
    for known, route in routes():
        if "<" not in route or known == "claim":
            continue
        first = route.split("/")[0]
        path = "/".join(keys[first] if "<" in part else part for part in route.split("/"))
        for desk in (desks["an"], desks["ky"], desks["di"], desks["chu"], desks["sgd"]):
            for answer in (desk.get(path), desk.post(path, do="stage", reason="x")):
                assert answer.status_code in (403, 405), (known, path, answer.status_code)
                assert "Bệnh viện Ví Dụ" not in answer.text
            tried += 1
    assert tried >= 5 * 12


def _stick(hub: Commune, desk: Desk, folder: Path) -> str:
    """Carry what unit B's kiosk holds to the hub, as its official does; the trip's id."""
    hub.other.enter(card(9))
    hub.other.cli("export", str(folder))
    files = [
        ("files", (path.name, path.read_bytes()))
        for path in sorted(folder.rglob("*")) if path.is_file()
    ]  # fmt: skip
    taken = desk.session.post(
        f"{desk.url}sticks", files=files,
        data={"csrfmiddlewaretoken": desk.session.cookies["csrftoken"]},
        headers={"Referer": desk.url}, timeout=60,
    )  # fmt: skip
    assert "Bệnh viện Ví Dụ" in taken.text
    return taken.url.rpartition("/")[2]


def test_every_address_of_the_desk_is_in_one_of_these_tests() -> None:
    for known, route in routes():
        assert "<" in route or known in OPEN | LISTS | FORMS, (known, route)


@pytest.mark.parametrize(
    "path", sorted(LISTS - {"progress", "days", "letters"} | {"report/letters"})
)
@pytest.mark.parametrize("who", ["an", "hue", "sgd", "binh", "tinh"])
def test_lists_show_the_places_of_one_s_own_unit_and_below(
    hub: Commune, desks: dict[str, Desk], path: str, who: str
) -> None:
    text = desks[who].get(path).text
    theirs = {"an": "Thuận Hóa", "binh": "Phú Xuân", "sgd": "Giáo dục"}.get(who, "")
    others = {"an": ["Bệnh viện Ví Dụ"], "binh": ["Chợ Đông", "Trường Tiểu"],
              "sgd": ["Bệnh viện Ví Dụ", "Chợ Đông"]}.get(who, [])  # fmt: skip
    for other in others:
        assert f"{other}" not in text, (who, path)
    if path == "places":
        shown = sum(f"/desk/places/{pk}" in text for pk in hub.places.values())
        assert shown == {"an": 3, "binh": 1, "sgd": 1, "hue": 4, "tinh": 4}[who]
    assert theirs in text or path not in ("today", "places")


def test_reports_and_files_hold_the_own_unit_s_places_alone(
    hub: Commune, desks: dict[str, Desk]
) -> None:
    import io
    import zipfile

    def texts(who: str, form: str, query: str = "") -> str:
        data = desks[who].get(f"report?format={form}{query}").content
        if form == "pdf":
            from hub.paper.reading import words

            return " ".join(" ".join(words(data)).split())
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = [n for n in book.namelist() if n.endswith(".xml")]
            return " ".join(book.read(n).decode("utf-8") for n in parts)

    for form in ("xlsx", "docx", "pdf"):
        own = texts("an", form)
        assert "Trường Tiểu học Ví Dụ" in own, form
        assert "Bệnh viện Ví Dụ" not in own, form
    assert "Bệnh viện Ví Dụ" in texts("tinh", "xlsx")
    for query in ("&unit=B", "&unit=46", "&unit=SYT"):
        assert desks["an"].get(f"report?format=xlsx{query}").status_code == 403
    for chart in ("progress.svg", "days.svg"):
        assert desks["an"].get(f"report/{chart}?unit=B").status_code == 403
        assert desks["hue"].get(f"report/{chart}?unit=B").content.startswith(b"<?xml")
    for path in ("boards/unit", "boards/worksheet"):
        assert desks["an"].post(path, unit="B").status_code == 403
    assert desks["an"].post("places/new", do="place", name="Nơi Lén", kind="shop",
                            territory="B").status_code == 403  # fmt: skip
    lists = {"file": ("p.csv", "Tên,Loại,Mã xã\nNơi Lén,chợ,B\n".encode())}
    assert desks["an"].post("places/new", files=lists, do="list", take="1").status_code == 403
    assert "Nơi Lén" not in hub.cli("place", "list").stdout


def test_a_key_of_another_unit_s_kiosk_is_not_decided(hub: Commune, desks: dict[str, Desk]) -> None:
    gate = Gate.joined(hub, hub.hospital)
    Gate(gate.code, gate.url).claim()
    page = desks["binh"].get("today").text
    path = page.split('action="/desk/claims/')[1].split('"')[0]
    assert f"/desk/claims/{path}" not in desks["an"].get("today").text
    assert desks["an"].post(f"claims/{path}", decision="accept").status_code == 403
    assert desks["binh"].post(f"claims/{path}", decision="revoke").status_code == 200


def test_commands_that_take_an_account_ask_for_its_unit(
    hub: Commune, case: str, tmp_path: Any
) -> None:
    def run(*words: str) -> int:
        return hub.cli(*words, "--account", "an", "--password-stdin", stdin=PASSWORD + "\n",
                       check=False).returncode  # fmt: skip

    assert run("report", "--place", hub.hospital) == 3
    assert run("report", "--unit", "B") == 3
    assert run("letters", "--unit", "B", "--out", str(tmp_path)) == 3
    assert run("trace", "--case", case) == 3
    for words in (("approve",), ("close",), ("review", "--finding", "x")):
        assert run("case", words[0], case, *words[1:]) == 3
    assert run("case", "note", case, "x", "--state", "reached") == 3
    assert run("report", "--place", hub.market) == 0
    (made,) = hub.json("report", "--unit", "SGD")
    assert [one["place"] for one in made["places"]] == [hub.school]
    wrong = hub.cli("report", "--account", "an", "--password-stdin", stdin="guess\n", check=False)
    assert wrong.returncode == 3


def test_a_trace_shows_what_happened_at_one_s_own_places_and_counts_the_rest(
    hub: Commune, desks: dict[str, Desk]
) -> None:
    made = desks["an"].post("cases", number=number(1), reason="ca dương tính", days="21")
    path = "cases/" + made.url.rpartition("/")[2]
    desks["anh"].post(path, do="approve")
    own = desks["an"].post(f"{path}/trace").text
    assert name(3) in own
    assert name(4) not in own  # met at the hospital, which is unit B's
    assert "Lượt ở nơi của đơn vị khác: 1" in own
    assert "Bệnh viện Ví Dụ" not in own
    whole = desks["hue"].post(f"{path}/trace").text
    assert name(3) in whole
    assert name(4) in whole


def test_a_unit_keeps_the_places_of_what_it_succeeded(hub: Commune, desks: dict[str, Desk]) -> None:
    old = {"file": ("p.csv", "Tên,Loại,Mã xã\nChợ Xưa,chợ,19000\n".encode())}
    answer = desks["tinh"].post("places/new", files=old, do="list", take="1")
    assert "nay là A" in answer.text  # a list names units of today
    place = hub.place("Đình Phú Bình", kind="worship")
    import sqlite3

    with sqlite3.connect(hub.data / "hub.sqlite3") as db:
        db.execute(
            "UPDATE places_profile SET territory_id = (SELECT id FROM places_unit"
            " WHERE code = '19000') WHERE place_id = ?", (place,),
        )  # fmt: skip
    assert desks["an"].get(f"places/{place}").status_code == 200
    assert desks["binh"].get(f"places/{place}").status_code == 403


def test_a_volunteer_registers_and_prints_and_does_nothing_else(
    hub: Commune, desks: dict[str, Desk]
) -> None:
    desk = desks["di"]
    page = desk.get("street").text
    assert page.index("Lê Lợi") < page.index("Trần Hưng Đạo")
    assert page.index("<b>3B</b>") < page.index("<b>15</b>")
    assert "Bệnh viện" not in page
    assert hub.market not in desk.get("street?left=1").text
    answer = desk.post(
        f"street/{hub.cafe}", name="Quán cà phê Ví Dụ", kind="restaurant",
        address="3B Lê Lợi, phường Thuận Hóa", responsible="Trần Văn Ví Dụ",
        phone="0900 000 009", hours="06:00–21:00", gates="1", reached="1",
    )  # fmt: skip
    assert answer.url.endswith(f"places/{hub.cafe}/board")
    assert desk.post(f"places/{hub.cafe}/board", size="A5").content.startswith(b"%PDF")
    (place,) = [one for one in hub.json("place", "list") if one["place"] == hub.cafe]
    assert place["stage"] == "active"
    fresh = desk.post("street/new", name="Tiệm tóc Ví Dụ", kind="shop", address="5 Lê Lợi")
    assert desks["an"].get("places/" + fresh.url.split("/")[-2]).status_code == 200
    twin = desk.post("street/new", name="TIEM TOC VI DU", kind="shop", address="5 Le Loi")
    assert (twin.status_code, "Nơi này đã có" in twin.text) == (400, True)
    for path in ("today", "places", f"places/{hub.cafe}", "report", "cases", "visits",
                 "residents", "requests", "changes"):  # fmt: skip
        assert desk.get(path).status_code == 403, path
    assert desk.post(f"places/{hub.cafe}", do="stage", stage="closed").status_code == 403
    assert name(1) not in page


def test_an_account_changes_unit_and_is_switched_off(hub: Commune) -> None:
    hub.cli("account", "add", "tam", "--role", "official", "--unit", "A", "--password-stdin",
            stdin=PASSWORD + "\n")  # fmt: skip
    desk = Desk(hub, "tam")
    assert desk.get(f"places/{hub.market}").status_code == 200
    hub.cli("account", "change", "tam", "--unit", "B")
    assert desk.get(f"places/{hub.market}").status_code == 403
    hub.cli("account", "change", "tam", "--active", "no")
    assert "/login" in desk.get("today").url
    listed = {one["name"]: one for one in hub.json("account", "list")}
    assert (listed["tam"]["unit"], listed["tam"]["active"]) == ("B", False)
    done = hub.cli("account", "add", "v", "--role", "volunteer", check=False)
    assert (done.returncode, "--unit" in done.stderr) == (2, True)


def test_only_who_answers_for_the_whole_hub_meets_a_request_about_one_s_own_data(
    hub: Commune, desks: dict[str, Desk]
) -> None:
    phone = Phone(hub, "198.51.100.40")
    phone.get("/my-data")
    asked = phone.send({"what": "see"}).url.rpartition("/")[2].partition("?")[0]
    for who in ("an", "binh"):
        desk = desks[who]
        for path in ("requests", f"requests/{asked}"):
            assert desk.get(path).status_code == 403, (who, path)
        for do in ("compare", "see", "back", "refuse"):
            sent = desk.post(f"requests/{asked}", do=do, seen="1", number=number(4), reason="x")
            assert sent.status_code == 403, (who, do)
        assert "/desk/requests" not in desk.get("today").text
    assert asked in desks["tinh"].get("requests").text
