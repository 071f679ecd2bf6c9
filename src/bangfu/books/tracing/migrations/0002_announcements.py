"""Announcements are few; they are found without reading the postings of a county."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tracing", "0001_indexes")]

    operations = [
        migrations.RunSQL(
            "create index tracing_announcements on funds_posting (place_code, id)"
            " where kind = 'announce'",
            "drop index tracing_announcements",
        ),
    ]
