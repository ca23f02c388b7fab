"""On PostgreSQL the entries lie in a partition for each day, so that a day goes as a whole."""

import datetime as dt

from django.db import migrations


def divide(_apps, schema_editor):
    """Put the one table's rows into daily partitions; its indexes become theirs."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE schemaname = current_schema() AND tablename = 'intake_entry'"
        )
        indexes = dict(cursor.fetchall())
        cursor.execute("ALTER TABLE intake_entry RENAME TO intake_entry_whole")
        for name in indexes:
            cursor.execute(f'ALTER INDEX "{name}" RENAME TO "{name}_whole"')
        cursor.execute(
            "CREATE TABLE intake_entry (LIKE intake_entry_whole INCLUDING DEFAULTS)"
            " PARTITION BY RANGE (day)"
        )
        # The ledger decides that an id is one; a partitioned table's key must name the day.
        cursor.execute("ALTER TABLE intake_entry ADD PRIMARY KEY (id, day)")
        for name, statement in indexes.items():
            if not name.endswith("_pkey"):
                cursor.execute(statement)
        cursor.execute("SELECT DISTINCT day FROM intake_entry_whole ORDER BY day")
        for (day,) in cursor.fetchall():
            cursor.execute(
                f"CREATE TABLE intake_entry_{day:%Y%m%d} PARTITION OF intake_entry"
                f" FOR VALUES FROM ('{day}') TO ('{day + dt.timedelta(days=1)}')"
            )
        cursor.execute("INSERT INTO intake_entry SELECT * FROM intake_entry_whole")
        cursor.execute("DROP TABLE intake_entry_whole")


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_boot_heard")]

    operations = [migrations.RunPython(divide, elidable=False)]
