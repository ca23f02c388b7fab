"""Every figure of the report is counted again, from what the gates sent and from the tables.

The recount shares no statement with the program: it knows the list of what was sent, and asks
the tables in words of its own.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import sqlite3
import unicodedata
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest

from hub.paper.reading import words
from tests.browser.commune import Desk
from tests.hubs import PERSON, Gate, HubProcess
from wire.entry import Entry

VIETNAM = dt.timezone(dt.timedelta(hours=7))
LAST = dt.datetime.now(VIETNAM).date() - dt.timedelta(days=1)
WEEK = [LAST - dt.timedelta(days=n) for n in range(7)]
KINDS = ("passage", "passage", "passage", "hand", "paper", "refused", "unscanned", "correction")


@dataclass
class Street:
    """A place with one gate, and all that it sent."""

    gate: Gate
    place: str
    counts: str
    next_door: str = ""
    sent: list[tuple[Entry, dict[str, str]]] = field(default_factory=list)

    def made(self, chance: random.Random) -> Entry:
        """Make the next entry, of any kind, in the last eight days."""
        day = LAST - dt.timedelta(days=chance.randrange(8))
        edge = chance.choice([0, 86_399, chance.randrange(86_400)])
        moment = dt.datetime.combine(day, dt.time(), VIETNAM) + dt.timedelta(seconds=edge)
        facts: dict[str, Any] = {"wall_ms": int(moment.timestamp() * 1000)}
        facts |= {"boot_id": uuid.uuid4(), "type": chance.choice(KINDS)}
        person = PERSON | {"number": f"0541990000{chance.randrange(30):02d}"}
        earlier = [e for e, _ in self.sent if e.header.type in ("passage", "hand", "paper")]
        match facts["type"]:
            case "correction" if earlier:
                facts |= {"corrects": chance.choice(earlier[-20:]).header.id, "kind": ""}
                facts["direction"] = chance.choice([None, None, "in", "out"])
                person = {}
            case "correction":
                facts["type"] = "passage"
            case "unscanned":
                facts |= {"count": chance.choice([1, 2, 5, -1]), "direction": None}
                facts["kind"] = "sensor" if self.counts == "sensor" else "unscanned"
                if self.counts == "mixed":
                    facts["kind"] = chance.choice(["sensor", "unscanned"])
                facts["basis"] = "assumed" if self.counts == "estimated" else None
                person = {}
            case "paper":
                facts |= {"count": chance.choice([None, None, 3]), "error_ms": 600_000}
            case "passage":
                facts["trust"] = chance.choice(["unsigned", "signed", "self-reported"])
        if chance.random() < 0.04 and facts["type"] == "passage":
            facts["place"] = self.next_door  # not this kiosk's to speak of
        entry = self.gate.entry(person, **facts)
        self.sent.append((entry, person))
        return entry


def recount(street: Street, days: list[dt.date]) -> dict[str, Any]:
    """Count what the gate sent, in plain words."""
    last: dict[uuid.UUID, str | None] = {}
    for entry, _ in street.sent:
        if entry.header.type == "correction" and entry.header.corrects:
            last[entry.header.corrects] = entry.header.direction
    stands = [
        (entry.header, person)
        for entry, person in street.sent
        if dt.datetime.fromtimestamp(entry.header.wall_ms / 1000, VIETNAM).date() in days
        and entry.header.place == street.place
        and last.get(entry.header.id, "") is not None
    ]
    passages = [(h, p) for h, p in stands if h.type == "passage"]
    scanned = sum(h.trust != "self-reported" for h, _ in passages)
    missing = [h for h, _ in stands if h.type == "unscanned"]
    sensor = [h for h in missing if h.kind == "sensor"]
    total = sum(h.count or 0 for h in missing)
    by_sensor = sum(h.count or 0 for h in sensor)
    counted_by = "nobody"
    if missing:
        counted_by = "estimated" if all(h.basis == "assumed" for h in missing) else "guard"
    counted_by = "sensor" if sensor else counted_by
    missed = max(by_sensor if sensor else total, 0)
    known = counted_by != "nobody" and scanned + missed > 0
    often = Counter(p["number"] for _, p in passages)
    return {
        "scanned": scanned,
        "self_reported": len(passages) - scanned,
        "by_hand": sum(h.count or 1 for h, _ in stands if h.type in ("hand", "paper")),
        "unscanned": total,
        "by_sensor": by_sensor,
        "refused": sum(h.type == "refused" for h, _ in stands),
        "people": len({p["number"] for _, p in stands if p}),
        "most_by_one": max(often.values(), default=0),
        "counted_by": counted_by,
        "share": scanned / (scanned + missed) if known else None,
    }


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[HubProcess, list[Street]]]:
    """Five places, each counted by somebody else, and a few hundred entries of every kind."""
    database = ""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgresql").database()
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    with HubProcess(tmp_path_factory.mktemp("town"), database=database) as hub:
        streets = []
        for counts in ("guard", "sensor", "estimated", "mixed", "nobody"):
            place = hub.place(f"Nơi {counts}")
            streets.append(Street(Gate.joined(hub, place), place, counts))
        for street, other in zip(streets, streets[1:] + streets[:1], strict=True):
            street.next_door = other.place
            for _ in range(3 if street.counts == "nobody" else 150):
                street.made(chance)
            entries = [entry for entry, _ in street.sent]
            chance.shuffle(entries)  # a batch may overtake another
            street.gate.send(entries[:100])
            if entries[100:]:
                street.gate.send(entries[100:])
        yield hub, streets


def spans() -> list[tuple[tuple[str, str], list[dt.date]]]:
    singles = [(("--day", day.isoformat()), [day]) for day in WEEK[:3]]
    return [*singles, (("--week", LAST.isoformat()), WEEK)]


@pytest.mark.parametrize(("asked", "days"), spans())
def test_each_figure_is_what_the_gates_sent(
    town: tuple[HubProcess, list[Street]], asked: tuple[str, str], days: list[dt.date]
) -> None:
    hub, streets = town
    (report,) = hub.json("report", *asked)
    found = {row["place"]: row for row in report["places"]}
    wanted = {street.place: recount(street, days) for street in streets}
    for place, figures in wanted.items():
        assert {name: found[place][name] for name in figures} == figures
    for name in ("scanned", "self_reported", "by_hand", "unscanned", "refused"):
        assert report[name] == sum(figures[name] for figures in wanted.values()), name


def ask(hub: HubProcess, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    if hub.database:
        with psycopg.connect(hub.database) as db:
            return db.execute(statement.replace("?", "%s"), values).fetchall()
    with sqlite3.connect(hub.data / "hub.sqlite3") as db:
        return db.execute(statement, values).fetchall()


def test_each_figure_is_what_plain_sql_counts(town: tuple[HubProcess, list[Street]]) -> None:
    hub, _ = town
    (report,) = hub.json("report", "--week", LAST.isoformat())
    midnight = dt.datetime.combine(WEEK[-1], dt.time(), VIETNAM)
    since = int(midnight.timestamp() * 1000)
    rows = ask(
        hub,
        "SELECT place, type, trust, kind, COALESCE(count, 1), tag_number, id, flags"
        " FROM intake_entry WHERE at_ms >= ? AND at_ms < ? AND type <> 'correction'",
        since, since + 7 * 86_400_000,
    )  # fmt: skip
    last: dict[str, str] = {}
    for corrects, way in ask(
        hub, "SELECT corrects, direction FROM intake_entry WHERE type = 'correction' ORDER BY seq"
    ):
        last[str(corrects)] = way
    rows = [row for row in rows if last.get(str(row[6]), "in") and row[7] != 4]
    for found in report["places"]:
        here = [row for row in rows if row[0] == found["place"]]
        by_code = [row for row in here if row[1] == "passage"]
        assert found["scanned"] == sum(row[2] != "self-reported" for row in by_code)
        assert found["by_hand"] == sum(row[4] for row in here if row[1] in ("hand", "paper"))
        assert found["unscanned"] == sum(row[4] for row in here if row[1] == "unscanned")
        assert found["people"] == len({bytes(row[5]) for row in here if row[5] is not None})


def test_workbook_letter_and_page_show_those_figures(
    town: tuple[HubProcess, list[Street]], tmp_path: Path
) -> None:
    hub, streets = town
    book, docx, pdf = (tmp_path / f"report.{end}" for end in ("xlsx", "docx", "pdf"))
    (report,) = hub.json(
        "report", "--week", LAST.isoformat(),
        "--xlsx", str(book), "--docx", str(docx), "--pdf", str(pdf),
    )  # fmt: skip
    wanted = {street.place: recount(street, WEEK) for street in streets}
    summed = ("scanned", "self_reported", "by_hand", "unscanned", "refused")
    total = {name: sum(each[name] for each in wanted.values()) for name in summed}
    rows = list(openpyxl.load_workbook(book)["Các nơi"].values)
    columns = {"Đã quét": "scanned", "Nhập tay": "by_hand", "Không quét": "unscanned",
               "Do ai đếm": "counted_by", "Từ chối": "refused", "Số người": "people"}  # fmt: skip
    assert len(rows) == len(wanted) + 1
    for row in rows[1:]:
        cells = dict(zip(rows[0], row, strict=True))
        figures = wanted[str(cells["Nơi"])]
        assert {name: cells[title] for title, name in columns.items()} == {
            name: figures[name] for name in columns.values()
        }
        share = figures["share"]
        assert cells["Tỉ lệ quét"] == (None if share is None else pytest.approx(share, abs=1e-4))
    with zipfile.ZipFile(docx) as opened:
        written = re.sub(r"<[^>]+>", "", opened.read("word/document.xml").decode())
    printed = unicodedata.normalize("NFC", " ".join(" ".join(words(pdf.read_bytes())).split()))
    shares = {}
    for counts in ("sensor", "guard", "estimated"):
        some = [each for each in wanted.values() if each["counted_by"] == counts]
        some = [each for each in some if each["share"] is not None]
        missed = sum(max(each["by_sensor" if counts == "sensor" else "unscanned"], 0)
                     for each in some)  # fmt: skip
        passed = sum(each["scanned"] for each in some)
        shares[counts] = f"{passed / (passed + missed):.0%}"
    for text in (written, printed):
        said = (f"{total['scanned']} lượt quét mã", f"{total['by_hand']} lượt nhập tay",
                f"{total['refused']} lượt bị từ chối", f"{len(wanted)} địa điểm",
                f"{shares['sensor']} nơi do cảm biến đếm", f"{shares['guard']} nơi do bảo vệ",
                f"Có {len(report['flagged'])} địa điểm có dấu hiệu")  # fmt: skip
        for words_ in said:
            assert words_ in " ".join(text.split()), words_
    secret = "lúa-mì-rau-cải-7\n"
    hub.cli("account", "add", "lan", "--role", "official", "--password-stdin", stdin=secret,
            check=False)  # fmt: skip
    page = Desk(hub, "lan").get(f"report?day={LAST.isoformat()}&week=1").text
    tiles = re.findall(r"<dd>([^<]*)</dd>", page)
    assert [int(tile) for tile in tiles] == [
        *(total[name] for name in summed[:4]), len(report["flagged"])
    ]  # fmt: skip
    for counts in ("sensor", "guard", "estimated"):
        assert f": {shares[counts]}</h2>" in page
