"""Which code in view is being presented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.frames import Sighting
from kiosk.view import Guide, View

SIZE = (1000, 1000)
# A text is its person's name with a digit for the carrier; small letters are nobody's.
AN, AN_TOO, BINH, BOARD, BANK = "AN1", "AN2", "BINH1", "board", "bank"


def who(text: str) -> frozenset[str] | None:
    return None if text.islower() else frozenset({text[:-1]})


def code(text: str | None, x: float = 500, y: float = 500, side: float = 100) -> Sighting:
    half = side / 2
    corners = (
        (x - half, y - half),
        (x + half, y - half),
        (x + half, y + half),
        (x - half, y + half),
    )
    return Sighting((text or "\xff").encode("latin-1"), text, corners, "zxing")


class Gate:
    """A view whose frames come ten a second."""

    def __init__(self) -> None:
        self.view = View(who, Guide())
        self.now = 100.0
        self.told: list[str] = []

    def frames(self, seconds: float, *codes: Sighting) -> list[str]:
        """Show ``codes`` for a while; what was presented, ``two`` for two people's."""
        self.told = []
        for _ in range(round(seconds * 10)):
            answer = self.view.update(codes, self.now, SIZE)
            if answer.code:
                self.told.append(answer.code.text or "?")
            self.told += [f"+{c.text}" for c in answer.companions]
            if answer.ambiguous:
                self.told.append("two")
            self.now += 0.1
        return self.told


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_a_code_is_presented_in_the_first_frame_that_shows_it_and_only_once(gate):
    assert gate.view.update([code(AN)], 1.0, SIZE).code is not None
    assert gate.view.update([code(AN)], 1.1, SIZE).code is None


def test_a_code_held_for_long_counts_once(gate):
    assert gate.frames(90, code(AN)) == [AN]


def test_a_code_counts_again_after_a_second_out_of_view(gate):
    assert gate.frames(1, code(AN)) == [AN]
    assert gate.frames(0.7) == []
    assert gate.frames(1, code(AN)) == []
    assert gate.frames(1.2) == []
    assert gate.frames(1, code(AN)) == [AN]


def test_missed_frames_are_no_absence(gate):
    shown = []
    for _ in range(20):
        shown += gate.frames(0.1, code(AN)) + gate.frames(0.8)
    assert shown == [AN]


def test_a_machine_that_was_busy_has_not_seen_the_code_leave(gate):
    assert gate.frames(0.5, code(AN)) == [AN]
    gate.now += 3.0  # no frame at all
    assert gate.frames(0.5, code(AN)) == []
    gate.frames(1.2)
    assert gate.frames(0.5, code(AN)) == [AN]


def test_one_person_after_another_needs_no_pause(gate):
    assert gate.frames(1, code(AN)) + gate.frames(1, code(BINH)) == [AN, BINH]


def test_two_peoples_codes_are_told_once_and_nobody_is_presented(gate):
    assert gate.frames(5, code(AN, 350), code(BINH, 650)) == ["two"]


def test_after_two_codes_the_one_that_stays_is_presented_within_a_second(gate):
    gate.frames(1, code(AN, 350), code(BINH, 650))
    assert gate.frames(1, code(BINH, 650)) == [BINH]


def test_a_missed_frame_among_two_codes_presents_nobody(gate):
    told = gate.frames(0.5, code(AN, 350), code(BINH, 650))
    told += gate.frames(0.2, code(AN, 350))
    told += gate.frames(0.5, code(AN, 350), code(BINH, 650))
    assert told == ["two"]


def test_two_codes_are_told_again_on_the_next_occasion(gate):
    told = gate.frames(1, code(AN, 350), code(BINH, 650))
    gate.frames(1.5)
    assert told + gate.frames(1, code(AN, 350), code(BINH, 650)) == ["two", "two"]


def test_someone_on_the_way_out_does_not_alarm_the_next(gate):
    gate.frames(1, code(AN, 350))
    assert gate.frames(0.4, code(AN, 350), code(BINH, 650)) == []
    assert gate.frames(1, code(BINH, 650)) == [BINH]


def test_someone_who_stays_beside_the_next_is_told_of(gate):
    gate.frames(1, code(AN, 350))
    assert gate.frames(2, code(AN, 350), code(BINH, 650)) == ["two"]


def test_two_codes_of_one_person_are_one(gate):
    assert gate.frames(3, code(AN, 350, side=120), code(AN_TOO, 650)) == [AN, f"+{AN_TOO}"]


