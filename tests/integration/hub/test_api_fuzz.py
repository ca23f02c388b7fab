"""The API against its own OpenAPI description: whatever is sent, no error and no way in."""

from __future__ import annotations

import copy
import random
import uuid
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.hubs import Gate, HubProcess
from wire import signed
from wire.batch import Batch, Pulse
from wire.enrol import Claim
from wire.errors import WireError
from wire.keys import SigningKey

COSE = signed.MEDIA_TYPE
KINDS = (*("batch", "pulse", "claim") * 3, "receipt", "settings", "nonsense")
SLOW_EXAMPLES = 800

NOT_SAID = [positive_data_acceptance]
"""A schema cannot say what a sound signed object is: to it, all bytes are alike."""

_scalars = (
    st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats() | st.text(max_size=40)
    | st.binary(max_size=64)
)  # fmt: skip
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def _honest(gate: Gate, chance: random.Random) -> dict[str, dict[str, Any]]:
    """Return a sound payload of each kind that a kiosk sends."""
    request = uuid.UUID(int=chance.getrandbits(128))
    entries = tuple(gate.entries(2))
    return {
        "batch": Batch(gate.code.kiosk, request, entries, gate.clocks).pack(),
        "pulse": Pulse(gate.code.kiosk, request, gate.clocks, {"entered": 1}, {}, ()).pack(),
        "claim": Claim(
            gate.code.kiosk, request, gate.code.token, gate.key.public.raw, gate.clocks, "1"
        ).pack(),
    }


def spoil(payload: Any, values: list[Any], chance: random.Random) -> Any:
    """Put wrong values somewhere into a payload, however deep."""
    payload = copy.deepcopy(payload)
    for value in values:
        here = payload
        while isinstance(here, (dict, list)) and here:
            key = chance.choice(list(here) if isinstance(here, dict) else range(len(here)))
            if isinstance(here[key], (dict, list)) and here[key] and chance.random() < 0.7:
                here = here[key]
                continue
            here[key] = value
            break
    return payload


class Bodies:
    """Request bodies: raw bytes, objects of strangers, and objects of one enrolled kiosk."""

    gate: Gate
    stranger = SigningKey.new()

    @classmethod
    def made(cls, who: str, kind: str, values: list[Any], seed: int) -> bytes:
        """Sign something as ``kind``: sound but for ``values`` put into it."""
        chance = random.Random(seed)
        honest = _honest(cls.gate, chance)
        payload = spoil(honest.get(kind, honest[chance.choice(sorted(honest))]), values, chance)
        key = cls.gate.key if who == "member" else cls.stranger
        try:
            body = signed.sign(payload, key, kind)
        except (WireError, ValueError, OverflowError):
            body = signed.sign({}, key, kind)
        if chance.random() < 0.15:
            body = body[: chance.randrange(len(body))]
        elif chance.random() < 0.15:
            flipped = bytearray(body)
            flipped[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
            body = bytes(flipped)
        return body


def _signed_by(who: str) -> st.SearchStrategy[bytes]:
    return st.builds(
        Bodies.made, st.just(who), st.sampled_from(KINDS),
        st.just([]) | st.lists(_values, max_size=3),
        st.integers(0, 2**32),
    )  # fmt: skip


schemathesis.openapi.media_type(
    COSE, st.binary(max_size=2000) | _signed_by("stranger") | _signed_by("member")
)


@schemathesis.serializer(COSE)
def as_it_is(context: object, value: bytes) -> bytes:
    """Bytes go as they are."""
    del context
    return value


def fuzz(hub: HubProcess, examples: int) -> dict[str, int]:
    """Send ``examples`` requests to each operation; returns how many were taken."""
    Bodies.gate = Gate.joined(hub)
    schema = schemathesis.openapi.from_url(f"{hub.url}/v1/openapi.json")
    taken = {"member": 0, "asked": 0}

    def known(body: Any) -> bool:
        try:
            return signed.peek(body)[1] == Bodies.gate.key.kid
        except WireError:
            return False

    for found in schema.get_all_operations():
        operation = found.ok()

        @hypothesis.settings(
            max_examples=examples, deadline=None, database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )  # fmt: skip
        @hypothesis.given(case=operation.as_strategy())
        def send(case: Any) -> None:
            response = case.call()
            case.validate_response(response, excluded_checks=NOT_SAID)
            taken["asked"] += 1
            assert response.status_code < 500, response.status_code
            if response.status_code == 200 and case.media_type == COSE:
                body = case.body if isinstance(case.body, bytes) else b""
                assert known(body), "taken from somebody who is nobody here"
                taken["member"] += 1

        send()
    return taken


def test_whatever_is_sent_is_no_error_and_no_way_in(hub: HubProcess) -> None:
    taken = fuzz(hub, 30)
    assert taken["member"] > 0
    assert taken["asked"] >= 60


@pytest.mark.slow
def test_much_more_is_sent_and_is_no_error_and_no_way_in(hub: HubProcess) -> None:
    taken = fuzz(hub, SLOW_EXAMPLES)
    print(f"{taken['asked']} requests, {taken['member']} taken: all of the one who may; 0 errors")
