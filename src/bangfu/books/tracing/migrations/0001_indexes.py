"""What a trace needs to find without reading the ledger: the few entries that announced a line's money."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("funds", "0006_payment_walls")]

    operations = [
        migrations.RunSQL(
            "create index tracing_announced on funds_entry (line_id) where stage = 'announced'",
            "drop index tracing_announced",
        ),
    ]
