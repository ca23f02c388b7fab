"""One person behind several codes: proved by keys, weighed by agreement, never by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.codes import classify, same
from kiosk.codes.same import compare, contradicts, join, likenesses, lookups, marks
from kiosk.model import Code, Person
from tests.unit.codes import payloads

CARD = Person(name="Nguyễn Thị Ví Dụ", birth="1999-02-01", sex="female", number="054199012345")
INSURED = Person(name="Nguyễn Thị Ví Dụ", birth="1999-02-01", bhyt="HS4540199999999")


def of(text: str) -> Person:
    """Return a code's person."""
    found = classify(text).person
    assert found is not None
    return found


def test_a_number_a_qid_and_an_insurance_number_prove_it() -> None:
    national = of(payloads.NATIONAL_BHYT)
    assert compare(CARD, national) == same.Match(1.0, "number")
    assert compare(replace(national, number=""), national) == same.Match(1.0, "qid")
    assert compare(INSURED, national) == same.Match(1.0, "bhyt")
    assert compare(of(payloads.BHYT_OLD), of(payloads.BHYT_NEW)).proved


def test_the_citizen_card_and_the_insurance_card_of_one_person_meet() -> None:
    met = compare(of(payloads.CCCD), of(payloads.BHYT_NEW))
    assert met.same
    assert not met.proved
    assert met.basis == "birth-and-name"
    assert set(likenesses(of(payloads.CCCD))) & set(likenesses(of(payloads.BHYT_NEW)))


@pytest.mark.parametrize("name", ["Nguyễn Thị Ví Dụ", "Ksor H'Blăm Niê Kđăm Buôn Ya"])
def test_a_name_alone_is_never_enough(name: str) -> None:
    assert not compare(Person(name=name), Person(name=name)).same
    assert not compare(Person(name=name, birth="1999"), Person(name=name, birth="1999")).same
    assert likenesses(Person(name=name)) == ()
    assert likenesses(Person(name=name, birth="1999")) == ()


def test_nothing_known_is_nobody() -> None:
    assert compare(Person(), Person()) == same.Match(0.0, "nothing")
    assert likenesses(Person()) == ()


@pytest.mark.parametrize(
    "masked", ["********2345", "*********345", "05419****345", "054199****45", "****99012345"]
)
def test_a_masked_number_joins_with_a_score(masked: str) -> None:
    shown = Person(name="NGUYEN THI VI DU", birth="1999", number=masked)
    met = compare(CARD, shown)
    assert met.basis == "masked-number"
    assert 0.5 < met.score < 1.0
    assert compare(shown, CARD) == met


def test_more_visible_digits_are_more_sure() -> None:
    masks = ("***********5", "**********45", "*********345", "********2345", "******012345")
    scores = [
        compare(CARD, Person(name=CARD.name, birth="1999", number=mask)).score for mask in masks
    ]
    assert scores == sorted(scores)
    assert compare(CARD, Person(name=CARD.name, birth="1999", number=masks[-2])).same


def test_a_digit_that_differs_is_another_person() -> None:
    other = Person(name=CARD.name, birth="1999", number="********2346")
    assert compare(CARD, other).score < 0.001


@pytest.mark.parametrize(
    "change", [{"name": "Trần Thị Ví Dụ"}, {"birth": "1998"}, {"name": "N. T. V. Dung"}]
)
def test_what_contradicts_outweighs_the_visible_digits(change: dict[str, str]) -> None:
    shown = replace(Person(name="N. T. V. Dụ", birth="1999", number="********2345"), **change)
    assert not compare(CARD, shown).same


def test_a_masked_name_meets_the_full_one_in_any_writing() -> None:
    for name in ("N. T. V. Dụ", "N. T. V. Du", "N. T. V. DU"):
        shown = Person(name=name, birth="1999", number="********2345")
        assert compare(CARD, shown).same
        assert set(likenesses(CARD)) & set(likenesses(shown))


def test_two_numbers_are_two_people_whatever_else_agrees() -> None:
    twin = replace(CARD, number="054199012346")
    assert compare(CARD, twin) == same.Match(0.0, "other-number")
    assert contradicts(CARD.keys, twin.keys)
    assert not contradicts(CARD.keys, INSURED.keys)


def test_an_old_identity_number_or_a_second_qid_is_no_contradiction() -> None:
    old = replace(CARD, number="225012345")
    assert compare(CARD, old).same
    assert not contradicts(("qid:1000", "number:054199012345"), ("qid:2000",))


def test_whoever_shares_a_likeness_scores_as_the_same() -> None:
    people = [CARD, INSURED, of(payloads.NATIONAL_BHYT), of(payloads.BHYT_NEW)]
    people.append(Person(name="N. T. V. Dụ", birth="1999", number="********2345"))
    people.append(Person(name="Dụ Thị Ví Nguyễn", birth="1999-02-01"))  # given name first
    for one in people:
        for other in people:
            if set(likenesses(one)) & set(likenesses(other)):
                assert compare(one, other).same


def test_a_code_finds_the_other_carrier_by_its_mark_and_never_another_persons() -> None:
    twin = replace(CARD, number="054199012346")
    masked = Person(name="N. T. V. Dụ", birth="1999", number="********2345")
    for one in (CARD, INSURED, masked):
        for other in (CARD, INSURED, masked):
            found = bool(set(lookups(one)) & set(marks(other)))
            proved = bool(set(one.keys) & set(other.keys))
            assert found == (compare(one, other).same and not proved)
    assert not set(lookups(twin)) & set(marks(CARD))
    assert not set(lookups(replace(INSURED, bhyt="0299999999"))) & set(marks(INSURED))


def test_joining_keeps_the_fuller_fact() -> None:
    shown = Person(name="N. T. V. Dụ", birth="1999", number="********2345", phone="0900000001")
    both = join(shown, CARD)
    assert both == replace(CARD, phone="0900000001")


def test_an_opaque_code_is_its_own_person() -> None:
    declared = classify(payloads.HCMC)
    assert same.same(declared, declared) == same.Match(1.0, "reference")
    assert same.same(declared, classify(payloads.CCCD)).score == 0.0
    assert same.same(Code("wifi"), Code("wifi")).score == 0.0
