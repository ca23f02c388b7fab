"""What the report says of gates; every figure is counted again by plain SQL."""

from __future__ import annotations

import datetime as dt
import sqlite3
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hubs import PERSON, Gate, HubProcess
from tests.kiosks import KioskBox, card
from wire.entry import Entry

VIETNAM = dt.timezone(dt.timedelta(hours=7))
YESTERDAY = dt.datetime.now(VIETNAM).date() - dt.timedelta(days=1)


def at(hour: int, *, days_ago: int = 1) -> int:
    """Return the milliseconds of an hour here, some days ago."""
    day = YESTERDAY - dt.timedelta(days=days_ago - 1)
    return int(dt.datetime.combine(day, dt.time(hour), VIETNAM).timestamp() * 1000)


def made(gate: Gate, hour: int, *, days_ago: int = 1, **facts: Any) -> Entry:
    stated: dict[str, Any] = {"boot_id": uuid.uuid4(), "wall_ms": at(hour, days_ago=days_ago)}
    return gate.entry(**(stated | facts))


@pytest.fixture(scope="module")
def counted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HubProcess]:
    """A hub of this page's own; on SQLite unless a test asks for both."""
    database = ""
    if getattr(request, "param", "sqlite") == "postgresql":
        database = request.getfixturevalue("postgresql").database()
    with HubProcess(tmp_path_factory.mktemp("counted"), database=database) as hub:
        yield hub


def place(hub: HubProcess, gate: Gate, *args: str) -> dict[str, Any]:
    span = args or ("--day", YESTERDAY.isoformat())
    (report,) = hub.json("report", "--place", gate.code.place, *span)
    (found,) = report["places"]
    return dict(found)


def words(found: dict[str, Any]) -> list[str]:
    return [sign["sign"] for sign in found["signs"]]


@pytest.mark.parametrize("counted", ["sqlite", "postgresql"], indirect=True)
def test_the_scanned_share_is_that_of_those_who_passed(counted: HubProcess, tmp_path: Path) -> None:
    gate = Gate.joined(counted, counted.place())
    mistaken = made(gate, 9)
    gate.send(
        [
            *(made(gate, 8, person=PERSON | {"number": f"0541990{n:05d}"}) for n in range(7)),
            mistaken,
            made(
                gate, 9, person={}, type="correction", corrects=mistaken.header.id, direction=None
            ),
            made(gate, 10, person={}, type="unscanned", count=4, kind="unscanned"),
            made(gate, 10, person={}, type="unscanned", count=-1, kind="unscanned"),
            made(gate, 11, type="hand"),
            made(gate, 11, type="refused", reason="revoked"),
            made(gate, 12, days_ago=2),
        ]
    )
    found = place(counted, gate)
    wanted = {"scanned": 7, "by_hand": 1, "unscanned": 3, "refused": 1, "counted_by": "guard"}
    assert {key: found[key] for key in wanted} == wanted
    assert found["share"] == pytest.approx(0.7)
    assert words(found) == ["low-share"]
    week = place(counted, gate, "--week", YESTERDAY.isoformat())
    assert week["scanned"] == 8
    letter = tmp_path / "letter.pdf"
    counted.cli("report", "--day", YESTERDAY.isoformat(), "--pdf", str(letter))
    assert letter.read_bytes().startswith(b"%PDF")


def test_where_nobody_counts_there_is_no_share(counted: HubProcess) -> None:
    gate = Gate.joined(counted, counted.place())
    gate.send([made(gate, 8), made(gate, 9)])
    found = place(counted, gate)
    assert (found["share"], found["counted_by"]) == (None, "nobody")
    gate.send([made(gate, 9, person={}, type="unscanned", count=2, kind="sensor")])
    assert place(counted, gate)["counted_by"] == "sensor"


def test_signs_of_a_violation_are_told_apart(counted: HubProcess) -> None:
    silent, fell, one, often, hand, clock = (
        Gate.joined(counted, counted.place(f"Nơi {n}")) for n in range(6)
    )
    fell.send([made(fell, 8, days_ago=3) for _ in range(100)] + [made(fell, 8) for _ in range(2)])
    one.send([made(one, 8)])
    often.send([made(often, 8) for _ in range(25)])
    hand.send([made(hand, 8, type="hand") for _ in range(9)] + [made(hand, 9) for _ in range(3)])
    wrong = [clock.entry(wall_ms=at(8)) for _ in range(3)]  # this boot was measured: it is now
    clock.send(wrong)
    found = [words(place(counted, gate)) for gate in (silent, fell, one, often, hand)]
    assert found == [["silent"], ["fell-silent"], ["one-scan"], ["one-code"], ["by-hand"]]
    today = dt.datetime.now(VIETNAM).date().isoformat()
    assert "wrong-clock" in words(place(counted, clock, "--day", today))


def test_the_worst_come_first_and_a_gate_that_never_spoke_is_named(counted: HubProcess) -> None:
    quiet = Gate.invited(counted, counted.place("Cổng im lặng"))
    (report,) = counted.json("report", "--day", YESTERDAY.isoformat())
    weights = {p["place"]: sum(s["weight"] for s in p["signs"]) for p in report["places"]}
    ranked = [weights[place] for place in report["flagged"]]
    assert ranked == sorted(ranked, reverse=True)
    assert len(ranked) >= 5
    troubles = {gate["kiosk"]: gate["troubles"] for gate in report["gates"]}
    assert troubles[str(quiet.code.kiosk)] == ["never"]


def test_every_figure_equals_a_recount_by_sql(counted: HubProcess, tmp_path: Path) -> None:
    book = tmp_path / "report.xlsx"
    (report,) = counted.json("report", "--day", YESTERDAY.isoformat(), "--xlsx", str(book))
    db = sqlite3.connect(counted.data / "hub.sqlite3")
    undone = (
        "id NOT IN (SELECT corrects FROM intake_entry WHERE type='correction' AND direction='')"
    )

    def count(what: str, type_: str, place: str) -> int:
        (number,) = db.execute(
            f"SELECT {what} FROM intake_entry WHERE place = ? AND at_ms BETWEEN ? AND ?"
            f" AND type IN ({type_}) AND {undone}",
            (place, at(0), at(0) + 24 * 3600 * 1000 - 1),
        ).fetchone()
        return int(number or 0)

    assert sum(p["scanned"] for p in report["places"]) == report["scanned"] > 0
    for found in report["places"]:
        where = found["place"]
        assert found["scanned"] == count("COUNT(*)", "'passage'", where)
        assert found["by_hand"] == count("SUM(COALESCE(count, 1))", "'hand', 'paper'", where)
        assert found["unscanned"] == count("SUM(count)", "'unscanned'", where)
        assert found["refused"] == count("COUNT(*)", "'refused'", where)
        everybody = "'passage', 'hand', 'paper', 'refused'"
        assert found["people"] == count("COUNT(DISTINCT tag_number)", everybody, where)
    db.close()
    with zipfile.ZipFile(book) as opened:
        sheet = opened.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row>") == len(report["places"]) + 1


def test_what_a_real_kiosk_scanned_is_in_the_report(tmp_path: Path) -> None:
    with HubProcess(tmp_path / "hub") as hub:
        box = KioskBox(tmp_path / "kiosk")
        box.enrol(hub)
        for who in (1, 2, 3):
            box.enter(card(who))
        box.drain(tmp_path / "drain")
        now = dt.datetime.now(VIETNAM).date().isoformat()
        (report,) = hub.json("report", "--week", now)
        (found,) = report["places"]
        assert (found["scanned"], found["people"], found["gates"]) == (3, 3, 1)
        assert report["gates"][0]["troubles"] == []
