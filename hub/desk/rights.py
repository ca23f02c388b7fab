"""What an account may do, and of which places: its unit's, in either tree, and below."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db.models import QuerySet

from hub.desk.models import Role
from hub.errors import BadUsage, NotAllowed
from hub.intake.models import Place
from hub.places import units
from hub.places.models import Unit
from hub.tracing.cases import find_case
from hub.tracing.models import Case


def role_of(account: Any) -> Role | None:
    """Return an account's role; a superuser without one is a technician."""
    found: Role | None = (
        Role.objects.select_related("place", "unit", "account")
        .filter(account_id=account.pk)
        .first()
    )
    if found is None and account.is_superuser:
        return Role(account=account, kind=Role.Kind.TECHNICIAN)
    return found


def places_of(role: Role) -> QuerySet[Place]:
    """Return the places that an account may see."""
    if role.kind == Role.Kind.OWNER:
        return Place.objects.filter(pk=role.place_id)
    return units.places_of(role.unit) if role.unit else Place.objects.all()


def scope(role: Role) -> list[str] | None:
    """Return the ids of the places that an account may see; None: every place."""
    if role.kind != Role.Kind.OWNER and role.unit is None:
        return None
    return list(places_of(role).values_list("pk", flat=True))


def covers_all(role: Role) -> bool:
    """Whether an account answers for every place of the hub."""
    if scope(role) is None:
        return True
    return not Place.objects.exclude(pk__in=places_of(role).values("pk")).exists()


def place_for(role: Role, pk: str) -> Place:
    """Return a place that the account may see.

    Raises :class:`NotAllowed` for one that is none of its business, and for one that does
    not exist: who may not see a place does not learn of it. Every place: :class:`BadUsage`.
    """
    found: Place | None = places_of(role).select_related("profile").filter(pk=pk).first()
    if found is not None:
        return found
    if scope(role) is None:
        raise BadUsage(f"There is no place “{pk}”.")
    raise NotAllowed("This place belongs to another unit.")


def units_chosen(request: Any) -> tuple[Unit | None, Unit | None]:
    """Return territory and body as a form names them, or the account's own; never outside its unit.

    Raises :class:`NotAllowed` for a unit elsewhere, :class:`BadUsage` for none.
    """
    found: dict[str, Unit | None] = {}
    for tree in Unit.Tree.values:
        code = request.POST.get(tree, "").strip()
        found[tree] = units.named(code, tree) if code else None
    own = request.role.unit
    if own is not None:
        given = found[own.tree]
        if given is None:
            found[own.tree] = own
        elif given.pk not in units.below(own):
            raise NotAllowed("This unit is not below yours.")
    return found["territory"], found["body"]


def colleagues(role: Role) -> set[str]:
    """Return the names of the accounts of a role's unit and below it, its own with them."""
    own = {str(role.account.get_username())}
    if role.unit is None:
        return own
    within = Role.objects.filter(unit__in=units.below(role.unit))
    return own | set(within.values_list("account__username", flat=True))


def cases_of(role: Role) -> QuerySet[Case]:
    """Return the cases that an account may see: those opened within its unit."""
    if role.unit is None:
        return Case.objects.all()
    return Case.objects.filter(opened_by__in=colleagues(role))


def case_for(role: Role, pk: str) -> Case:
    """Return a case that the account may see; raises :class:`NotAllowed` for another unit's."""
    found = find_case(pk)
    if not cases_of(role).filter(pk=found.pk).exists():
        raise NotAllowed("This case belongs to another unit.")
    return found


def official(name: str, password: str) -> Role:
    """Return the role of an official who proved to be one; raises :class:`NotAllowed`."""
    account = authenticate(username=name, password=password)
    if not isinstance(account, User):
        raise NotAllowed("The account's name or password is wrong.")
    role = role_of(account)
    if role is None or role.kind != Role.Kind.OFFICIAL:
        raise NotAllowed("Cases are opened and approved by accounts of officials.")
    return role
