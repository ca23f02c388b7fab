"""The desk over a real outbox: repeats, directions, pairing, corrections, and what it refuses."""

from __future__ import annotations

import datetime as dt
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.clock import SetClock
from kiosk.codes import KINDS, Context
from kiosk.desk import Desk, Services
from kiosk.errors import DiskRefused
from kiosk.model import (
    AssertClock,
    AwaitGuard,
    Basis,
    ChangeGuard,
    ClockState,
    CountUnscanned,
    Declare,
    Direction,
    DirectionMode,
    EnterPaper,
    EnterPerson,
    EnterText,
    Flip,
    GatePolicy,
    Outcome,
    Person,
    SetDirection,
    SetPurpose,
    SetTrip,
    Undo,
    Verdict,
)
from kiosk.presence import TagKey
from kiosk.queue import FILE, Outbox
from kiosk.recorder import Station
from tests.unit.codes import payloads
from wire import tokens
from wire.claims import Bearer, Declaration, Pass
from wire.keys import OpenKey, SigningKey
from wire.seal import open_sealed

AUTHORITY = OpenKey(bytes(range(32)))
CARD = "054199012345||Nguyễn Thị Ví Dụ|01021999|Nữ|Thôn Phú Lộc, Hòa Thắng, Phú Hòa|22062022"
OTHER = "054093012345|NGUYEN VAN VI DU|1993-01-18|0|162979388586171100|<1<00<0900000001"
SAME_BY_NUMBER = "054199012345|NGUYEN THI VI DU|1999-02-01|0|162979388586171999|<2<<"
BANK = "00020101021138560010A0000007270126000697041501121234567890120208QRIBFTTA53037045802VN"

Make = Callable[..., Desk]


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / FILE) as opened:
        yield opened


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def make(outbox: Outbox, clock: SetClock) -> Make:
    def desk(**more: object) -> Desk:
        station = Station(uuid.UUID(int=7), "p1", "A", lambda: AUTHORITY.public)
        tags = TagKey(bytes(32), fresh=False).tags
        services = Services(tags=tags, context=Context)
        return Desk(station, outbox, services, clock, **more)  # type: ignore[arg-type]

    return desk


def shown(desk: Desk, text: str) -> tuple[Outcome, Direction | None, Basis | None]:
    verdict = desk.present(text)
    return verdict.outcome, verdict.direction, verdict.basis


def test_a_card_is_sealed_exactly_and_only_the_authority_reads_it(
    make: Make, outbox: Outbox
) -> None:
    verdict = make().present(CARD)
    assert (verdict.outcome, verdict.seq) == (Outcome.RECORDED, 1)
    row = outbox.rows()[0]
    content = open_sealed(row.entry.sealed, AUTHORITY, row.entry.header_bytes)
    assert content["person"] == {
        "name": "Nguyễn Thị Ví Dụ",
        "birth": "1999-02-01",
        "sex": "female",
        "number": "054199012345",
        "address": "Thôn Phú Lộc, Hòa Thắng, Phú Hòa",
    }
    assert str(row.entry.header.id) == verdict.id
    assert row.entry.header.kind == "cccd"


def test_what_a_gate_does_not_keep_is_not_sealed(outbox: Outbox, clock: SetClock) -> None:
    station = Station(uuid.UUID(int=7), "p1", "A", lambda: AUTHORITY.public)
    services = Services(TagKey(bytes(32), fresh=False).tags, Context, frozenset({"address"}))
    Desk(station, outbox, services, clock).present(CARD)
    row = outbox.rows()[0]
    person = open_sealed(row.entry.sealed, AUTHORITY, row.entry.header_bytes)["person"]
    assert isinstance(person, dict)
    assert "address" not in person


