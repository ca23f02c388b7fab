"""A line at its worst, for hours in seconds: whatever it does, the hub's count is exact.

The story is drawn from a seed, which is printed; the same seed tells the same story again.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.clock import SetClock
from tests.e2e.faults import proxy as lies
from tests.e2e.faults.proxy import Lie, LyingProxy
from tests.hubs import HubProcess
from tests.integration.durability.conftest import Stepped
from tests.kiosks import card
from wire.keys import SigningKey

Make = Callable[..., Stepped]
STEPS, SLOW_STEPS = 50, 600


def weather(chance: random.Random) -> Iterator[tuple[str, Lie]]:
    """Yield what the line does to the next request; half of them pass."""
    stranger = SigningKey.new()
    plain = (
        lies.hang_up, lies.swallow, lies.portal, lies.portal_redirect, lies.not_found,
        lies.bad_gateway, lies.empty, lies.noise, lies.not_even_http, lies.twice, lies.late,
        lies.crossed,
    )  # fmt: skip
    while True:
        drawn = chance.randrange(2 * len(plain) + 8)
        if drawn < len(plain):
            yield plain[drawn].__name__, plain[drawn]
        elif drawn == len(plain):
            count = chance.randrange(700)
            yield f"cut after {count}", lies.cut_after(count)
        elif drawn == len(plain) + 1:
            seconds = chance.uniform(0.0, 0.05)
            yield f"delayed {seconds:.3f}", lies.delayed(seconds)
        elif drawn == len(plain) + 2:
            yield "noisy", lies.noisy(random.Random(chance.randrange(2**32)))
        elif drawn == len(plain) + 3:
            yield "forged", lies.forged(stranger)
        else:
            yield "honest", lies.honest


def storm(
    make: Make, proxy: LyingProxy, hub: HubProcess, *, seed: int, steps: int
) -> tuple[int, int]:
    """Scan and talk through it; returns how many passed and how many lies were told."""
    chance = random.Random(seed)
    clock = SetClock()
    kiosk = make(clock=clock)
    people, told = itertools.count(1), []
    for name, lie in itertools.islice(weather(chance), steps):
        kiosk.show(*(card(next(people)) for _ in range(chance.randrange(4))))
        clock.advance(chance.choice((1, 5, 70, 90_000)) if name != "honest" else 2)
        told.append(name)
        proxy.lie = lie
        kiosk.talk(1)
        acked = kiosk.gate.outbox.stock().acked
        assert acked + kiosk.waiting == len(kiosk.greens), (seed, told)
    proxy.lie = lies.honest
    clock.advance(90_000)
    kiosk.deliver()
    held = kiosk.held_by(hub)
    assert [e["id"] for e in sorted(held, key=lambda e: e["seq"])] == [
        str(verdict.id) for verdict in kiosk.greens
    ], (seed, told)
    flags = [k["flags"] for k in hub.json("kiosk", "list") if k["place"] == held[0]["place"]]
    assert flags == [[]], (seed, told)
    return len(kiosk.greens), sum(name != "honest" for name in told)


@pytest.mark.parametrize("seed", [20261122])
def test_a_storm_leaves_the_hubs_count_exact(
    seed: int, stepped: Make, proxy: LyingProxy, hub: HubProcess
) -> None:
    passed, told = storm(stepped, proxy, hub, seed=seed, steps=STEPS)
    assert passed > STEPS / 2
    assert told > STEPS / 4


@pytest.mark.slow
def test_a_long_storm_leaves_the_hubs_count_exact(
    stepped: Make, proxy: LyingProxy, hub: HubProcess, tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print("seed", seed)
    passed, told = storm(stepped, proxy, hub, seed=seed, steps=SLOW_STEPS)
    print(f"{passed} passed under {told} lies of {SLOW_STEPS} requests; the hub's count exact")
