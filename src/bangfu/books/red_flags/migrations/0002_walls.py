"""The walls of red flags, and the tie that keeps a flag's rows where the flag is."""

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

TABLES = ("run", "flag", "flaghistory", "flagrow", "relation", "relationhistory")


class Migration(migrations.Migration):
    dependencies = [("red_flags", "0001_initial")]

    operations = [
        *(policies.walled(f"red_flags_{table}", classes=[DataClass.MONEY]) for table in TABLES),
        policies.tied("red_flags_flagrow", ["flag_id"], "red_flags_flag", ["id"]),
        policies.only_by_actor("red_flags_run", "ran_by"),
        policies.only_by_actor("red_flags_relation", "declared_by"),
    ]
