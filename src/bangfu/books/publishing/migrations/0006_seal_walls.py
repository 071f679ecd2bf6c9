"""The walls of copies of seals, and what the public role may read of them."""

from pathlib import Path

from django.db import migrations

from bangfu.books.walls import policies

SQL = Path(__file__).parents[1] / "sql"
TABLES = ("sealcopy", "headcopy")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0005_seals")]

    operations = [
        *(policies.walled(f"publishing_{table}") for table in TABLES),
        migrations.RunSQL(
            (SQL / "0005_seals.sql").read_text("utf-8"),
            "".join(f"drop policy open on publishing_{table};" for table in reversed(TABLES)),
        ),
    ]
