"""The words: complete in every language, filled without fail, for every reason there is."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import condition, notices
from kiosk.codes import KINDS
from kiosk.codes.foreign import FAMILY as FOREIGN
from kiosk.look import palette, shapes
from kiosk.model import Basis, ClockState, Direction, Health, Outcome, Person, Trust, Verdict
from kiosk.sounds import RHYTHMS
from kiosk.sync import HubState
from kiosk.wedge import HINTS
from kiosk.words import FIRST, Words, languages, load

KIOSK = Path(notices.__file__).parent
AT = dt.datetime(2026, 3, 2, 7, 5, tzinfo=dt.UTC)
SOMEBODY = Person(name="Nguyễn Thị Ví Dụ", birth="1990-02-01", sex="female")
BRACES = re.compile(r"\{(\w+)\}")


@pytest.fixture(params=languages())
def words(request: pytest.FixtureRequest) -> Words:
    """Each language's words."""
    return load(request.param)


def test_vietnamese_comes_first_and_english_is_there() -> None:
    assert languages()[0] == "vi"
    assert "en" in languages()


def test_every_language_has_every_sentence_and_no_other(words: Words) -> None:
    assert set(words.own) == set(load(FIRST).own)


def test_every_sentence_fills_the_same_braces_in_every_language(words: Words) -> None:
    for key, sentence in load(FIRST).own.items():
        assert set(BRACES.findall(words[key])) == set(BRACES.findall(sentence)), key


def test_no_sentence_is_empty_or_holds_stray_blanks(words: Words) -> None:
    for key, sentence in words.own.items():
        assert sentence.strip() == sentence, key
        assert sentence, key
        assert "  " not in sentence, key


def reasons_in_the_program() -> set[str]:
    """Return every word that a module hands on as a reason or an alert."""
    found: set[str] = set()
    sources = [KIOSK / "policy.py", KIOSK / "desk.py", KIOSK / "window.py"]
    sources += sorted((KIOSK / "codes").glob("*.py"))
    for source in sources:
        text = source.read_text("utf-8")
        found |= set(re.findall(r'reason(?:=| = |, )"([a-z-]+)"', text))
        found |= set(re.findall(r'reason or "([a-z-]+)"', text))
        found |= set(re.findall(r'Decision\(Action\.\w+, "([a-z-]+)"', text))
        found |= set(re.findall(r'found\.append\("([a-z-]+)"\)', text))
        found |= set(re.findall(r'found\.append\(\(gate\.\w+, "([a-z-]+)"', text))
        found |= set(re.findall(r'warnings\.append\("([a-z-]+)"\)', text))
        found |= set(re.findall(r'alerts, "([a-z-]+)"', text))
    found |= set(FOREIGN.kinds)
    return found - {"flipped", "undone", "unscanned"}


def test_every_reason_the_program_gives_has_a_sentence_of_its_own(words: Words) -> None:
    missing = {
        reason
        for reason in reasons_in_the_program()
        if not {f"reason.{reason}", f"alert.{reason}", f"out.{reason}"} & set(words.own)
    }
    assert "bank" in reasons_in_the_program()
    assert "declaration-needed" in reasons_in_the_program()
    assert missing == set()


def test_every_kind_that_can_be_recorded_has_a_name(words: Words) -> None:
    nobodys = {*FOREIGN.kinds, "empty", "unknown", "enrolment", "place-board", "place-link"}
    assert {kind for kind in KINDS - nobodys if f"kind.{kind}" not in words.own} == set()


@given(st.text(max_size=40))
def test_a_reason_nobody_foresaw_still_gives_a_sentence(reason: str) -> None:
    words = load("vi")
    verdict = Verdict(Outcome.REFUSED, AT, reason=reason)
    assert notices.notice(verdict, words).detail
    assert notices.outage(reason, words)
    assert notices.alert(reason, words)


def every_verdict() -> list[Verdict]:
    """Return a verdict of every outcome, direction, basis and reason for words."""
    plain = [Verdict(outcome, AT) for outcome in Outcome]
    told = [
        Verdict(
            outcome,
            AT,
            id="x",
            seq=7,
            direction=direction,
            basis=basis,
            kind="cccd",
            trust=Trust.UNSIGNED,
            person=SOMEBODY,
            previous_at=AT,
            reason=reason,
        )
        for outcome in Outcome
        for direction in Direction
        for basis in Basis
        for reason in ("", "flipped", "undone", "declaration-needed")
    ]
    return plain + told


