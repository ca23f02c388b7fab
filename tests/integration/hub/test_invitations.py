"""Ten typed characters bring the whole code, once; whoever guesses learns nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from kiosk.enrolling import ask_for_code
from kiosk.errors import BadEnrolment, Retry
from tests.hubs import Gate, HubProcess
from wire import shortcode, signed
from wire.enrol import EnrolmentCode
from wire.keys import SigningKey
from wire.shortcode import Asking


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub of our own: others count refusals per address."""
    with HubProcess(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


def made(hub: HubProcess, *args: str) -> dict[str, str]:
    """Return what making a code prints."""
    (facts,) = hub.json("kiosk", "enrol", hub.place(), *args)
    return facts


def test_the_characters_bring_the_very_code_and_its_first_claim_uses_both_up(
    hub: HubProcess,
) -> None:
    facts = made(hub)
    text = ask_for_code(hub.url, facts["short"].lower())
    whole = EnrolmentCode.from_text(facts["code"])
    assert EnrolmentCode.from_text(text) == whole
    assert Gate(whole, hub.url).claim().status == 200
    with pytest.raises(BadEnrolment, match="used by another kiosk"):
        ask_for_code(hub.url, facts["short"])


def test_unknown_characters_and_an_address_without_a_hub_are_told_apart(hub: HubProcess) -> None:
    with pytest.raises(BadEnrolment, match="does not know"):
        ask_for_code(hub.url, shortcode.new())
    with pytest.raises(BadEnrolment, match="Type it again"):
        ask_for_code(hub.url, "ABCDE-FGHJ9")
    with pytest.raises(Retry):
        ask_for_code("http://127.0.0.1:9", shortcode.new())
    with pytest.raises(BadEnrolment, match="https"):
        ask_for_code("http://hub.example.vn", shortcode.new())


def test_a_question_that_nobody_signed_is_refused(hub: HubProcess) -> None:
    facts = made(hub)
    asking = Asking(uuid.uuid4(), facts["short"], SigningKey.new().public.raw)
    forged = signed.sign(asking.pack(), SigningKey.new(), "asking")
    assert Gate.invited(hub).post("/v1/invitation", forged).status == 400
    assert Gate.invited(hub).post("/v1/invitation", b"ten characters").status == 400


def test_a_code_brings_language_venue_and_wifi_when_asked_to(hub: HubProcess) -> None:
    facts = made(hub, "--language", "en", "--profile", "school", "--wifi", "Gate")
    code = EnrolmentCode.from_text(facts["code"])
    assert (code.language, code.profile) == ("en", "school")
    assert code.wifi is not None
    assert code.wifi.ssid == "Gate"
    plain = EnrolmentCode.from_text(made(hub)["code"])
    assert (plain.language, plain.profile, plain.wifi) == ("", "", None)


def test_whoever_guesses_too_often_is_not_told_a_right_code_either(own_hub: HubProcess) -> None:
    facts = made(own_hub)
    for _ in range(20):
        with pytest.raises(BadEnrolment):
            ask_for_code(own_hub.url, shortcode.new())
    with pytest.raises(Retry):
        ask_for_code(own_hub.url, facts["short"])
    own_hub.restart()  # as a minute would
    assert ask_for_code(own_hub.url, facts["short"]) == facts["code"]
