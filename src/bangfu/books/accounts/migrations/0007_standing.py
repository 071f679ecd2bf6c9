"""Who asks, and what he holds, is one statement."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0001_standing.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_sampled_households"), ("places", "0002_successors")]

    operations = [
        migrations.RunSQL(
            SQL.read_text("utf-8"), "drop function if exists accounts_standing(text)"
        ),
    ]
