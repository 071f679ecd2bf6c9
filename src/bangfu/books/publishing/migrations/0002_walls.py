"""The walls of publications, and what the public role may read of them."""

from pathlib import Path

from django.db import migrations

from bangfu.books.walls import policies

SQL = Path(__file__).parents[1] / "sql"
ROWS = ("planpiece", "projectcopy", "contractcopy", "paymentcopy", "movementcopy", "resultcopy")
TABLES = ("publication", *ROWS)


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial"), ("journal", "0001_initial")]

    operations = [
        # What is public has no class of data: whoever reaches the place reads it.
        *(policies.walled(f"publishing_{table}") for table in TABLES),
        policies.walled("publishing_publicationhistory"),
        migrations.RunSQL(
            (SQL / "0002_public.sql").read_text("utf-8"),
            "".join(
                f"alter table publishing_{table} drop constraint publishing_{table}_no_number;"
                f"drop policy open on publishing_{table};"
                for table in reversed(TABLES)
            ),
        ),
    ]
