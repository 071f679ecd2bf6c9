"""A batch keeps what the bank writes beside its payments. Those that were claimed before keep what their
file said, by which it stays the same bytes."""

from django.db import migrations, models

FILLED = [
    "alter table payments_batch no force row level security",
    "alter table payments_batch disable trigger user",
    "update payments_batch set summary = scheme || ' ' || term where claim_id is not null",
    "alter table payments_batch enable trigger user",
    "alter table payments_batch force row level security",
]


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0004_joined_households'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='summary',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='batchhistory',
            name='summary',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
    ]
