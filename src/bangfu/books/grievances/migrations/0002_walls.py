"""The walls of grievances, and what the public role may do with them."""

from pathlib import Path

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.policies import setting
from bangfu.books.walls.scope import DataClass

SQL = Path(__file__).parents[1] / "sql" / "0002_public.sql"
UNDO = """
drop function grievances_places(text);
drop function grievances_file(
  text, text, text, text, text[], bytea, bytea, text, text, text, date);
drop function grievances_ask(text, text);
drop function grievances_appeal(text, text, text, date);
"""
# Whoever is complained about sees nothing of it, whatever else the role would show.
NOT_AGAINST = f"{setting('actor')} is not null and {setting('actor')} <> all(against)"


class Migration(migrations.Migration):
    dependencies = [
        ("grievances", "0001_initial"),
        ("notices", "0002_walls"),
        ("places", "0002_successors"),
        ("accounts", "0003_people_at_work"),
        ("journal", "0001_initial"),
    ]

    operations = [
        policies.walled("grievances_grievance", classes=[DataClass.PERSONS]),
        policies.walled("grievances_grievancehistory", classes=[DataClass.PERSONS]),
        policies.only("grievances_grievance", "not_against", NOT_AGAINST),
        policies.only("grievances_grievancehistory", "not_against", NOT_AGAINST),
        migrations.RunSQL(SQL.read_text("utf-8"), UNDO),
    ]
