"""What an account may do: technicians see to machines, officials trace, owners look."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from hub.desk.models import Role
from hub.errors import NotAllowed


def role_of(account: Any) -> Role | None:
    """Return an account's role; a superuser without one is a technician."""
    found: Role | None = Role.objects.select_related("place").filter(account_id=account.pk).first()
    if found is None and account.is_superuser:
        return Role(account=account, kind=Role.Kind.TECHNICIAN)
    return found


def official(name: str, password: str) -> str:
    """Return the name of an official who proved to be one; raises :class:`NotAllowed`."""
    account = authenticate(username=name, password=password)
    if not isinstance(account, User):
        raise NotAllowed("The account's name or password is wrong.")
    role = role_of(account)
    if role is None or role.kind != Role.Kind.OFFICIAL:
        raise NotAllowed("Cases are opened and approved by accounts of officials.")
    return str(account.get_username())