def test_auto_pairs_in_and_out_and_holds_back_the_opposite_for_a_minute(
    make: Make, clock: SetClock
) -> None:
    desk = make()
    assert shown(desk, CARD) == (Outcome.RECORDED, Direction.IN, Basis.AUTO)
    clock.advance(59)
    again = desk.present(CARD)
    assert again.outcome is Outcome.DUPLICATE
    assert again.direction is Direction.IN
    assert again.previous_at is not None
    clock.advance(2)
    assert shown(desk, CARD) == (Outcome.RECORDED, Direction.OUT, Basis.AUTO)
    clock.advance(61)
    assert shown(desk, CARD) == (Outcome.RECORDED, Direction.IN, Basis.AUTO)


def test_a_passage_pairs_for_eighteen_hours(make: Make, clock: SetClock) -> None:
    desk = make()
    desk.present(CARD)
    clock.advance(18 * 3600 - 1)
    assert shown(desk, CARD)[1] is Direction.OUT
    clock.advance(18 * 3600 + 1)
    assert shown(desk, CARD)[1] is Direction.IN


def test_in_with_one_carrier_and_out_with_another_pair_up(make: Make, clock: SetClock) -> None:
    desk = make()
    assert shown(desk, CARD)[1] is Direction.IN
    clock.advance(61)
    assert shown(desk, SAME_BY_NUMBER)[1] is Direction.OUT
    assert desk.tally().inside == 0


def test_a_fixed_gate_counts_a_code_again_after_a_second(make: Make, clock: SetClock) -> None:
    desk = make(mode=DirectionMode.IN)
    assert shown(desk, CARD) == (Outcome.RECORDED, Direction.IN, Basis.FIXED)
    clock.advance(0.9)
    assert shown(desk, CARD)[0] is Outcome.DUPLICATE
    clock.advance(1.1)
    assert shown(desk, CARD)[0] is Outcome.RECORDED


def test_the_guard_picks_and_the_entry_says_so(make: Make, clock: SetClock) -> None:
    desk = make(mode=DirectionMode.IN)
    assert desk.handle(SetDirection(DirectionMode.OUT)) is None
    assert shown(desk, CARD) == (Outcome.RECORDED, Direction.OUT, Basis.GUARD)
    clock.advance(2)
    desk.handle(SetDirection(DirectionMode.IN))
    assert shown(desk, OTHER) == (Outcome.RECORDED, Direction.IN, Basis.FIXED)


def test_after_a_power_cut_auto_says_that_it_assumes_until_the_guard_picks(
    make: Make, clock: SetClock
) -> None:
    desk = make(memory_lost=True, usual=Direction.OUT)
    assert shown(desk, CARD) == (Outcome.RECORDED, Direction.OUT, Basis.ASSUMED)
    desk.handle(SetDirection(DirectionMode.AUTO))
    clock.advance(61)
    assert shown(desk, OTHER) == (Outcome.RECORDED, Direction.OUT, Basis.AUTO)


def test_a_code_that_is_not_for_us_leaves_a_count_and_nothing_else(
    make: Make, outbox: Outbox
) -> None:
    verdict = make().present(BANK)
    assert (verdict.outcome, verdict.id, verdict.reason) == (Outcome.NOT_FOR_US, None, "bank")
    assert outbox.counts() == {"not-for-us:bank": 1}
    assert outbox.rows() == []


def test_two_codes_leave_a_count(make: Make, outbox: Outbox) -> None:
    assert make().two_codes().outcome is Outcome.TWO_CODES
    assert outbox.counts() == {"two-codes": 1}


def test_a_flip_corrects_without_deleting_and_restores_the_pairing(
    make: Make, outbox: Outbox, clock: SetClock
) -> None:
    desk = make()
    first = desk.present(CARD)
    assert first.id is not None
    flipped = desk.handle(Flip(first.id))
    assert flipped is not None
    assert (flipped.direction, flipped.basis) == (Direction.OUT, Basis.GUARD)
    tally = desk.tally()
    assert (tally.entered, tally.left, tally.inside) == (0, 1, 0)
    headers = [row.entry.header for row in outbox.rows()]
    assert [h.type for h in headers] == ["passage", "correction"]
    assert (headers[1].corrects, headers[1].direction) == (headers[0].id, "out")
    clock.advance(61)
    assert shown(desk, CARD)[1] is Direction.IN
    twice = desk.handle(Flip(first.id))
    assert twice is not None
    assert (twice.outcome, twice.reason) == (Outcome.NOT_FOR_US, "nothing-to-undo")


