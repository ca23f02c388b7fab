"""What a gate does with which code: one code alone, and a person's code with a declaration."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes import classify
from kiosk.model import Code, GatePolicy, Person, Response, Trust
from kiosk.policy import Action, Memory, Now, decide, lapse, meet
from tests.unit.codes import payloads

OPEN = GatePolicy()
CARD = classify(payloads.CCCD)
OTHER = classify("001093012345||Trần Văn Mẫu|18011993|Nam|Hà Nội|22062022")
PASS = Code("pass", Person(number="054199012345"), Trust.SIGNED, purpose="staff", reference="a1")
DECLARED = Code(
    "declaration",
    Person(name="N. T. V. Dụ", birth="1999", number="********2345"),
    Trust.SIGNED,
    reference="d1",
    valid_from=payloads.NOW - dt.timedelta(days=1),
    purpose="patient",
    details=(("summary", "clear"),),
)
ASKING = GatePolicy(declaration=True)
DAY = "2026-03-02"


def at(seconds: float, day: str = DAY) -> Now:
    """Return a moment of the gate's day."""
    return Now(int(seconds * 1000), day, payloads.NOW)


def with_(trust: Trust, reason: str = "") -> Code:
    """Return the pass with another trust."""
    return replace(PASS, trust=trust, reason=reason)


# -- one code -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", payloads.samples().values(), ids=payloads.samples().keys())
def test_by_default_everybody_is_recorded(text: str) -> None:
    assert decide(classify(text), OPEN).action is Action.ACCEPT


@pytest.mark.parametrize("text", payloads.nobodys().values(), ids=payloads.nobodys().keys())
def test_by_default_a_code_that_is_nobodys_is_not_for_us(text: str) -> None:
    decision = decide(classify(text), OPEN)
    assert decision.action is Action.NOT_FOR_US
    assert decision.reason


@pytest.mark.parametrize(
    ("code", "action", "words"),
    [
        (with_(Trust.SIGNED), Action.ACCEPT, ()),
        (with_(Trust.UNSIGNED), Action.ACCEPT, ()),
        (with_(Trust.VALIDITY_NOT_CHECKED, "clock"), Action.ACCEPT, ()),
        (with_(Trust.NOT_CHECKED, "no-trust-list"), Action.ACCEPT, ()),
        (with_(Trust.NOT_CHECKED, "unknown-key"), Action.ACCEPT, ("unknown-key",)),
        (with_(Trust.BAD_SIGNATURE, "bad-signature"), Action.ACCEPT, ("bad-signature",)),
        (with_(Trust.EXPIRED, "expired"), Action.ACCEPT, ("expired",)),
        (with_(Trust.EXPIRED, "not-yet-valid"), Action.ACCEPT, ("not-yet-valid",)),
        (with_(Trust.REVOKED, "revoked"), Action.REFUSE, ("revoked",)),
    ],
)
def test_each_trust_has_its_own_decision_and_words(code, action, words) -> None:
    decision = decide(code, OPEN)
    assert decision.action is action
    assert (decision.alerts or (decision.reason,) if decision.reason else decision.alerts) == words


@pytest.mark.parametrize("name", ["expired", "revoked", "bad_signature", "unchecked"])
@pytest.mark.parametrize("response", list(Response))
def test_each_response_can_be_chosen(name: str, response: Response) -> None:
    trust = {
        "expired": with_(Trust.EXPIRED, "expired"),
        "revoked": with_(Trust.REVOKED, "revoked"),
        "bad_signature": with_(Trust.BAD_SIGNATURE, "bad-signature"),
        "unchecked": with_(Trust.NOT_CHECKED, "unknown-key"),
    }[name]
    decision = decide(trust, replace(OPEN, **{name: response}))  # type: ignore[arg-type]
    assert (decision.action is Action.REFUSE) == (response is Response.REFUSE)
    assert bool(decision.alerts) == (response is Response.ALERT)


def test_warnings_are_alerts_but_for_what_is_already_put_right() -> None:
    code = replace(CARD, warnings=("number-birth-mismatch", "phone-migrated", "not-compressed"))
    assert decide(code, OPEN).alerts == ("number-birth-mismatch",)


def test_a_gate_may_take_some_kinds_only() -> None:
    staff = GatePolicy(kinds=("pass",))
    assert decide(PASS, staff).action is Action.ACCEPT
    assert decide(CARD, staff).action is Action.REFUSE
    assert decide(CARD, staff).reason == "wrong-kind"
    assert decide(CARD, replace(staff, other_kinds=Response.ALERT)).alerts == ("wrong-kind",)