def test_a_second_code_of_the_same_person_is_a_companion(gate):
    assert gate.frames(1, code(AN)) == [AN]
    assert gate.frames(1, code(AN, 350), code(AN_TOO, 650)) == [f"+{AN_TOO}"]


@pytest.mark.parametrize(
    "other",
    [
        code(BINH, 60),  # outside the guide frame
        code(BINH, 650, side=65),  # under half the area
        code(BOARD, 650, side=300),  # nobody's
        code(None, 650),  # no exact text
    ],
)
def test_what_blocks_nobody(gate, other):
    assert gate.frames(3, code(AN, 350), other) == [AN]


def test_a_code_outside_the_guide_frame_is_read_when_alone(gate):
    assert gate.frames(1, code(AN, 110, 110, side=210)) == [AN]


def test_a_phone_of_the_queue_counts_when_it_comes_to_the_guide_frame_and_not_before(gate):
    assert gate.frames(3, code(AN, 60, 400)) == []
    assert gate.frames(1, code(AN, 250, 450)) == [AN]
    assert gate.frames(1, code(AN, 60, 400)) == []


def test_a_wrong_code_is_told_of_while_the_queue_waits_with_its_phones(gate):
    assert gate.frames(1, code(AN, 60, 400), code(BANK)) == [BANK]


def test_of_two_people_outside_the_guide_frame_nobody_is_presented_and_nobody_warned(gate):
    assert gate.frames(2, code(AN, 40), code(BINH, 960)) == []


def test_a_code_that_is_nobodys_waits_while_a_person_is_in_view(gate):
    told = gate.frames(1, code(AN, 400), code(BANK, 700))
    told += gate.frames(0.5, code(BANK, 700))
    assert told == [AN]
    assert gate.frames(1, code(BANK, 700)) == [BANK]


def test_a_board_on_the_wall_is_told_once_however_often_people_walk_past(gate):
    told = []
    for _ in range(8):
        told += gate.frames(1, code(BOARD, 60, 60)) + gate.frames(2)
    assert told == [BOARD]


def test_a_bank_code_held_up_twice_is_told_twice(gate):
    told = gate.frames(1, code(BANK)) + gate.frames(1.5) + gate.frames(1, code(BANK))
    assert told == [BANK, BANK]


def test_a_code_without_text_is_presented_as_such(gate):
    assert gate.frames(1, code(None)) == ["?"]


def test_whose_a_code_is_is_asked_once_while_it_is_in_view():
    asked = []

    def ask(text):
        asked.append(text)
        return frozenset({text})

    view = View(ask)
    for n in range(50):
        view.update([code(AN)], n / 10, SIZE)
    assert asked == [AN]


_CODES = st.lists(
    st.builds(
        code,
        st.sampled_from([AN, AN_TOO, BINH, BOARD, None]),
        st.floats(0, 1000),
        st.floats(0, 1000),
        st.floats(1, 500),
    ),
    max_size=4,
)


@given(st.lists(st.tuples(_CODES, st.floats(0.01, 2.0)), max_size=40))
def test_whatever_is_shown_no_code_counts_twice_within_a_second_of_being_seen(steps):
    view, now = View(who), 0.0
    last_seen: dict[tuple[str | None, str], float] = {}
    for codes, pause in steps:
        now += pause
        answer = view.update(codes, now, SIZE)
        if answer.code:
            text = answer.code.text
            assert now - last_seen.get((text, "answered"), -9) >= 1.0
            assert not answer.ambiguous
        for seen in codes:
            # As long as it stays in view, an answered code stays answered.
            if (seen.text, "answered") in last_seen:
                if now - last_seen[seen.text, "answered"] < 1.0:
                    last_seen[seen.text, "answered"] = now
                else:
                    del last_seen[seen.text, "answered"]
        for told in (answer.code, *answer.companions):
            if told:
                last_seen[told.text, "answered"] = now


@given(_CODES)
def test_two_people_in_the_guide_frame_are_never_both_or_either_presented_at_once(codes):
    answer = View(who).update(codes, 1.0, SIZE)
    inside = [c for c in codes if Guide().holds(c.centre, SIZE) and c.text in (AN, AN_TOO, BINH)]
    largest = max((c.area for c in inside), default=0)
    people = {(c.text or "")[:-1] for c in inside if c.area >= largest / 2}
    if len(people) > 1:
        assert answer.ambiguous
        assert answer.code is None
