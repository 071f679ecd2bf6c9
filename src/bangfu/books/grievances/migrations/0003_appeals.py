"""Another person than who answered decides an appeal: held by the database itself."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0003_appeals.sql"
UNDO = """
drop function grievances_two_people() cascade;
drop function grievances_signed() cascade;
"""


class Migration(migrations.Migration):
    dependencies = [("grievances", "0002_walls"), ("accounts", "0003_people_at_work")]

    operations = [migrations.RunSQL(SQL.read_text("utf-8"), UNDO)]
