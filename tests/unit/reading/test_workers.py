"""Threads that stop when asked and tell when they die; the one-slot Latest."""

from __future__ import annotations

import logging
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.workers import Latest, Pulse, Worker, backoff

SOON = 5.0


def test_the_newest_value_overwrites_the_older_ones():
    latest = Latest[int]()
    for n in range(5):
        latest.put(n)
    assert latest.wait(0) == 4
    assert latest.wait(0) is None
    assert latest.peek() == 4


def test_what_lies_in_a_closed_slot_can_still_be_taken():
    latest = Latest[str]()
    latest.put("last")
    latest.close()
    before = latest.closed
    assert latest.wait(0) == "last"
    assert (before, latest.closed) == (False, True)
    assert latest.wait(SOON) is None


def test_a_reader_wakes_when_a_value_comes():
    latest = Latest[int]()
    got: list[int | None] = []
    with Worker("reader", lambda worker: got.append(latest.wait(SOON))) as reader:
        latest.put(7)
        assert reader.join(SOON)
    assert got == [7]


def test_a_writer_can_wait_until_its_value_was_taken():
    latest = Latest[int]()
    got: list[int | None] = []
    latest.put(1)
    assert not latest.wait_taken(0.01)
    with Worker("reader", lambda worker: got.append(latest.wait(SOON))):
        assert latest.wait_taken(SOON)


def test_a_worker_has_a_name_a_pulse_and_stops_when_asked():
    named = []

    def work(worker):
        named.append(threading.current_thread().name)
        while not worker.wait(0.01):
            pass

    worker = Worker("scan", work)
    worker.start()
    before = worker.alive
    worker.stop()
    worker.stop()
    assert (before, worker.alive) == (True, False)
    assert named == ["scan"]
    assert worker.pulse.age_s < SOON


def test_a_worker_that_raises_logs_and_tells_and_stays_dead(caplog):
    told: list[tuple[str, BaseException]] = []

    def work(worker):
        raise ZeroDivisionError

    worker = Worker("sync", work, on_death=lambda *what: told.append(what))
    with caplog.at_level(logging.CRITICAL):
        worker.start()
        assert worker.join(SOON)
    assert told == [("sync", worker.error)]
    assert isinstance(worker.error, ZeroDivisionError)
    assert "sync" in caplog.text


def test_a_worker_that_will_not_die_raises():
    go = threading.Event()

    def work(worker):
        go.wait(SOON)

    worker = Worker("stubborn", work)
    worker.start()
    with pytest.raises(RuntimeError, match="stubborn"):
        worker.stop(timeout=0.02)
    go.set()
    worker.stop()


def test_a_pulse_ages_until_it_beats():
    pulse = Pulse()
    pulse._beaten -= 10
    assert pulse.age_s >= 10
    pulse.beat()
    assert pulse.age_s < SOON


@given(st.integers(0, 10**6), st.floats(0.1, 5), st.floats(5, 600))
def test_back_off_grows_to_its_most_and_never_beyond(attempt, first, most):
    assert first <= backoff(attempt, first=first, most=most) <= most
    assert backoff(attempt, first=first, most=most) <= backoff(attempt + 1, first=first, most=most)