def test_a_pass_for_another_place_is_told() -> None:
    code = replace(PASS, details=(("place", "place-2"),))
    assert decide(code, OPEN, place="place-1").alerts == ("wrong-place",)
    assert decide(code, OPEN, place="place-2").alerts == ()
    refusing = GatePolicy(wrong_place=Response.REFUSE)
    assert decide(code, refusing, place="place-1").reason == "wrong-place"


def test_the_purpose_is_the_passs_or_fixed_or_asked() -> None:
    asking = GatePolicy(purposes=("patient", "relative"))
    assert decide(PASS, asking).purpose == "staff"
    assert decide(CARD, asking).ask == ("patient", "relative")
    assert decide(CARD, GatePolicy(purpose="guest", purposes=("x",))).purpose == "guest"
    assert decide(CARD, GatePolicy(purpose="guest", purposes=("x",))).ask == ()
    assert decide(PASS, replace(asking, purpose_from_pass=False)).purpose == ""


@pytest.mark.parametrize("trust", [Trust.BAD_SIGNATURE, Trust.NOT_CHECKED, Trust.EXPIRED])
def test_an_unproved_pass_states_no_purpose(trust: Trust) -> None:
    assert decide(with_(trust), GatePolicy(purpose="guest")).purpose == "guest"


# -- a person and a declaration ---------------------------------------------------------------


def test_a_gate_that_asks_for_none_never_waits() -> None:
    decision, memory = meet(CARD, OPEN, Memory(), at(0))
    assert decision.action is Action.ACCEPT
    assert memory == Memory()


def test_the_card_waits_and_the_declaration_completes_it() -> None:
    first, memory = meet(CARD, ASKING, Memory(), at(0))
    assert (first.action, first.reason) == (Action.WAIT, "declaration-needed")
    second, memory = meet(DECLARED, ASKING, memory, at(20))
    assert second.action is Action.ACCEPT
    assert second.code is not None
    assert second.code.person == CARD.person
    assert dict(second.code.details)["declaration"] == "d1"
    assert second.purpose == "patient"
    assert memory.waiting == ()


def test_the_declaration_may_come_first() -> None:
    first, memory = meet(DECLARED, ASKING, Memory(), at(0))
    assert (first.action, first.reason) == (Action.WAIT, "person-needed")
    second, memory = meet(CARD, ASKING, memory, at(20))
    assert second.action is Action.ACCEPT


def test_a_declaration_counts_for_the_rest_of_the_day_and_no_longer() -> None:
    _, memory = meet(DECLARED, ASKING, Memory(), at(0))
    later, _ = meet(CARD, ASKING, memory, at(8 * 3600))
    assert later.action is Action.ACCEPT
    tomorrow, memory = meet(CARD, ASKING, memory, at(24 * 3600, "2026-03-03"))
    assert tomorrow.action is Action.WAIT
    assert memory.declared == ()


def test_anothers_declaration_leaves_the_person_waiting_and_serves_its_own() -> None:
    _, memory = meet(OTHER, ASKING, Memory(), at(0))
    decision, memory = meet(DECLARED, ASKING, memory, at(5))
    assert (decision.action, decision.reason) == (Action.WAIT, "declaration-of-another")
    assert [shown.code for shown in memory.waiting] == [OTHER]
    mine, _ = meet(CARD, ASKING, memory, at(10))
    assert mine.action is Action.ACCEPT


def test_two_people_may_wait_at_once() -> None:
    _, memory = meet(CARD, ASKING, Memory(), at(0))
    _, memory = meet(OTHER, ASKING, memory, at(3))
    decision, memory = meet(DECLARED, ASKING, memory, at(6))
    assert decision.code is not None
    assert decision.code.person == CARD.person
    assert [shown.code for shown in memory.waiting] == [OTHER]


def test_whoever_shows_no_declaration_in_time_is_recorded_so() -> None:
    _, memory = meet(CARD, ASKING, Memory(), at(0))
    assert lapse(ASKING, memory, at(59.9)) == ((), memory)
    (decision,), memory = lapse(ASKING, memory, at(60))
    assert (decision.action, decision.alerts) == (Action.ACCEPT, ("no-declaration",))
    assert decision.code == CARD
    assert memory == Memory()


def test_a_gate_may_refuse_whoever_shows_none() -> None:
    strict = replace(ASKING, no_declaration=Response.REFUSE)
    _, memory = meet(CARD, strict, Memory(), at(0))
    (decision,), _ = lapse(strict, memory, at(60))
    assert (decision.action, decision.reason) == (Action.REFUSE, "no-declaration")


