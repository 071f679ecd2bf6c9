"""Nobody spends on a day what came only after it, and no line has more cash than quota."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0009_in_time.sql"


class Migration(migrations.Migration):
    dependencies = [("funds", "0014_heads_without_index")]

    operations = [migrations.RunSQL(SQL.read_text("utf-8"), migrations.RunSQL.noop)]
