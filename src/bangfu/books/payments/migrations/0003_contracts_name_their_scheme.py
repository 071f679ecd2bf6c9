"""Contracts that batches made before contracts had a scheme and a term get those of their batch.

As the owner, outside every scope and without their history: it is the same fact, told in its own columns.
"""

from django.db import migrations

TABLES = ("funds_contract", "funds_claim", "payments_batch")
OPENED = [f'alter table "{table}" no force row level security' for table in TABLES]
CLOSED = [f'alter table "{table}" force row level security' for table in TABLES]
FILLED = """
update funds_contract c set scheme = b.scheme, term = b.term
from funds_claim m join payments_batch b on b.claim_id = m.id
where m.contract_id = c.id and c.basis = 'roster' and c.scheme = ''
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_walls"), ("funds", "0011_contract_schemes")]

    operations = [
        migrations.RunSQL(
            [
                *OPENED,
                "alter table funds_contract disable trigger user",
                FILLED,
                "alter table funds_contract enable trigger user",
                *CLOSED,
            ],
            migrations.RunSQL.noop,
        )
    ]
