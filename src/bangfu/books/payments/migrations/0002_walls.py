"""The walls of payments, the people who may not be one, and what holds a batch together."""

from pathlib import Path

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

GUARDS = Path(__file__).parents[1] / "sql" / "0001_guards.sql"
UNDO = """
do $$ declare f regprocedure; begin
  for f in select oid from pg_proc where proname like 'payments\\_%' loop
    execute format('drop function %s cascade', f);
  end loop;
end $$
"""
OF_PERSONS = ("entitlement", "account", "loan", "repayment")
# The one who pays sees no household, but whom he pays; the one who checks sees the person too.
OF_BOTH = ("payment",)


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
        ("households", "0003_policies"),
        ("accounts", "0004_policies"),
        ("notices", "0001_initial"),
        ("funds", "0007_household_payments"),
    ]

    operations = [
        *(
            policies.walled(f"payments_{table}{history}", classes=[DataClass.PERSONS])
            for table in OF_PERSONS
            for history in ("", "history")
        ),
        *(
            policies.walled(
                f"payments_{table}{history}", classes=[DataClass.PERSONS, DataClass.MONEY]
            )
            for table in OF_BOTH
            for history in ("", "history")
        ),
        policies.walled("payments_stop", classes=[DataClass.PERSONS, DataClass.MONEY]),
        policies.walled("payments_batch", classes=[DataClass.MONEY]),
        policies.walled("payments_batchhistory", classes=[DataClass.MONEY]),
        policies.tied("payments_account", ["household_no"], "households_household"),
        policies.tied("payments_loan", ["household_no"], "households_household"),
        policies.tied("payments_repayment", ["loan_id"], "payments_loan", ["id"]),
        policies.tied("payments_batch", ["claim_id"], "funds_claim", ["id"]),
        policies.tied("payments_batch", ["payment_id"], "funds_payment", ["id"]),
        policies.only_by_actor("payments_entitlement", "applied_by"),
        policies.only_by_actor("payments_batch", "made_by"),
        migrations.RunSQL(GUARDS.read_text("utf-8"), UNDO),
    ]