def test_an_undo_takes_the_passage_out_of_count_and_pairing(
    make: Make, outbox: Outbox, clock: SetClock
) -> None:
    desk = make()
    desk.present(CARD)
    clock.advance(61)
    out = desk.present(CARD)
    assert out.id is not None
    undone = desk.handle(Undo(out.id))
    assert undone is not None
    assert undone.reason == "undone"
    assert outbox.rows()[2].entry.header.direction is None
    tally = desk.tally()
    assert (tally.entered, tally.left, tally.inside) == (1, 0, 1)
    clock.advance(61)
    assert shown(desk, CARD)[1] is Direction.OUT


def test_people_without_a_scan_are_counted_and_taken_back(make: Make, outbox: Outbox) -> None:
    desk = make()
    desk.handle(CountUnscanned(3))
    desk.handle(CountUnscanned(-1))
    assert desk.tally().unscanned == 2
    assert [row.entry.header.count for row in outbox.rows()] == [3, -1]


def test_a_person_by_hand_is_recorded_by_phone_alone_and_pairs(
    make: Make, outbox: Outbox, clock: SetClock
) -> None:
    desk = make()
    person = Person(phone="0900000001")
    verdict = desk.handle(EnterPerson(person))
    assert verdict is not None
    assert (verdict.outcome, verdict.direction) == (Outcome.RECORDED, Direction.IN)
    assert outbox.rows()[0].entry.header.type == "hand"
    clock.advance(61)
    later = desk.handle(EnterPerson(person))
    assert later is not None
    assert later.direction is Direction.OUT


def test_a_refused_person_is_recorded_as_refused_and_is_not_inside(
    make: Make, outbox: Outbox
) -> None:
    desk = make(policy=GatePolicy(kinds=("pass",)))
    verdict = desk.present(CARD)
    assert (verdict.outcome, verdict.reason) == (Outcome.REFUSED, "wrong-kind")
    assert outbox.rows()[0].entry.header.type == "refused"
    assert (desk.tally().inside, desk.tally().refused) == (0, 1)


def test_a_declaration_that_does_not_come_is_recorded_as_missing(
    make: Make, clock: SetClock
) -> None:
    desk = make(policy=GatePolicy(declaration=True))
    assert desk.present(CARD).reason == "declaration-needed"
    assert desk.lapse() == []
    clock.advance(61)
    (late,) = desk.lapse()
    assert (late.outcome, late.alerts) == (Outcome.RECORDED, ("no-declaration",))


def test_a_family_by_hand_counts_each_and_an_undo_takes_all_back(
    make: Make, outbox: Outbox
) -> None:
    desk = make()
    verdict = desk.handle(EnterPerson(Person(phone="0900000001"), count=4))
    assert verdict is not None
    assert verdict.id is not None
    assert desk.tally().entered == 4
    assert outbox.rows()[0].entry.header.count == 4
    desk.handle(Undo(verdict.id))
    assert desk.tally().entered == 0


def test_nobody_at_all_is_not_recorded(make: Make, outbox: Outbox) -> None:
    verdict = make().handle(EnterPerson(Person()))
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_FOR_US, "empty")
    assert outbox.rows() == []


def test_a_line_of_the_paper_book_keeps_its_own_time_and_doubt(make: Make, outbox: Outbox) -> None:
    at = dt.datetime(2026, 3, 1, 7, 30, tzinfo=dt.UTC)
    line = EnterPaper(Person(name="Lê Thị Ví Dụ"), at, 900, Direction.IN)
    verdict = make().handle(line)
    assert verdict is not None
    assert (verdict.outcome, verdict.at) == (Outcome.RECORDED, at)
    header = outbox.rows()[0].entry.header
    assert (header.type, header.wall_ms, header.error_ms) == ("paper", 1_772_350_200_000, 900_000)


