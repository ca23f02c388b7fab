"""Bytes that would hang a decoder are refused before anything is built."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import cbor, cborscan
from wire.errors import Malformed


def laughs(depth: int, width: int) -> bytes:
    """Lists that share one list, which shares one list …: exponential to walk."""
    inner: Any = ["ha"] * width
    for _ in range(depth):
        inner = [inner] * width
    return cbor2.dumps(inner, value_sharing=True)


@pytest.mark.parametrize("depth", [3, 7, 12])
def test_shared_references_are_refused_at_once(depth: int) -> None:
    began = time.process_time()
    with pytest.raises(Malformed):
        cbor.loads(laughs(depth, 10))
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize(
    "data",
    [
        cbor2.dumps(cbor2.CBORTag(35, "(a*)*b" * 9)),
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x81" * 40 + b"\x00",
        b"\xd8\x1c\x81\xd8\x1d\x00",
        b"\x5f\x41a\x61b\xff",
        b"\x5f\x41a",
        b"\x1c",
        b"\xff",
        b"\x42a",
        b"",
        b"\x00\x00",
        b"\x80" + b"\x00" * 3,
        b"\x9a\x00\x03\x0d\x41" + b"\x00" * 200_001,
    ],
)
def test_what_none_of_ours_is_made_of_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        cbor.loads(data)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.binary() | st.text()
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text() | st.integers(0, 99), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(plain)
def test_everything_we_write_passes(value: Any) -> None:
    data = cbor.dumps(value)
    assert cborscan.check(data) == len(data)
    assert cbor.loads(data) == value


def test_open_ended_containers_of_other_writers_pass() -> None:
    assert cbor.loads(b"\xbf\x01\x9f\x02\x03\xff\xff") == {1: [2, 3]}
    assert cbor.loads(b"\x7f\x61a\x61b\xff") == "ab"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        cbor.loads(data)
    except Malformed:
        return
    assert cborscan.check(data) == len(data)


def carefully(data: bytes) -> Any:
    """Read as if nothing were plain."""
    value = cbor.loads_tagged(data)
    cbor._check(value, 0)
    return value


exactly = st.one_of(
    plain.map(cbor.dumps),
    plain.map(cbor2.dumps),
    st.binary(max_size=60),
    st.tuples(plain.map(cbor.dumps), st.binary(max_size=3), st.integers(0, 60)).map(
        lambda made: made[0][: made[2]] + made[1] + made[0][made[2] :]
    ),
    st.integers(0, 40).map(lambda depth: b"\x81" * depth + b"\x00"),
    st.integers(0, 40).map(lambda depth: b"\xa1\x01" * depth + b"\x00"),
)


def said_of(data: bytes, read: Callable[[bytes], Any]) -> tuple[str, bytes]:
    """Return what is said of bytes that are refused, or what they hold as we write it."""
    try:
        return "", cbor.dumps(read(data))
    except Malformed as error:
        return str(error), b""


@given(exactly)
def test_the_quick_way_says_what_the_careful_way_says(data: bytes) -> None:
    assert said_of(data, cbor.loads) == said_of(data, carefully)
