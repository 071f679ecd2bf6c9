"""A person of a number that others have too is told with the nearest of them, no longer with each."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parents[1] / "sql" / "0003_nearest.sql").read_text("utf-8")


class Migration(migrations.Migration):
    dependencies = [("crossing", "0002_policies")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
