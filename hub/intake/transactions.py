"""Transactions that have reached the disk when they end."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from django.db import connection, transaction

_ONE_WRITER = threading.Lock()


@contextlib.contextmanager
def durable() -> Iterator[None]:
    """Open a transaction whose commit is synchronous, whatever the server's defaults say.

    SQLite lets one connection write at a time and makes the others poll; threads of this
    process queue here instead. Its pragmas are set on every connection
    (:mod:`hub.home`); PostgreSQL is told for each transaction, which survives poolers.

    Inside another transaction nothing is durable when this one ends, and in a thread that holds
    the lock already it would wait for itself: both raise ``RuntimeError``.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A durable transaction cannot lie inside another transaction.")
    if connection.vendor == "sqlite":
        with _ONE_WRITER, transaction.atomic(durable=True):
            yield
        return
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")
        yield


def now_ms() -> int:
    """The hub's time: milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000
