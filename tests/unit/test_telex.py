"""Telex: every Vietnamese syllable, whatever the order of its keys; each key can be undone."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.telex import Typing, compose

# Written by hand from the spelling rules, apart from the engine: each rime with * after the
# letter that bears the tone. Rimes that end in c, ch, p, t take the sharp and heavy tones only.
RIMES = """
a* a*c a*ch a*i a*m a*n a*ng a*nh a*o a*p a*t a*u a*y
ă*c ă*m ă*n ă*ng ă*p ă*t â*c â*m â*n â*ng â*p â*t â*u â*y
e* e*c e*m e*n e*ng e*o e*p e*t ê* ê*ch ê*m ê*n ê*nh ê*p ê*t ê*u
i* i*a i*ch i*m i*n i*nh i*p i*t i*u iê*c iê*m iê*n iê*ng iê*p iê*t iê*u
o* o*c o*i o*m o*n o*ng o*p o*t oo*c oo*ng
o*a oa*c oa*ch oa*i oa*m oa*n oa*ng oa*nh oa*o oa*p oa*t oa*y
oă*c oă*m oă*n oă*ng oă*t o*e oe*n oe*o oe*t
ô* ô*c ô*i ô*m ô*n ô*ng ô*p ô*t ơ* ơ*i ơ*m ơ*n ơ*p ơ*t
u* u*a u*c u*i u*m u*n u*ng u*p u*t uâ*n uâ*ng uâ*t uâ*y uê* uê*ch uê*nh uơ*
uô*c uô*i uô*m uô*n uô*ng uô*t u*y uy*a uy*ch uy*nh uy*p uy*t uy*u uyê*n uyê*t
ư* ư*a ư*c ư*i ư*ng ư*t ư*u ươ*c ươ*i ươ*m ươ*n ươ*ng ươ*p ươ*t ươ*u
"""
AFTER_NOTHING = "y* yê*m yê*n yê*ng yê*t yê*u"
AFTER_QU = """
a* a*c a*ch a*i a*n a*ng a*nh a*o a*t a*u a*y ă*c ă*m ă*n ă*ng ă*p ă*t â*n â*t â*y
e* e*n e*o e*t ê* ê*ch ê*n ê*nh ê*t ô*c y* y*ch y*nh y*t yê*n yê*t ơ*
"""
AFTER_GI = """
a* a*c a*i a*m a*n a*ng a*nh a*o a*p a*t a*u a*y ă*c ă*n ă*ng â*m â*y â*u
e* e*o ê*ng ê*t o* o*i o*ng ô*ng ô* ơ* ơ*i u* u*a ư* ươ*ng
"""
ONSETS = "b c ch d đ g gh h k kh l m n ng ngh nh p ph r s t th tr v x"
FRONT = frozenset("iêeéy")
TONES = {"": "", "s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
MARKS = {
    "ă": ("a", "w"),
    "â": ("a", "a"),
    "ê": ("e", "e"),
    "ô": ("o", "o"),
    "ơ": ("o", "w"),
    "ư": ("u", "w"),
    "đ": ("d", "d"),
}


def syllables() -> list[str]:
    """Return every onset with every rime it is written with; * marks the tone's place."""
    found = [*RIMES.split(), *AFTER_NOTHING.split()]
    found += [f"qu{rime}" for rime in AFTER_QU.split()]
    found += [f"gi{rime}" for rime in AFTER_GI.split()] + ["gi*", "gi*n"]
    pairs = itertools.product(ONSETS.split(), RIMES.split())
    return found + [onset + rime for onset, rime in pairs if spelled(onset, rime)]


def spelled(onset: str, rime: str) -> bool:
    """Say whether an onset is written before a rime: k, gh, ngh before e, ê, i; c, g, ng else."""
    front = rime[0] in FRONT
    return onset not in ({"c", "g", "ng"} if front else {"k", "gh", "ngh"})


SYLLABLES = syllables()


def written(syllable: str, tone: str) -> str:
    """Return a syllable with a tone, by Unicode alone."""
    return unicodedata.normalize("NFC", syllable.replace("*", TONES[tone]))


def tones_of(syllable: str) -> str | list[str]:
    """Return the tone keys that a syllable can take."""
    stopped = syllable.endswith(("c", "ch", "p", "t")) and not syllable.endswith("*")
    return ["s", "j"] if stopped else list(TONES)


def struck(syllable: str) -> tuple[list[str], list[str]]:
    """Return the letters of a syllable as keys, and the keys that mark them."""
    letters = [letter for letter in syllable if letter != "*"]
    return [MARKS.get(c, (c, ""))[0] for c in letters], [MARKS.get(c, (c, ""))[1] for c in letters]


def test_every_syllable_is_typed_letter_by_letter_with_its_tone_last() -> None:
    wrong = []
    for syllable in SYLLABLES:
        letters, marks = struck(syllable)
        # ươ is typed "uow" or "uwow": both are tried elsewhere; here each letter has its mark.
        keys = "".join(a + b for a, b in zip(letters, marks, strict=True))
        if "oo" in syllable.replace("*", ""):
            # A doubled letter that is meant (xoong) ends what Telex makes of the word.
            if compose(keys.replace("oo", "ooo")) != written(syllable, ""):
                wrong.append((keys, syllable))
            continue
        tones = tones_of(syllable)
        wrong += [(keys, t) for t in tones if compose(keys + t) != written(syllable, t)]
    assert wrong == []
    assert len(SYLLABLES) > 3_500


