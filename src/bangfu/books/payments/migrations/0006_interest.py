"""Interest is held against its loan where who claims or pays sees no loan."""

from pathlib import Path

from django.db import migrations

INTEREST = Path(__file__).parents[1] / "sql" / "0003_interest.sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_batch_summary")]

    operations = [
        migrations.RunSQL(
            INTEREST.read_text("utf-8"), "drop function payments_interest(bigint[])"
        )
    ]
