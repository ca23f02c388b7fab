"""Whatever answers in the hub's place, only the hub's signed receipt retires a row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.conversation import HubState
from tests.e2e.faults import proxy as lies
from tests.e2e.faults.proxy import Lie, LyingProxy
from tests.hubs import HubProcess
from tests.integration.durability.conftest import Stepped
from tests.kiosks import card
from wire.keys import SigningKey

Make = Callable[..., Stepped]


@pytest.mark.parametrize(
    ("lie", "known"),
    [
        (lies.hang_up, HubState.OFFLINE),
        (lies.swallow, HubState.OFFLINE),
        (lies.not_even_http, HubState.OFFLINE),
        (lies.portal, HubState.NO_RECEIPT),
        (lies.portal_redirect, HubState.NO_RECEIPT),
        (lies.not_found, HubState.NO_RECEIPT),
        (lies.bad_gateway, HubState.NO_RECEIPT),
        (lies.empty, HubState.NO_RECEIPT),
        (lies.noise, HubState.NO_RECEIPT),
        (lies.busy, HubState.NO_RECEIPT),
        (lies.forged(SigningKey.new()), HubState.NO_RECEIPT),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("path", ["", "/v1/entries"], ids=["everywhere", "for-batches"])
def test_a_lie_retires_nothing_and_scanning_goes_on(
    lie: Lie, known: HubState, path: str, stepped: Make, proxy: LyingProxy, hub: HubProcess
) -> None:
    kiosk = stepped()
    kiosk.show(card(1), card(2))
    proxy.lie = lies.only(path, lie) if path else lie
    kiosk.talk(3)
    kiosk.show(card(3))
    assert len(kiosk.greens) == 3
    assert kiosk.waiting == 3
    assert kiosk.gate.outbox.stock().acked == 0
    assert kiosk.gate.health().hub == known.value
    assert kiosk.gate.health().hub_detail.endswith(".")
    proxy.lie = lies.honest
    kiosk.deliver()
    held = kiosk.held_by(hub)
    assert sorted(e["id"] for e in held) == sorted(str(v.id) for v in kiosk.greens)
    assert kiosk.gate.health().hub == HubState.OK.value


def test_a_replayed_receipt_retires_nothing(
    stepped: Make, proxy: LyingProxy, hub: HubProcess
) -> None:
    kiosk = stepped()
    kiosk.show(card(1))
    kiosk.deliver()
    (old,) = [e.answer for e in proxy.exchanges if e.path == "/v1/entries"]
    kiosk.show(card(2))
    proxy.lie = lies.replayed(old)
    kiosk.talk(2)
    assert kiosk.waiting == 1
    proxy.lie = lies.honest
    kiosk.deliver()
    assert len(kiosk.held_by(hub)) == 2


def test_a_receipt_kept_back_retires_nothing_later_not_even_its_own_entries(
    stepped: Make, proxy: LyingProxy, hub: HubProcess
) -> None:
    """Between the two a hub may have lost them: only an answer to this very request counts."""
    kiosk = stepped()
    kiosk.show(card(1), card(2))
    kiosk.talk(1)  # the pulse
    proxy.lie = lies.only("/v1/entries", lies.swallow)
    kiosk.talk(1)
    (kept,) = [e.answer for e in proxy.exchanges if e.path == "/v1/entries"]
    proxy.lie = lies.replayed(kept)
    kiosk.talk(1)
    assert kiosk.waiting == 2
    proxy.lie = lies.honest
    kiosk.deliver()
    assert len(kiosk.held_by(hub)) == 2


def test_another_hubs_receipt_retires_nothing(
    stepped: Make, proxy: LyingProxy, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with HubProcess(tmp_path_factory.mktemp("other")) as other, LyingProxy(other.url) as line:
        kiosk = stepped()
        kiosk.show(card(1))
        proxy.lie = lambda _, request: line.ask(request)
        kiosk.talk(2)
        assert kiosk.waiting == 1
        assert other.entries() == []


def cuts(make: Make, proxy: LyingProxy, hub: HubProcess, step: int) -> int:
    kiosk = make()
    kiosk.talk(1)  # the pulse
    kiosk.show(card(0))
    kiosk.deliver()
    answer = next(e.answer for e in proxy.exchanges if e.path == "/v1/entries")
    for count in range(0, len(answer), step):
        kiosk.show(card(1 + count))
        kiosk.gate.sync.progress.bad_answers = 0  # each cut is a story of its own
        proxy.lie = lies.only("/v1/entries", lies.cut_after(count))
        kiosk.talk(1)
        assert kiosk.waiting == 1, f"cut after {count} of {len(answer)} bytes"
        proxy.lie = lies.honest
        kiosk.deliver()
    held = kiosk.held_by(hub)
    assert sorted(e["id"] for e in held) == sorted(str(v.id) for v in kiosk.greens)
    return len(kiosk.greens) - 1


def test_a_reply_that_is_cut_retires_nothing(
    stepped: Make, proxy: LyingProxy, hub: HubProcess
) -> None:
    assert cuts(stepped, proxy, hub, 23) > 20


@pytest.mark.slow
def test_a_reply_cut_at_every_byte_retires_nothing(
    stepped: Make, proxy: LyingProxy, hub: HubProcess
) -> None:
    print(cuts(stepped, proxy, hub, 1), "cuts, the hub's count exact")


def test_requests_delivered_twice_count_once(
    stepped: Make, proxy: LyingProxy, hub: HubProcess
) -> None:
    kiosk = stepped()
    proxy.lie = lies.twice
    kiosk.show(*(card(who) for who in range(5)))
    kiosk.deliver()
    assert [e["seq"] for e in kiosk.held_by(hub)] == [1, 2, 3, 4, 5]
