"""A posting looks up what it names by key, whatever the planner believes of a scope."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0008_by_key.sql"


class Migration(migrations.Migration):
    dependencies = [("funds", "0012_contract_award")]

    operations = [migrations.RunSQL(SQL.read_text("utf-8"), migrations.RunSQL.noop)]
