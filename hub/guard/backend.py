"""Passwords, and the lock-out: after some failures an address waits, for a name or at all."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from hub.guard.limits import address_of
from hub.guard.models import FailedLogin
from hub.intake.audit import record
from hub.intake.transactions import durable, now_ms

WINDOW_MS = 15 * 60 * 1000
PER_NAME_AND_ADDRESS = 5
"""A stranger who knows a name locks it out for his own address, not for whoever it belongs to."""
PER_ADDRESS = 30
"""An office may sit behind one address; whoever guesses names from it still stops soon."""
PER_NAME = 100
"""Guesses from everywhere at one password: 9,600 a day, which finds none of ten letters."""


class LockingBackend(ModelBackend):
    """Django's own, which refuses whoever failed too often, the right password included."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> Any:
        """Return the account, or None; raises PermissionDenied while locked out."""
        limits = _limits(request, username or "")
        if locked(limits):
            raise PermissionDenied
        user = super().authenticate(request, username=username, password=password, **more)
        if user is None and username is not None:
            failed(limits, username)
        return user


def locked(limits: dict[str, int]) -> bool:
    """Whether one of the keys has used up its failures."""
    since = now_ms() - WINDOW_MS
    recent = FailedLogin.objects.filter(at_ms__gt=since)
    return any(recent.filter(key=key).count() >= most for key, most in limits.items())


def failed(limits: dict[str, int], username: str) -> None:
    """Note a failure; the last one that is allowed goes into the audit."""
    now = now_ms()
    with durable():
        FailedLogin.objects.filter(at_ms__lt=now - WINDOW_MS).delete()
        FailedLogin.objects.bulk_create([FailedLogin(key=key, at_ms=now) for key in limits])
        for key, most in limits.items():
            if FailedLogin.objects.filter(key=key).count() == most:
                record("lock-out", actor=username[:150], subject=key)


def _limits(request: HttpRequest | None, username: str) -> dict[str, int]:
    name = username.casefold()[:150]
    address = address_of(request)[:45] if request is not None else ""
    # A key takes 170 letters: names that differ only after so many share what one address may.
    limits = {f"name:{name}": PER_NAME, f"both:{name[:115]} {address}": PER_NAME_AND_ADDRESS}
    if address:
        limits[f"address:{address}"] = PER_ADDRESS
    return limits


def second_factor_failed(request: HttpRequest | None, username: str) -> None:
    """Count a wrong code like a wrong password."""
    failed(_limits(request, username), username)
