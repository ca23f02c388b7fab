"""What hand scanners do to codes is undone where it can be proved, else refused with a hint."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kiosk
from kiosk.codes import Context, classify
from kiosk.model import Trust
from kiosk.wedge import HINTS, Scans, repair
from kiosk.wedge.layouts import _OTHERS, _US, _VIETNAMESE
from tests.unit.codes import payloads
from tests.unit.codes.mutation import in_time, mutants
from wire import tokens

CONTEXT = Context(
    now=payloads.NOW, clock_trusted=True, issuers={payloads.HUB.kid: payloads.HUB.public}
)
SAMPLES = payloads.samples()
CCCD_ASCII = "054199012345||Nguyen Thi Lan|01021999|Nu|Phu Loc, Phu Yen|22062022"
KEYBOARD = set("".join(_US))
TYPEABLE = {kind: text for kind, text in SAMPLES.items() if set(text) <= KEYBOARD}
DOCS = (Path(kiosk.__file__).resolve().parents[1] / "docs/codes.md").read_text("utf-8")


def on(layout: str, text: str) -> str:
    """Return what a scanner of US keys types on a machine set to another layout."""
    return text.translate(str.maketrans("".join(_US), "".join(_OTHERS[layout])))


def by(layout: str, text: str) -> str:
    """Return what a scanner set to a layout types on a machine set to US."""
    return text.translate(str.maketrans("".join(_OTHERS[layout]), "".join(_US)))


def vietnamese(text: str) -> str:
    """Return what a scanner of US keys types on a machine set to Vietnamese keys."""
    keys = {key: letter for letter, key in _VIETNAMESE.items()}
    return "".join(keys.get(letter, letter) for letter in text)


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES.keys())
def test_a_sound_code_is_left_as_it_is(text: str) -> None:
    reading = repair(text, CONTEXT)
    assert (reading.text, reading.hint, reading.repaired) == (text, "", False)
    assert reading.code == classify(text, CONTEXT)


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES.keys())
@pytest.mark.parametrize(
    "dress",
    [
        "{}\r",
        "{}\r\n",
        "{}\n\n",
        "{}\t",
        "\x02{}\x03",
        "]Q1{}\r",
        "{0}{0}",
        "{0}\r\n{0}",
        "{0}\t{0}\n",
    ],
)
def test_what_stands_around_a_code_is_taken_off(text: str, dress: str) -> None:
    reading = repair(dress.format(text), CONTEXT)
    assert reading.text == text
    assert reading.code == classify(text, CONTEXT)


@pytest.mark.parametrize("kind", TYPEABLE)
@pytest.mark.parametrize("layout", _OTHERS)
def test_a_wrong_layout_is_undone_for_every_code_of_plain_letters(kind: str, layout: str) -> None:
    text = TYPEABLE[kind]
    if kind == "declaration-link" or (kind, layout) == ("hcmc-declaration", "gb"):
        return  # an opaque link has nothing to prove it by
    ways = [on(layout, text)]
    if set(text) <= set("".join(_OTHERS[layout])):  # without AltGr
        ways.append(by(layout, text))
    for typed in ways:
        if typed == text:
            continue
        reading = repair(typed, CONTEXT)
        assert reading.code.kind == kind
        assert reading.code.keys == classify(text, CONTEXT).keys
        if reading.repaired:
            assert reading.hint == "scanner-layout"
            assert reading.text == text


@pytest.mark.parametrize("layout", _OTHERS)
def test_a_citizen_card_in_plain_letters_is_proved_by_its_number(layout: str) -> None:
    reading = repair(on(layout, CCCD_ASCII), CONTEXT)
    assert (reading.text, reading.hint) == (CCCD_ASCII, "scanner-layout")


@pytest.mark.parametrize("kind", ["national-qr", "pass", "bhyt", "citizen-number", "hc1"])
def test_vietnamese_keys_are_undone(kind: str) -> None:
    text = SAMPLES[kind]
    reading = repair(vietnamese(text), CONTEXT)
    assert (reading.text, reading.hint) == (text, "scanner-layout")


def test_a_tone_that_was_joined_to_a_letter_is_not_guessed_at() -> None:
    """X11 types 5 and 4 as one letter, Windows 4 and 5: two people's numbers."""
    joined = unicodedata.normalize("NFC", vietnamese("045304102341"))
    assert joined == "đ\u1ed3êđôăđâêôă"
    reading = repair(joined, CONTEXT)
    assert not reading.code.personal
    assert reading.hint == "scanner-layout"


