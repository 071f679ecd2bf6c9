"""Recorded papers keep a history, which a recount holds them against; it begins with those of today."""

import django.db.models.functions.comparison
from django.db import migrations, models

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

# The owner is held by the walls too: for this transaction it sees the money of every place.
EVERYWHERE = """
select set_config('app.lo', '0', true), set_config('app.hi', ':', true),
  set_config('app.classes', 'money', true)
"""
BEGIN = """
insert into funds_documenthistory (pgh_created_at, pgh_label, actor, request,
  id, place_code, number, title, issuer, issued_on, content_hash)
select now(), 'insert', 'migration', 'funds.0016',
  id, place_code, number, title, issuer, issued_on, content_hash
from funds_document
"""


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0015_in_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "actor",
                    models.TextField(
                        db_default=django.db.models.functions.comparison.NullIf(
                            models.Func(
                                models.Value("app.actor"),
                                models.Value(True),
                                function="current_setting",
                                output_field=models.TextField(),
                            ),
                            models.Value("", output_field=models.TextField()),
                        )
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        db_default=django.db.models.functions.comparison.Coalesce(
                            django.db.models.functions.comparison.NullIf(
                                models.Func(
                                    models.Value("app.reason"),
                                    models.Value(True),
                                    function="current_setting",
                                    output_field=models.TextField(),
                                ),
                                models.Value("", output_field=models.TextField()),
                            ),
                            models.Value("", output_field=models.TextField()),
                        )
                    ),
                ),
                (
                    "request",
                    models.TextField(
                        db_default=django.db.models.functions.comparison.NullIf(
                            models.Func(
                                models.Value("app.request"),
                                models.Value(True),
                                function="current_setting",
                                output_field=models.TextField(),
                            ),
                            models.Value("", output_field=models.TextField()),
                        )
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("place_code", models.CharField(max_length=12)),
                ("number", models.TextField()),
                ("title", models.TextField(blank=True, default="")),
                ("issuer", models.TextField(blank=True, default="")),
                ("issued_on", models.DateField()),
                ("content_hash", models.CharField(blank=True, default="", max_length=64)),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["place_code", "id"], name="funds_document_past")],
            },
        ),
        migrations.RunSQL([EVERYWHERE, BEGIN], migrations.RunSQL.noop),
        policies.walled("funds_documenthistory", classes=[DataClass.MONEY]),
    ]
