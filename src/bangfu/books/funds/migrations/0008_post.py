"""A posting is written and told in one call, and booked in fewer statements."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("funds", "0007_household_payments"), ("journal", "0001_initial")]

    operations = [
        migrations.RunSQL(
            (SQL / "0004_post.sql").read_text("utf-8"),
            "drop function funds_post(text, text, date, bigint, bigint, bigint, text, text,"
            " text[], text[], text[], bigint[], text, text, text, text)",
        ),
        migrations.RunSQL((SQL / "0005_book.sql").read_text("utf-8"), migrations.RunSQL.noop),
    ]
