"""A household that others joined answers for what they had."""

from pathlib import Path

from django.db import migrations

JOINED = Path(__file__).parents[1] / "sql" / "0002_joined.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_contracts_name_their_scheme"),
        ("households", "0006_joined_from"),
    ]

    operations = [
        migrations.RunSQL(
            JOINED.read_text("utf-8"),
            "drop function payments_joined_once() cascade;"
            "drop function payments_former_numbers(text)",
        )
    ]
