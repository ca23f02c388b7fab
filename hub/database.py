"""Is the database ours, of this version, and are its keys here? One sentence when not."""

from __future__ import annotations

import datetime as dt

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from hub.errors import BadUsage
from hub.home import Home


def ready(home: Home) -> None:
    """Make the tables of a fresh database, and refuse one that this program cannot use."""
    from hub.retention.erasure import replay

    executor = _executor()
    if not executor.loader.applied_migrations:
        migrate(home)
    else:
        _refuse_newer(executor)
        if _behind(executor):
            with home.locked():  # perhaps another command is making the tables just now
                executor = _executor()
        if _behind(executor):
            raise BadUsage(
                "The database is of an older version of this program: run hub migrate "
                "(and keep a copy of it before)."
            )
        note_keys()
        # A database put back from a copy may bring back who was erased since.
        replay(home)


def migrate(home: Home) -> int:
    """Bring the tables to this version; returns how many steps that took."""
    with home.locked():
        executor = _executor()
        _refuse_newer(executor)
        steps = _behind(executor)
        if steps:
            call_command("migrate", verbosity=0, interactive=False)
        note_keys()
    return steps


def _executor() -> MigrationExecutor:
    try:
        return MigrationExecutor(connection)
    except DatabaseError as error:
        first = str(error).strip().splitlines()[0]
        raise BadUsage(f"The database cannot be used: {first}.") from error


def _behind(executor: MigrationExecutor) -> int:
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _refuse_newer(executor: MigrationExecutor) -> None:
    known = executor.loader.disk_migrations
    for app, name in executor.loader.applied_migrations:
        if app in executor.loader.migrated_apps and (app, name) not in known:
            raise BadUsage(
                f"The database is newer than this program (it has {app}.{name}): "
                "install the version that wrote it."
            )


def note_keys() -> None:
    """Refuse a database whose keys lie elsewhere; note new keys' ids in it, and tell kiosks."""
    from hub.intake.answers import ring
    from hub.intake.models import HubKey
    from hub.intake.transactions import durable
    from hub.trust.settings import newest_version, publish

    known = set(HubKey.objects.values_list("kid", flat=True))
    present = {kid: kind for kind, kids in ring().ids.items() for kid in kids}
    if known - set(present):
        raise BadUsage(
            "This database belongs to a hub whose keys are not in the keys folder: put the "
            "folder back from its escrow copy. New keys would leave every kiosk without receipts."
        )
    now = dt.datetime.now(dt.UTC)
    new = [HubKey(kid=k, kind=v, created=now) for k, v in present.items() if k not in known]
    if new:
        HubKey.objects.bulk_create(new, ignore_conflicts=True)
    if new or not newest_version():
        with durable():
            publish()