@pytest.mark.parametrize("kind", [k for k in SAMPLES if k not in ("declaration-link", "shc")])
def test_caps_lock_is_undone(kind: str) -> None:
    reading = repair(SAMPLES[kind].swapcase(), CONTEXT)
    assert reading.code.keys == classify(SAMPLES[kind], CONTEXT).keys
    assert reading.code.person == classify(SAMPLES[kind], CONTEXT).person


@pytest.mark.parametrize("page", ["cp1252", "cp437", "cp1258", "latin-1"])
def test_utf8_typed_as_letters_of_an_old_page_is_undone(page: str) -> None:
    typed = ""
    for byte in payloads.CCCD.encode():
        letter = bytes((byte,)).decode(page, "replace")
        typed += chr(byte) if letter == "\ufffd" else letter
    assert "ễ" not in typed
    reading = repair(typed, CONTEXT)
    assert (reading.text, reading.hint) == (payloads.CCCD, "scanner-encoding")


def test_alt_codes_typed_as_digits_are_undone() -> None:
    typed = "".join(c if c.isascii() else f"{ord(c):04d}" for c in payloads.CCCD)
    reading = repair(typed, CONTEXT)
    assert (reading.text, reading.hint) == (payloads.CCCD, "scanner-alt")


def test_a_lost_shift_is_undone_where_it_is_provable() -> None:
    reading = repair(payloads.CCCD.replace("|", "\\"), CONTEXT)
    assert (reading.text, reading.hint) == (payloads.CCCD, "scanner-shift")


@pytest.mark.parametrize(
    "lose",
    [lambda c: "", lambda c: "?", lambda c: "\ufffd"],
    ids=["left-out", "question-mark", "replaced"],
)
def test_a_name_that_lost_its_letters_is_given_up_and_the_number_stays(lose) -> None:
    typed = "".join(c if c.isascii() else lose(c) for c in payloads.CCCD)
    reading = repair(typed, CONTEXT)
    assert reading.code.person is not None
    assert reading.code.keys == ("number:054199012345",)
    assert (reading.code.person.name, reading.code.person.address) == ("", "")
    assert (reading.hint, reading.code.warnings) == ("scanner-encoding", ("unreadable-name",))


def test_a_name_without_diacritics_is_a_name() -> None:
    reading = repair(CCCD_ASCII, CONTEXT)
    assert reading.code.person is not None
    assert (reading.code.person.name, reading.hint) == ("Nguyen Thi Lan", "")


@pytest.mark.parametrize("name", ["K' Dung", "H' Lan", "Y Mai"])
def test_names_of_one_letter_are_names(name: str) -> None:
    text = CCCD_ASCII.replace("Nguyen Thi Lan", name)
    reading = repair(text, CONTEXT)
    assert reading.text == text


def test_a_repair_that_contradicts_itself_is_not_made() -> None:
    """The number's year is not the birth date's: the layout is not proved."""
    wrong = CCCD_ASCII.replace("01021999", "01021990")
    reading = repair(on("fr", wrong), CONTEXT)
    assert not reading.code.personal
    assert reading.hint == "scanner-layout"


