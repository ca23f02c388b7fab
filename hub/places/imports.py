"""Places from a list: every problem by row and column, and nothing taken while there is one."""

from __future__ import annotations

import base64
import datetime as dt
import re
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.transactions import durable
from hub.lists import Problem, Row, read
from hub.places import kinds
from hub.places.lifecycle import folded
from hub.places.models import Profile, Stage, StageChange, Unit
from wire.names import fold

FIELDS = {
    "name": ("Tên", "Tên địa điểm", "Tên cơ sở"),
    "kind": ("Loại", "Loại hình"),
    "address": ("Địa chỉ",),
    "territory": ("Mã địa bàn", "Mã xã", "Mã phường xã"),
    "body": ("Mã cơ quan chủ quản", "Cơ quan chủ quản"),
    "latitude": ("Vĩ độ",),
    "longitude": ("Kinh độ",),
    "responsible": ("Người phụ trách", "Người chịu trách nhiệm", "Chủ cơ sở"),
    "phone": ("Điện thoại", "Số điện thoại", "SĐT"),
    "hours": ("Giờ mở cửa",),
    "gates": ("Số cổng",),
    "stage": ("Tình trạng",),
}
_STAGES = {
    "": Stage.KNOWN, "known": Stage.KNOWN, "da biet": Stage.KNOWN, "chua dang ky": Stage.KNOWN,
    "applied": Stage.APPLIED, "xin dang ky": Stage.APPLIED, "da dang ky": Stage.APPLIED,
    "verified": Stage.VERIFIED, "da xem tai cho": Stage.VERIFIED, "da xac nhan": Stage.VERIFIED,
    "active": Stage.ACTIVE, "hoat dong": Stage.ACTIVE, "dang hoat dong": Stage.ACTIVE,
}  # fmt: skip
"""What the column of the stage may say, folded: the stages' names, and as pages call them."""

LOST_ZERO = "this is no phone number: a cell formatted as a number lost its first 0"
_LIMITS = {"name": 200, "address": 300, "responsible": 200, "hours": 100}
VIETNAM = dt.timezone(dt.timedelta(hours=7))
LONG = 1000
"""From so many rows on it is told how far the reading is."""
Progress = Callable[[int, int], None]


@dataclass
class Plan:
    """What a list would bring; ``perhaps``: rows that may name a place a second time."""

    places: list[Place] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    perhaps: list[Problem] = field(default_factory=list)


class Twins:
    """Places by name within a unit, and by phone: what two lists write differently."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, int | None], str] = {}

    @classmethod
    def known(cls) -> Twins:
        """Return those that the hub has."""
        made = cls()
        rows = Profile.objects.exclude(stage=Stage.CLOSED).values_list(
            "place_id", "place__name", "phone", "territory_id"
        )
        for place, name, phone, unit in rows.iterator(chunk_size=2000):
            for key in cls._keys(name, phone, unit):
                made._seen.setdefault(key, f"place {place}")
        return made

    def met(self, row: Row, profile: Profile) -> list[Problem]:
        """Return what a row may repeat, and remember it."""
        found = []
        keys = self._keys(row.get("name"), profile.phone, profile.territory_id)
        for key in keys:
            if key in self._seen:
                words = f"perhaps the same as {self._seen[key]}: look before it counts twice"
                found.append(row.problem(key[0], words))
            self._seen.setdefault(key, f"row {row.number}")
        return found[:1]

    @staticmethod
    def _keys(name: str, phone: str, unit: int | None) -> list[tuple[str, str, int | None]]:
        plain = "".join(letter for letter in fold(name) if letter.isalnum())
        return [("name", plain, unit)] + ([("phone", phone, None)] if phone else [])


def plan_bytes(name: str, data: bytes) -> Plan:
    """Judge a list that was sent; ``name`` is the file's."""
    with tempfile.TemporaryDirectory(prefix="list-") as folder:
        path = Path(folder) / (Path(name).name[-80:] or "list")
        path.write_bytes(data)
        return plan(path)


def plan(path: Path, *, progress: Progress = lambda _done, _all: None) -> Plan:
    """Read a list and judge each row; changes nothing."""
    rows = read(path, FIELDS, ("name", "kind"))
    today = dt.datetime.now(VIETNAM).date()
    over = {
        (tree, code): successor
        for tree, code, successor in Unit.objects.filter(last__lt=today).values_list(
            "tree", "code", "successor__code"
        )
    }
    units = {
        tree: dict(Unit.objects.filter(tree=tree).values_list("code", "pk"))
        for tree in Unit.Tree.values
    }
    seen: dict[str, str] = {
        known: f"place {place}"
        for known, place in Profile.objects.exclude(stage=Stage.CLOSED).values_list(
            "folded", "place_id"
        )
    }
    made = Plan()
    twins = Twins.known()
    for count, row in enumerate(rows, 1):
        before = len(made.profiles)
        _judge(row, made, units, seen, over)
        if len(made.profiles) > before:
            made.perhaps += twins.met(row, made.profiles[-1])
        if count % 500 == 0 or count == len(rows):
            progress(count, len(rows))
    return made


