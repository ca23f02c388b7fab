"""The smallest QR code, and that it is read back."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from tests.unit.codes import payloads
from wire import qr, tokens


def modules(version: int) -> int:
    """Return the side of a QR code of ``version``."""
    return 17 + 4 * version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1" * 41, 1), ("1" * 42, 2), ("A" * 25, 1), ("A" * 26, 2), ("a" * 17, 1), ("a" * 18, 2),
        ("A" * 4296, 40), ("a" * 2953, 40),
    ],
)  # fmt: skip
def test_the_smallest_version_that_holds_the_text_is_taken(text: str, version: int) -> None:
    assert len(qr.smallest(text)) == modules(version)


@pytest.mark.parametrize("text", ["A" * 4297, "a" * 2954, "ệ" * 1000])
def test_a_text_that_no_code_holds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="longer"):
        qr.smallest(text)


def test_more_correction_is_taken_where_it_costs_nothing_or_is_asked_for() -> None:
    assert len(qr.smallest("A" * 10, level="H")) == modules(1)
    assert len(qr.smallest("A" * 25, level="H")) == modules(3)
    with_room = qr.smallest("1")
    assert with_room == qr.smallest("1", level="H")


def test_our_codes_are_of_alphanumeric_mode_and_read_back() -> None:
    issued = (
        tokens.issue(payloads.PASS, payloads.HUB),
        tokens.issue(payloads.DECLARATION, payloads.KIOSK, payloads.certificate()),
        tokens.issue_board(payloads.BOARD, payloads.HUB, "https://hub.example.vn"),
    )
    for text in issued:
        rows = np.array(qr.smallest(text))
        assert len(rows) < len(qr.smallest(text.lower()))  # byte mode costs more
        picture = np.pad(np.where(rows, 0, 255).astype(np.uint8), qr.QUIET, constant_values=255)
        seen = zxingcpp.read_barcodes(np.kron(picture, np.ones((4, 4), np.uint8)))
        assert [code.text for code in seen] == [text]


def test_a_pass_fits_a_card() -> None:
    """5 cm at a version of at most 10: each module is 0.77 mm or more."""
    assert len(qr.smallest(tokens.issue(payloads.PASS, payloads.HUB))) <= modules(10)