def test_a_forged_pass_is_not_mended_into_a_signed_one() -> None:
    text = tokens.issue(payloads.PASS, payloads.STRANGER)
    assert repair(text, CONTEXT).code.trust is Trust.NOT_CHECKED
    assert repair(text.lower(), CONTEXT).code.trust is not Trust.SIGNED


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (SAMPLES["pass"][:120], "scanner-cut"),
        (SAMPLES["hc1"][:200], "scanner-cut"),
        ("à&é\"'(-è_çà&é", "scanner-layout"),
        ("Nguy\ufffdn", "scanner-encoding"),
        ("hc1;6bfoxn5tsmahn-hwwk2j2yw", "scanner-shift"),
        ("Xin chào", ""),
        ("", ""),
        (payloads.FOREIGN["bank"], ""),
    ],
)
def test_what_cannot_be_mended_is_refused_with_a_hint(text: str, hint: str) -> None:
    reading = repair(text, CONTEXT)
    assert not reading.code.personal
    assert reading.hint == hint


@pytest.mark.parametrize("kind", ["cccd", "national-qr", "pass", "hc1", "bhyt", "vds-nc"])
@pytest.mark.parametrize("cuts", [1, 2, 4])
def test_a_code_that_arrives_in_pieces_is_joined(kind: str, cuts: int) -> None:
    text, scans, at = SAMPLES[kind], Scans(), 10.0
    size = -(-len(text) // (cuts + 1))
    pieces = [text[n : n + size] for n in range(0, len(text), size)]
    readings = []
    for piece in pieces:
        readings.append(scans.take(piece, at, CONTEXT))
        at += 0.3
    last = readings[-1]
    assert last.code.kind == kind
    assert last.code.keys == classify(text, CONTEXT).keys
    assert last.hint == "scanner-cut"


def test_pieces_do_not_wait_for_ever() -> None:
    scans, half = Scans(), len(SAMPLES["pass"]) // 2
    scans.take(SAMPLES["pass"][:half], 0.0, CONTEXT)
    assert not scans.take(SAMPLES["pass"][half:], 5.0, CONTEXT).code.personal


def test_another_code_right_after_a_card_is_no_piece_of_it() -> None:
    scans = Scans()
    scans.take(payloads.CCCD, 0.0, CONTEXT)
    assert scans.take(payloads.FOREIGN["bank"], 0.5, CONTEXT).code.kind == "bank"


def test_pieces_of_two_people_are_never_joined() -> None:
    scans = Scans()
    scans.take("054199012345||Nguyễn Thị", 0.0, CONTEXT)
    other = scans.take("001093012345||Trần Văn Mẫu|18011993|Nam|Hà Nội|22062022", 0.5, CONTEXT)
    assert other.code.keys == ("number:001093012345",)


@given(st.text(max_size=200))
def test_repairing_is_total_and_repeats(text: str) -> None:
    reading = repair(text, CONTEXT)
    assert reading.hint in ("", *HINTS)
    if reading.code.personal:
        assert repair(reading.text, CONTEXT).code.keys == reading.code.keys


def mend(count: int, seed: int) -> None:
    """Repair mutated codes, each in time."""
    seeds = [*SAMPLES.values(), *payloads.nobodys().values(), on("fr", SAMPLES["shc"])]
    for text in mutants(seeds, count=count, seed=seed):
        reading = in_time(partial(repair, text, CONTEXT), len(text))
        assert text not in repr(reading) or len(text) < 12


def test_mutated_codes_are_survived() -> None:
    mend(3_000, 3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 20))
def test_a_million_mutated_codes_are_survived_in_ten_parts(seed: int) -> None:
    mend(100_000, seed)


def test_every_hint_is_documented() -> None:
    listed = re.findall(r"^\| `(scanner-[a-z]+)` \|", DOCS, flags=re.MULTILINE)
    assert sorted(listed) == sorted(HINTS)


def test_parts_of_a_health_card_are_joined_and_blame_no_scanner() -> None:
    digits = payloads.shc().removeprefix("shc:/")
    scans = Scans()
    first = scans.take(f"shc:/1/2/{digits[:400]}\r", 0.0, CONTEXT)
    assert (first.code.reason, first.hint) == ("chunk", "")
    second = scans.take(f"shc:/2/2/{digits[400:]}\r", 20.0, CONTEXT)
    assert (second.text, second.code.kind) == (payloads.shc(), "shc")
    assert second.code.personal
