"""The walls of copies of draws, and what the public role may read of them."""

from pathlib import Path

from django.db import migrations

from bangfu.books.walls import policies

SQL = Path(__file__).parents[1] / "sql"
TABLES = ("drawcopy", "drawline")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0003_draws")]

    operations = [
        *(policies.walled(f"publishing_{table}") for table in TABLES),
        migrations.RunSQL(
            (SQL / "0003_draws.sql").read_text("utf-8"),
            "alter table publishing_drawline drop constraint publishing_drawline_no_number;"
            + "".join(f"drop policy open on publishing_{table};" for table in reversed(TABLES)),
        ),
    ]
