"""What lies on a stick is read piece by piece; damage costs what it hit and no more."""

from __future__ import annotations

import os
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import bundle, sequence, signed
from wire.errors import Malformed, WireError
from wire.keys import SigningKey

KEY = SigningKey.new()


def made(size: int, mark: int) -> bytes:
    """Return a signed object of about ``size`` bytes."""
    return signed.sign({"v": 1, "n": mark, "b": os.urandom(size)}, KEY, "pulse")


def sound(data: bytes) -> list[int]:
    """Return the marks of the pieces whose signatures hold."""
    found = []
    for piece in sequence.split(data):
        if isinstance(piece, sequence.Damage):
            continue
        try:
            found.append(signed.verify(piece, [KEY.public], "pulse").payload["n"])
        except WireError:
            continue
    return found


@given(st.lists(st.integers(0, 400), max_size=12))
def test_what_was_put_together_comes_apart(sizes: list[int]) -> None:
    pieces = [made(size, n) for n, size in enumerate(sizes)]
    assert list(sequence.split(b"".join(pieces))) == pieces


@given(st.data())
def test_a_flipped_byte_costs_one_piece_and_no_other(data: st.DataObject) -> None:
    pieces = [made(60, n) for n in range(6)]
    whole = bytearray(b"".join(pieces))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    left = sound(bytes(whole))
    assert len(set(range(6)) - set(left)) == 1


@given(st.integers(0, 1000))
def test_a_cut_costs_what_was_behind_it(at: int) -> None:
    pieces = [made(60, n) for n in range(6)]
    whole = b"".join(pieces)
    at = min(at, len(whole))
    fit, size = 0, 0
    while fit < 6 and size + len(pieces[fit]) <= at:
        size += len(pieces[fit])
        fit += 1
    assert sound(whole[:at]) == list(range(fit))


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    assert sound(data) == []


def test_a_file_of_beginnings_ends() -> None:
    found = list(sequence.split(b"\xd2\x84" * 100_000))
    assert len(found) <= sequence.MAX_OBJECTS


def test_names_are_found_again_and_nobody_else_s() -> None:
    mine, other = uuid.uuid4(), uuid.uuid4()
    copy = uuid.uuid4()
    names = [bundle.part_name(mine, copy, 3), bundle.manifest_name(mine, copy)]
    for name in (*names, *(f"{name}.new" for name in names)):
        assert bundle.parts_of(mine).fullmatch(name)
        assert not bundle.parts_of(other).fullmatch(name)
    assert bundle.returns_of(mine).fullmatch(bundle.return_name(mine, 0))
    assert not bundle.returns_of(other).fullmatch(bundle.return_name(mine, 0))
    assert bundle.PART.fullmatch(names[0])
    assert bundle.LIST.fullmatch(names[1])


@pytest.mark.parametrize("row", [[], ["../x", 1, b"", 1], ["a.part", -1, b"", 1], 5])
def test_a_manifest_that_names_no_part_is_refused(row: object) -> None:
    from tests.samples.wire.make import CLOCKS, name

    payload = bundle.Manifest(name(1), name(2), (), (), 0, CLOCKS).pack() | {"parts": [row]}
    with pytest.raises(Malformed):
        bundle.Manifest.unpack(payload)