def test_every_syllable_is_typed_with_its_tone_key_anywhere_after_the_vowel() -> None:
    wrong = []
    for syllable in SYLLABLES:
        if "oo" in syllable.replace("*", ""):
            continue
        letters, marks = struck(syllable)
        keys = [a + b for a, b in zip(letters, marks, strict=True)]
        first = next(n for n, letter in enumerate(letters) if letter in "aeiouy") + 1
        if letters[:2] in (["q", "u"], ["g", "i"]) and len(letters) > 2:
            first = max(first, 3)
        for tone in tones_of(syllable)[:2]:
            for place in range(first, len(keys) + 1):
                typed = compose("".join([*keys[:place], tone, *keys[place:]]))
                if typed != written(syllable, tone):
                    wrong.append((keys, tone, place, typed))
    assert wrong == []


def test_every_syllable_is_typed_with_its_marks_at_the_end_in_any_order() -> None:
    wrong = []
    for syllable in SYLLABLES:
        if "oo" in syllable.replace("*", ""):
            continue
        letters, marks = struck(syllable)
        tone = tones_of(syllable)[1]
        # One w does for both letters of ươ.
        late = "".join(marks).replace("ww", "w") + tone
        for order in set(itertools.permutations(late)):
            typed = compose("".join(letters) + "".join(order))
            if typed != written(syllable, tone):
                wrong.append((letters, order, typed))
    assert wrong == []


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("Nguyeenx Thij Vis Duj", "Nguyễn Thị Ví Dụ"),
        ("DDINHf HOAF", "ĐÌNH HÒA"),
        ("hoaf thuys quys", "hòa thúy quý"),
        ("ass", "as"),
        ("aaa", "aa"),
        ("ddd", "dd"),
        ("ww", "w"),
        ("uoww", "uow"),
        ("tooisz", "tôi"),
        ("tooiz", "tôiz"),
        ("Jessica", "Jessica"),
        ("Garcia Mark Burke", "Garcia Mark Burke"),
        ("Y H'Hen", "Y H'Hen"),
        ("ngoems", "ngoém"),
        ("Kbuoor Mloo Kpaw Rcawm Hruool Bkroong", "Kbuôr Mlô Kpă Rcăm Hruôl Bkrông"),
        ("DDawks Lawks, Kroong Buks, M'DDrawks", "Đắk Lắk, Krông Búk, M'Đrắk"),
        ("EEban Niee H'Moong Row Chawm", "Êban Niê H'Mông Rơ Chăm"),
        ("mafcs", "mác"),
        ("", ""),
        ("123 456", "123 456"),
    ],
)
def test_words_people_type(keys: str, text: str) -> None:
    assert compose(keys) == text


def test_backspace_takes_back_one_key_not_one_letter() -> None:
    typing = Typing()
    seen = []
    for key in "nguyeenx":
        typing.strike(key)
        seen.append(typing.text)
    assert seen[-1] == "nguyễn"
    for earlier in reversed(["", *seen[:-1]]):
        typing.take_back()
        assert typing.text == earlier
    typing.take_back()
    assert typing.text == ""


def test_letters_that_are_whole_already_stay_and_take_a_tone() -> None:
    typing = Typing()
    for key in "Nie\u0302 Kpă":
        typing.strike(key)
    assert typing.text == "Niê Kpă"


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("nguye\u0302\u0303n", "nguyễn"),
        ("nguyen\u0302\u0303", "nguyễn"),
        ("nguoi\u031b\u0300", "người"),
        ("hoac\u0306\u0323", "hoặc"),
        ("Bi\u0306h", "Bĭh"),
        ("êns", "ến"),
        ("ếnf", "ền"),
        ("a\u0301\u0301", "a"),
        ("\u0301", ""),
    ],
)
def test_marks_and_tones_have_keys_of_their_own_too(keys: str, text: str) -> None:
    assert compose(keys) == text


@given(
    st.sampled_from([s for s in SYLLABLES if "oo" not in s.replace("*", "")]),
    st.sampled_from(["", "s", "j"]),
)
def test_text_that_is_written_already_comes_out_as_it_was(syllable: str, tone: str) -> None:
    word = written(syllable, tone)
    whole = Typing()
    for key in unicodedata.normalize("NFD", word):
        whole.strike(key)
    assert whole.text == word


def test_without_telex_keys_are_letters() -> None:
    typing = Typing(vietnamese=False)
    for key in "aass":
        typing.strike(key)
    assert typing.text == "aass"


@given(st.text(max_size=60))
def test_whatever_is_struck_comes_out_composed_and_never_fails(keys: str) -> None:
    typing = Typing()
    for key in keys:
        typing.strike(key)
    assert typing.text == unicodedata.normalize("NFC", typing.text)


@given(st.text(alphabet="aeiouywdsfrxjznghctpmk AEIOUDS'", max_size=24))
def test_no_key_vanishes_without_a_mark_left_by_it(keys: str) -> None:
    text = compose(keys)
    assert len(text) <= len(keys)
    assert text.count(" ") == keys.count(" ")


@given(st.text(alphabet="aeiouywdsfrxjz", min_size=1, max_size=12))
def test_what_is_typed_is_independent_of_case(keys: str) -> None:
    assert compose(keys.upper()) == compose(keys).upper()


def test_a_typing_shows_how_much_and_never_what() -> None:
    typing = Typing()
    typing.strike("Vis")
    assert "V" not in repr(typing)