def test_the_same_card_again_says_that_there_is_none() -> None:
    _, memory = meet(CARD, ASKING, Memory(), at(0))
    slip, memory = meet(CARD, ASKING, memory, at(1))
    assert slip.action is Action.WAIT
    assert len(memory.waiting) == 1
    meant, memory = meet(CARD, ASKING, memory, at(4))
    assert (meant.action, meant.alerts) == (Action.ACCEPT, ("no-declaration",))
    assert memory.waiting == ()


@pytest.mark.parametrize(("days", "counts"), [(14, False), (21, True)])
def test_a_declaration_older_than_the_days_that_count_does_not(days, counts) -> None:
    gate = replace(ASKING, declaration_days=days)
    old = replace(DECLARED, valid_from=payloads.NOW - dt.timedelta(days=15))
    _, memory = meet(CARD, gate, Memory(), at(0))
    decision, _ = meet(old, gate, memory, at(1))
    assert (decision.action is Action.ACCEPT) == counts
    assert decision.reason == ("" if counts else "declaration-too-old")


def test_symptoms_alert_or_refuse_as_the_gate_says() -> None:
    ill = replace(DECLARED, details=(("summary", "fever travelled"),))
    _, memory = meet(CARD, ASKING, Memory(), at(0))
    told, _ = meet(ill, ASKING, memory, at(1))
    assert (told.action, told.alerts) == (Action.ACCEPT, ("symptoms",))
    strict = replace(ASKING, symptoms=Response.REFUSE)
    refused, _ = meet(ill, strict, memory, at(1))
    assert (refused.action, refused.reason) == (Action.REFUSE, "symptoms")
    travelled = replace(DECLARED, details=(("summary", "travelled"),))
    assert meet(travelled, ASKING, memory, at(1))[0].alerts == ()


def test_an_opaque_declaration_serves_the_person_it_is_shown_with_and_once() -> None:
    opaque = classify(payloads.HCMC)
    _, memory = meet(CARD, ASKING, Memory(), at(0))
    decision, memory = meet(opaque, ASKING, memory, at(5))
    assert decision.action is Action.ACCEPT
    next_one, memory = meet(OTHER, ASKING, memory, at(10))
    assert next_one.action is Action.WAIT
    _, memory = meet(opaque, ASKING, Memory(), at(0))
    first, memory = meet(CARD, ASKING, memory, at(5))
    second, _ = meet(OTHER, ASKING, memory, at(6))
    assert (first.action, second.action) == (Action.ACCEPT, Action.WAIT)


def test_whom_nobody_asks_does_not_wait() -> None:
    gate = replace(ASKING, no_declaration_for=("staff",))
    assert meet(PASS, gate, Memory(), at(0))[0].action is Action.ACCEPT
    assert meet(CARD, gate, Memory(), at(0))[0].action is Action.WAIT


def test_a_revoked_pass_is_refused_before_anything_is_asked() -> None:
    decision, memory = meet(with_(Trust.REVOKED, "revoked"), ASKING, Memory(), at(0))
    assert decision.action is Action.REFUSE
    assert memory == Memory()


def test_the_memory_names_nobody() -> None:
    _, memory = meet(CARD, ASKING, Memory(), at(0))
    assert "Dụ" not in repr(memory) + repr(memory.waiting[0])
    assert "054199012345" not in repr(memory.waiting[0])


shown = st.lists(
    st.tuples(st.sampled_from([CARD, OTHER, DECLARED, PASS, classify(payloads.HCMC),
                               classify(payloads.FOREIGN["bank"])]), st.integers(0, 90)),
    max_size=12,
)  # fmt: skip


@given(shown)
def test_nobody_who_showed_a_card_is_ever_forgotten(scans) -> None:
    """Each person's card ends in a decision, at the latest when the wait is over."""
    memory, now = Memory(), 0.0
    first_shown: set[str] = set()
    decided: set[str] = set()
    for code, pause in scans:
        now += pause
        for decision in (late := lapse(ASKING, memory, at(now)))[0]:
            assert decision.code is not None
            decided.update(decision.code.keys)
        decision, memory = meet(code, ASKING, late[1], at(now))
        if code.personal and code.kind in ("cccd", "pass"):
            first_shown.update(code.keys)
        if decision.action is Action.ACCEPT:
            decided.update((decision.code or code).keys)
    for decision in lapse(ASKING, memory, at(now + 61))[0]:
        assert decision.code is not None
        decided.update(decision.code.keys)
    assert first_shown <= decided
