"""A kiosk that lost its identity hands what it keeps to nobody else's hub."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.enrolling import join
from kiosk.errors import BadEnrolment, DiskRefused
from kiosk.identity import FILE, Identity, read_code
from kiosk.queue import FILE as OUTBOX
from kiosk.queue import Outbox
from tests.hubs import HubProcess
from tests.integration.durability.conftest import joined
from tests.kiosks import card


def test_what_waits_of_a_place_keeps_the_folder_for_that_place(
    tmp_path: Path, hub: HubProcess
) -> None:
    data = tmp_path / "kiosk"
    kiosk = joined(data, hub, hub.url)
    place = kiosk.gate.identity.code.place
    kiosk.show(card(1))
    kiosk.gate.close()
    (data / FILE).write_bytes(b"\xff" * 40)

    stranger = read_code(hub.code(hub.place("Chợ Khác")), now_ms=None)
    with pytest.raises(BadEnrolment, match="entries of another place still wait"):
        join(data, stranger)
    assert (data / FILE).read_bytes() == b"\xff" * 40

    again = read_code(hub.code(place), now_ms=None)
    assert join(data, again).code.place == place
    with Outbox(data / OUTBOX) as outbox:
        assert outbox.stock().waiting == 1


def test_a_card_that_does_not_answer_is_no_kiosk_without_a_place(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()  # reading it fails, though it is there
    with pytest.raises(DiskRefused, match="cannot be read"):
        Identity.load(tmp_path)