def test_every_verdict_becomes_a_notice_whose_colour_shape_and_sound_exist(words: Words) -> None:
    for verdict in every_verdict():
        notice = notices.notice(verdict, words)
        assert {notice.tone, f"on_{notice.tone}"} <= set(palette("light")) & set(palette("dark"))
        assert notice.shape in shapes()
        assert notice.sound in RHYTHMS
        assert notice.title
        assert not notice.title.startswith("verdict.")
        assert "{" not in notice.title + notice.detail + notice.note
        assert notice.seconds > 0


def test_outcomes_differ_in_colour_and_shape_and_word() -> None:
    words = load("vi")
    seen = [notices.notice(Verdict(outcome, AT), words) for outcome in Outcome]
    assert len({notice.shape for notice in seen}) == len(Outcome)
    assert len({notice.title for notice in seen}) == len(Outcome)
    assert len({notice.tone for notice in seen}) == 4


def test_only_what_was_recorded_is_green_and_sounds_like_success() -> None:
    words = load("vi")
    green = [v for v in every_verdict() if notices.notice(v, words).tone == "go"]
    assert {v.outcome for v in green} == {Outcome.RECORDED}


def test_a_verdict_shows_initials_the_given_name_sex_and_year_and_no_more(words: Words) -> None:
    verdict = Verdict(Outcome.RECORDED, AT, id="x", direction=Direction.IN, person=SOMEBODY)
    notice = notices.notice(verdict, words)
    female = {"vi": "Nữ", "en": "Female"}[words.language]
    assert notice.person == f"N. T. V. Dụ · {female} · 1990"
    shown = f"{notice.title} {notice.detail} {notice.note} {notice.person}"
    assert "Nguyễn" not in shown
    assert "02-01" not in shown


def test_missing_facts_leave_no_dots_behind() -> None:
    assert notices.masked(Person(birth="1990"), load("vi")) == "1990"
    assert notices.masked(Person(), load("vi")) == ""


def test_a_flipped_entry_can_be_flipped_again_and_an_undone_one_cannot() -> None:
    words = load("vi")
    done = Verdict(Outcome.RECORDED, AT, id="x", direction=Direction.OUT)
    assert notices.notice(replace(done, reason="flipped"), words).entry == "x"
    assert notices.notice(replace(done, reason="undone"), words).entry is None
    assert notices.notice(replace(done, outcome=Outcome.REFUSED), words).entry is None


def test_times_are_the_gates_not_utc() -> None:
    assert notices.clock_time(AT) == "14:05"
    assert notices.calendar_day(AT.replace(hour=18)) == "03/03/2026"


def test_the_hubs_states_all_have_words_and_the_first_thing_said_is_that_data_are_safe(
    words: Words,
) -> None:
    for state in HubState:
        assert f"hub.{state.value}" in words.own
        sign = condition.hub_sign(Health(hub=state.value, waiting=3), words)
        assert (sign.detail == words["hub.safe"]) == (state is not HubState.OK)


def test_nothing_about_a_missing_network_is_said_in_red(words: Words) -> None:
    for state in ("offline", "no-receipt", "never", "none", "held"):
        assert condition.hub_sign(Health(hub=state), words).tone in {"warn", "quiet"}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "vừa xong"), (59, "vừa xong"), (60, "1 phút"), (7_300, "2 giờ"), (200_000, "2 ngày")],
)
def test_ages_are_said_in_one_unit(seconds: float, said: str) -> None:
    assert condition.age(seconds, load("vi")) == said


def test_camera_and_clock_have_words_in_every_state(words: Words) -> None:
    for camera in ("ok", "gone", "none", "starting", "something new"):
        assert condition.camera_sign(Health(camera=camera), words).text
    for clock in ClockState:
        assert condition.clock_sign(Health(clock=clock), words).text in words.own.values()


def test_every_hint_that_scanner_and_hand_scanner_give_has_words(words: Words) -> None:
    assert {f"hint.{word}" for word in HINTS} <= set(words.own)


def test_a_sentence_with_an_unknown_brace_is_still_said() -> None:
    words = Words("xx", {"a": "{count} of {nothing}"}, {})
    assert words.say("a", count=3) == "3 of {nothing}"
    assert words["no such key"] == "no such key"