def test_a_declaration_is_sealed_alerts_and_gives_its_bearer_a_signed_code(
    outbox: Outbox, clock: SetClock
) -> None:
    station = Station(uuid.UUID(int=7), "p1", "A", lambda: AUTHORITY.public)
    key = SigningKey(bytes(range(32)))
    services = Services(
        TagKey(bytes(32), fresh=False).tags, Context, issue=lambda d: tokens.issue(d, key)
    )
    desk = Desk(station, outbox, services, clock)
    person = Person(name="Lê Thị Ví Dụ", birth="1990", phone="0900000001")
    verdict = desk.handle(Declare(person, ("fever",), (("fever", "yes"), ("cough", "no"))))
    assert verdict is not None
    assert (verdict.outcome, verdict.alerts) == (Outcome.RECORDED, ("symptoms",))
    token = tokens.read(verdict.token, {key.kid: key.public}).facts
    assert isinstance(token, Declaration)
    assert (token.name, token.birth_year, token.last4) == ("L. T. V. Dụ", 1990, "0001")
    assert token.summary == ("fever",)
    assert verdict.id is not None
    assert verdict.receipt == verdict.id[-6:].upper()
    row = outbox.rows()[0]
    content = open_sealed(row.entry.sealed, AUTHORITY, row.entry.header_bytes)
    assert content["declaration"] == {"fever": "yes", "cough": "no", "summary": "fever"}


def test_who_stands_at_the_gate_is_sealed_with_each_entry(make: Make, outbox: Outbox) -> None:
    desk = make()
    desk.handle(ChangeGuard("Anh Ví Dụ"))
    desk.present(CARD)
    row = outbox.rows()[0]
    assert open_sealed(row.entry.sealed, AUTHORITY, row.entry.header_bytes)["guard"] == "Anh Ví Dụ"