def take(made: Plan, *, actor: str) -> int:
    """Add what was planned, in one transaction; returns how many places."""
    assert not made.problems
    now = dt.datetime.now(dt.UTC)
    with durable():
        Place.objects.bulk_create(made.places, batch_size=500)
        Profile.objects.bulk_create(made.profiles, batch_size=500)
        StageChange.objects.bulk_create(
            [
                StageChange(
                    place_id=p.place_id, stage=p.stage, at=now, actor=actor[:150], note="import"
                )
                for p in made.profiles
            ],
            batch_size=500,
        )
        record("places-import", actor=actor, detail={"places": len(made.places)})
    return len(made.places)


def _judge(
    row: Row,
    made: Plan,
    units: dict[str, dict[str, int]],
    seen: dict[str, str],
    over: dict[tuple[str, str], str | None],
) -> None:
    wrong: list[Problem] = []
    for name, limit in _LIMITS.items():
        if len(row.get(name)) > limit:
            wrong.append(row.problem(name, f"longer than {limit} letters"))
    if not row.get("name"):
        wrong.append(row.problem("name", "a name is needed"))
    kind = kinds.find(row.get("kind"))
    if kind is None:
        wrong.append(row.problem("kind", f"“{row.get('kind')}” is no kind; hub kinds lists them"))
    phone = re.sub(r"[ .()-]", "", row.get("phone"))
    if phone and not re.fullmatch(r"(0|\+?84)\d{8,10}", phone):
        lost = len(phone) == 9
        wrong.append(row.problem("phone", LOST_ZERO if lost else "this is no phone number"))
    gates = row.get("gates") or "1"
    if not gates.isdigit() or not 1 <= int(gates) <= 999:
        wrong.append(row.problem("gates", "a number from 1 to 999 is needed"))
    stage = _STAGES.get(fold(row.get("stage")).strip())
    if stage is None:
        wrong.append(row.problem("stage", "known, applied, verified or active"))
    position = _position(row, wrong)
    owners = {}
    for tree in Unit.Tree.values:
        code = row.get(tree)
        if code and code not in units[tree]:
            wrong.append(row.problem(tree, f"there is no unit {code}; hub unit import first"))
        elif code and (tree, code) in over:
            later = over[tree, code]
            instead = f"unit {code} exists no more; take {later}"
            wrong.append(row.problem(tree, instead if later else f"unit {code} exists no more"))
        owners[tree] = units[tree].get(code)
    key = folded(row.get("name"), row.get("address"))
    if key in seen and row.get("name"):
        wrong.append(row.problem("name", f"the same name and address as {seen[key]}"))
    seen.setdefault(key, f"row {row.number}")
    made.problems += wrong
    if wrong or kind is None:
        return
    place = Place(
        id="p" + base64.b32encode(secrets.token_bytes(5)).decode().lower(),
        name=row.get("name"), kind=kind.id, address=row.get("address"), gates=int(gates),
        created=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    made.places.append(place)
    made.profiles.append(
        Profile(
            place=place, stage=stage or Stage.KNOWN, latitude=position[0], longitude=position[1],
            responsible=row.get("responsible"), phone=phone, hours=row.get("hours"),
            territory_id=owners["territory"], body_id=owners["body"], folded=key,
        )
    )  # fmt: skip


def _position(row: Row, wrong: list[Problem]) -> tuple[float | None, float | None]:
    found: list[float | None] = []
    for name, limit in (("latitude", 90), ("longitude", 180)):
        text = row.get(name).replace(",", ".")
        try:
            value = float(text) if text else None
        except ValueError:
            value = 999.0
        if value is not None and not -limit <= value <= limit:
            wrong.append(row.problem(name, f"degrees from −{limit} to {limit} are needed"))
            value = None
        found.append(value)
    if (row.get("latitude") == "") != (row.get("longitude") == ""):
        missing = "latitude" if row.get("latitude") == "" else "longitude"
        wrong.append(row.problem(missing, "a position needs both degrees"))
    return found[0], found[1]
