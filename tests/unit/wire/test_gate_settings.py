"""What a hub may set at a kiosk is data of a closed list, and each of it is the kiosk's own."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import config as configuration
from kiosk.bidden import bidden
from kiosk.config import LIMITS, Config
from kiosk.identity import Identity
from wire import gate_settings as wire
from wire import signed
from wire.batch import Settings
from wire.enrol import EnrolmentCode
from wire.errors import Malformed
from wire.keys import OpenKey, SigningKey

SAMPLE: dict[type, Any] = {bool: True, int: 14, str: "record", list: ["guest"]}
FORBIDDEN = {
    "camera.source", "codes.trust_list", "sound.phrases", "carry.roots", "carry.folders",
    "signals.relay", "signals.scanner", "storage.ballast_mb",
}  # fmt: skip

plain: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def kiosk(profile: dict[str, Any], *, venue: str = "") -> Identity:
    """Return a kiosk of the place p1 that believes such settings."""
    hub, seal = SigningKey.new(), OpenKey.new()
    code = dataclasses.replace(code_of(hub, seal), profile=venue)
    data = signed.sign(Settings(1, profile=profile).pack(), hub, "settings")
    return Identity(SigningKey.new(), code).believe_settings(data)


def code_of(hub: SigningKey, seal: OpenKey) -> EnrolmentCode:
    """Return an enrolment code of the place p1."""
    return EnrolmentCode(
        url="https://hub.example", place="p1", place_name="Chợ Ví Dụ", gate="Cổng 1", gates=1,
        kiosk=uuid.UUID(int=1), token=bytes(16), hub_key=hub.public.raw,
        seal_key=seal.public.raw, expires_ms=2**41,
    )  # fmt: skip


def test_no_key_names_a_file_an_address_a_program_or_a_pin() -> None:
    assert not FORBIDDEN & set(wire.KEYS)
    assert {name.split(".")[0] for name in wire.KEYS} == {"policy", "privacy", "screen"}
    for name in FORBIDDEN | {"policy", "run", "", "policy.__class__"}:
        with pytest.raises(Malformed):
            wire.checked(name, "x")


@pytest.mark.parametrize("name", sorted(wire.KEYS))
def test_each_key_is_one_of_the_kiosks_and_takes_what_that_takes(name: str) -> None:
    section, key = name.split(".")
    kind = wire.KEYS[name]
    value = SAMPLE[kind.kind]
    if kind.words or kind.kind is not str:
        assert wire.checked(name, value) == value
    told = configuration.read({section: {key: value}}, source="a test")
    assert getattr(getattr(told, section), key) in (value, tuple(value) if kind.kind is list else 0)
    if name in LIMITS:
        assert (kind.least, kind.most) == LIMITS[name]


def test_the_place_goes_before_the_venue_and_the_venue_before_all() -> None:
    profile = {
        "": {"policy.declaration_days": 10, "screen.hotline": "115", "privacy.keep_days": 9},
        "profile:hospital": {"policy.declaration_days": 21, "screen.hotline": "1900"},
        "profile:market": {"policy.declaration_days": 3},
        "place:p1": {"policy.declaration_days": 7},
        "place:p2": {"privacy.keep_days": 60},
    }
    config = bidden(Config(), kiosk(profile, venue="hospital"), venue="")
    assert config.policy.declaration_days == 7
    assert config.screen.hotline == "1900"
    assert config.privacy.keep_days == 9
    chosen_here = bidden(Config(), kiosk(profile, venue="hospital"), venue="market")
    assert chosen_here.screen.hotline == "115"


def test_what_is_not_of_the_list_changes_nothing() -> None:
    profile: dict[str, Any] = {
        "": {
            "camera.source": "file:/etc/passwd",
            "sound.phrases": "/tmp",
            "policy.declaration_days": "many",
            "policy.second_code_s": 10**9,
            "policy.expired": "explode",
            "policy.purposes": [["x"]],
            "screen.authority": "two\nlines",
            "policy.declaration": True,
        }
    }
    config = bidden(Config(), kiosk(profile), venue="")
    assert config == dataclasses.replace(
        Config(), policy=dataclasses.replace(Config().policy, declaration=True)
    )


@given(plain, plain)
def test_nonsense_never_raises_and_sets_nothing_that_is_not_checked(values: Any, more: Any) -> None:
    found = wire.chosen({"": values, "place:p1": more}, place="p1", venue="x")
    for name, value in found.items():
        assert wire.checked(name, value) == value


@pytest.mark.parametrize("scope", ["place:", "place:../x", "profile:A", "x", "place:a b"])
def test_a_scope_is_a_place_a_profile_or_everything(scope: str) -> None:
    with pytest.raises(Malformed):
        wire.check_scope(scope)
    assert wire.check_scope("place:p7k2m4qa") == "place:p7k2m4qa"
