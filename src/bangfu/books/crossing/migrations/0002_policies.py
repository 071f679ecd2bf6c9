"""The walls of what crosses them, and the functions that carry it across."""

from pathlib import Path

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

SQL = (Path(__file__).parents[1] / "sql" / "0002_crossing.sql").read_text("utf-8")
UNDO = """
drop trigger crossing_duplicates_in on households_person;
drop trigger crossing_duplicates_changed on households_person;
drop function crossing_note_duplicates();
drop function crossing_accept(bigint);
drop function crossing_narrow(text[]);
drop function crossing_widen();
drop function crossing_common(text, text);
"""


def between(table: str, receiver: str) -> list[migrations.RunSQL]:
    """The place a household leaves and the one that is to receive it see the offer; what the receiver
    answers is kept in the history too."""
    return [
        policies.walled(table, classes=[DataClass.PERSONS]),
        policies.also(table, "left", policies.in_scope("from_place")),
        policies.also(table, "receives", policies.in_scope("to_place"), command=receiver),
    ]


class Migration(migrations.Migration):
    dependencies = [("crossing", "0001_initial"), ("households", "0003_policies")]

    operations = [
        *between("crossing_moveoffer", "select"),
        *between("crossing_moveofferhistory", "all"),
        policies.also(
            "crossing_moveoffer", "answered", policies.in_scope("to_place"), command="update"
        ),
        policies.tied("crossing_moveoffer", ["household_no"], "households_household"),
        policies.walled("crossing_duplicate", classes=[DataClass.PERSONS]),
        policies.walled("crossing_duplicatehistory", classes=[DataClass.PERSONS]),
        migrations.RunSQL(
            SQL.replace("{to_place_in_scope}", policies.in_scope("to_place")), UNDO
        ),
    ]