def test_a_guard_signs_in_by_their_own_pass_and_nobody_elses_code_waits(
    outbox: Outbox, clock: SetClock
) -> None:
    hub = SigningKey(bytes(range(32)))
    station = Station(uuid.UUID(int=7), "p1", "A", lambda: AUTHORITY.public)
    context = Context(issuers={hub.kid: hub.public}, now=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    desk = Desk(
        station, outbox, Services(TagKey(bytes(32), fresh=False).tags, lambda: context), clock
    )
    staff, patient = (
        tokens.issue(Pass(bytes([n] * 8), Bearer(number=f"05419901234{n}"), 1, purpose=word), hub)
        for n, word in enumerate(("staff", "patient"))
    )
    desk.handle(AwaitGuard(on=True))
    assert desk.present(patient).outcome is Outcome.RECORDED, "a visitor passes meanwhile"
    signed_in = desk.present(staff)
    assert (signed_in.recorded, signed_in.reason) == (False, "guard-signed-in")
    assert desk.present(staff).outcome is Outcome.RECORDED, "once; then it is a passage again"
    guards = [
        open_sealed(row.entry.sealed, AUTHORITY, row.entry.header_bytes).get("guard")
        for row in outbox.rows()
    ]
    assert guards == [None, bytes([0] * 8).hex()]


class FullDisk:
    """A store whose disk takes nothing."""

    def put(self, *args: object, **kwargs: object) -> Outbox:
        raise DiskRefused("The disk is full.")

    def count(self, name: str, *, wall_ms: int) -> None:
        raise DiskRefused("The disk is full.")

    def last_passage(self, tags: object) -> None:
        return None

    def inside(self, *, since_boot_ms: int) -> int:
        return 0


def test_a_disk_that_refuses_is_never_green(clock: SetClock) -> None:
    station = Station(uuid.UUID(int=7), "p1", "A", lambda: AUTHORITY.public)
    services = Services(TagKey(bytes(32), fresh=False).tags, Context)
    desk = Desk(station, FullDisk(), services, clock)  # type: ignore[arg-type]
    answers: list[Verdict | None] = [desk.present(t) for t in (CARD, BANK)]
    answers += [desk.two_codes(), desk.handle(CountUnscanned(1))]
    answers.append(desk.handle(EnterPerson(Person(phone="0900000001"))))
    assert {a.outcome for a in answers if a} == {Outcome.OUT_OF_SERVICE}
    assert desk.tally().entered == 0


def test_the_guard_asserts_a_clock_that_was_not_trusted(make: Make, clock: SetClock) -> None:
    clock.reboot(wall_ms=1_609_459_200_000)
    desk = make()
    desk.handle(AssertClock(dt.datetime(2026, 3, 1, 7, 30, tzinfo=dt.UTC)))
    assert clock.state is ClockState.ASSERTED
    assert desk.present(CARD).at == dt.datetime(2026, 3, 1, 7, 30, tzinfo=dt.UTC)


def test_the_clock_never_goes_below_the_last_commit(make: Make, clock: SetClock) -> None:
    desk = make()
    first = desk.present(CARD)
    clock.reboot(wall_ms=0)
    assert desk.present(OTHER).at >= first.at


INSURED = (
    "HS4540199999999|4e677579e1bb856e205468e1bb8b2056c3ad2044e1bba5|01/02/1999|2|-|54 - 028|"
    "24/01/2026|-|24/01/2026|$"
)


def test_in_with_the_citizen_card_and_out_with_the_insurance_card_pair_up(
    make: Make, clock: SetClock
) -> None:
    desk = make()
    assert shown(desk, CARD) == (Outcome.RECORDED, Direction.IN, Basis.AUTO)
    clock.advance(3600)
    verdict = desk.present(INSURED)
    assert (verdict.direction, verdict.alerts) == (Direction.OUT, ("paired-by-likeness",))
    assert desk.tally().inside == 0
    clock.advance(3600)
    again = desk.present(CARD)  # the two are linked now: nothing is guessed any more
    assert (again.direction, again.alerts) == (Direction.IN, ())
    clock.advance(3600)
    assert desk.present(INSURED).alerts == ()


def test_a_code_that_carries_both_numbers_links_two_cards_by_proof(
    make: Make, clock: SetClock
) -> None:
    desk = make()
    both = "054199012345|NGUYEN THI VI DU|1999-02-01|0|162979388586171999|<2<HS4540199999999<"
    for text, direction in ((both, Direction.IN), (INSURED, Direction.OUT), (CARD, Direction.IN)):
        verdict = desk.present(text)
        assert (verdict.direction, verdict.alerts) == (direction, ())
        clock.advance(3600)


def test_two_people_of_one_name_and_birthday_are_two(make: Make, clock: SetClock) -> None:
    desk = make()
    twin = CARD.replace("054199012345", "001199012346")
    assert shown(desk, CARD)[1] is Direction.IN
    clock.advance(3600)
    verdict = desk.present(twin)
    assert (verdict.direction, verdict.alerts) == (Direction.IN, ())
    assert desk.tally().inside == 2


def test_a_masked_number_pairs_with_the_whole_one_and_says_so(make: Make, clock: SetClock) -> None:
    desk = make()
    masked = "********2345|NGUYEN THI VI DU|1999-**-**|1||"
    assert shown(desk, CARD)[1] is Direction.IN
    clock.advance(3600)
    verdict = desk.present(masked)
    assert verdict.direction is Direction.OUT
    assert verdict.alerts == ("masked-number", "paired-by-likeness")


def test_whoever_shows_a_masked_number_twice_is_one_person(make: Make, clock: SetClock) -> None:
    desk = make()
    masked = "********2345|NGUYEN THI VI DU|1999-**-**|1||"
    assert shown(desk, masked)[1] is Direction.IN
    clock.advance(3600)
    assert shown(desk, masked)[1] is Direction.OUT


def test_a_hand_scanners_mistake_is_undone_and_told(make: Make) -> None:
    verdict = make().handle(EnterText(OTHER.swapcase()))
    assert verdict is not None
    assert (verdict.outcome, verdict.kind) == (Outcome.RECORDED, "national-qr")
    assert verdict.alerts == ("scanner-caps",)


def test_a_hand_scanners_code_in_pieces_is_one_passage(make: Make, clock: SetClock) -> None:
    desk = make()
    first = desk.handle(EnterText(OTHER[:30]))
    clock.advance(0.4)
    second = desk.handle(EnterText(OTHER[30:]))
    assert first is not None
    assert second is not None
    assert (first.outcome, second.outcome) == (Outcome.NOT_FOR_US, Outcome.RECORDED)


def test_nothing_of_a_code_that_is_nobodys_reaches_the_disk_or_the_log(
    make: Make, outbox: Outbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = make()
    cut = {
        "a cut certificate": "HC1:6BFOXN%TSMAHN-HWWK2J2YWO4V",
        "a cut pass": "VG1:RRQA6BERK0-4G8",
    }
    with caplog.at_level(logging.DEBUG):
        for text in (payloads.nobodys() | cut).values():
            assert desk.present(text).outcome is Outcome.NOT_FOR_US
            assert desk.handle(EnterText(text)) is not None
    assert outbox.rows() == []
    assert caplog.text == ""
    files = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"not-for-us:wifi" in files
    for text in (payloads.nobodys() | cut).values():
        words = {word for word in re.split(r"[\s|;:/?&=#]+", text) if len(word) > 5} - KINDS
        for word in words:
            assert word.encode() not in files


ASKING = GatePolicy(purposes=("patient", "relative"))


def test_who_may_be_asked_what_for_is_recorded_first_and_the_answer_is_added(
    make: Make, outbox: Outbox, clock: SetClock
) -> None:
    desk = make(policy=ASKING)
    verdict = desk.present(CARD)
    assert (verdict.outcome, verdict.ask) == (Outcome.RECORDED, ("patient", "relative"))
    assert verdict.id is not None
    before = desk.tally()
    added = desk.handle(SetPurpose(verdict.id, "relative"))
    assert added is not None
    assert (added.outcome, added.reason, added.ask) == (Outcome.RECORDED, "purpose", ())
    first, second = (row.entry.header for row in outbox.rows())
    assert (first.type, first.purpose) == ("passage", None)
    assert (second.type, second.purpose, second.corrects) == ("correction", "relative", first.id)
    assert second.direction == first.direction, "a correction without a direction takes back"
    assert desk.tally() == before
    clock.advance(5)
    undone = desk.handle(Undo(verdict.id))
    assert undone is not None
    assert undone.reason == "undone"
    assert desk.tally().entered == 0


def test_nobody_is_asked_where_the_purpose_is_known(make: Make, outbox: Outbox) -> None:
    desk = make(policy=GatePolicy(purpose="passenger", purposes=("a", "b")))
    assert desk.present(CARD).ask == ()
    by_hand = desk.handle(EnterPerson(Person(phone="0900000001")))
    assert by_hand is not None
    assert by_hand.ask == ()
    assert [row.entry.header.purpose for row in outbox.rows()] == ["passenger", "passenger"]


def test_a_purpose_of_an_entry_that_is_gone_writes_nothing(make: Make, outbox: Outbox) -> None:
    answer = make(policy=ASKING).handle(SetPurpose("no such entry", "relative"))
    assert answer is not None
    assert answer.outcome is Outcome.NOT_FOR_US
    assert outbox.rows() == []


def test_the_trip_stands_in_every_entry_from_its_choice_on(make: Make, outbox: Outbox) -> None:
    desk = make()
    desk.present(CARD)
    desk.handle(SetTrip("Huế–Đà Nẵng 07:30"))
    desk.present(OTHER)
    assert [row.entry.header.trip for row in outbox.rows()] == [None, "Huế–Đà Nẵng 07:30"]
