"""The walls of contracts, claims and payments, the ties between them, and what guards them."""

from pathlib import Path

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

SQL = Path(__file__).parents[1] / "sql" / "0002_payments.sql"
WALLED = (
    "contract",
    "contracthistory",
    "release",
    "claim",
    "claimhistory",
    "claimpaper",
    "claimpaperhistory",
    "claimshare",
    "claimsharehistory",
    "payment",
    "recovery",
)
TIES = (
    ("contract", ["posting_id"], "funds_posting", ["id"]),
    ("release", ["contract_id"], "funds_contract", ["id"]),
    ("release", ["posting_id"], "funds_posting", ["id"]),
    ("claim", ["contract_id"], "funds_contract", ["id"]),
    ("claim", ["posting_id"], "funds_posting", ["id"]),
    ("claimpaper", ["claim_id"], "funds_claim", ["id"]),
    ("claimpaper", ["attachment_id"], "attachments_attachment", ["id"]),
    ("claimshare", ["claim_id"], "funds_claim", ["id"]),
    ("claimshare", ["line_id"], "funds_fundline", ["id"]),
    ("claimshare", ["payment_id"], "funds_payment", ["id"]),
    ("payment", ["claim_id"], "funds_claim", ["id"]),
    ("payment", ["posting_id"], "funds_posting", ["id"]),
    ("recovery", ["payment_id"], "funds_payment", ["id"]),
    ("recovery", ["posting_id"], "funds_posting", ["id"]),
    ("plan", ["amends_id"], "funds_plan", ["id"]),
    ("plan", ["notice_id"], "notices_notice", ["id"]),
)


class Migration(migrations.Migration):
    dependencies = [("funds", "0005_payments"), ("attachments", "0001_initial")]

    operations = [
        *(policies.walled(f"funds_{table}", classes=[DataClass.MONEY]) for table in WALLED),
        *(policies.tied(f"funds_{table}", *tie) for table, *tie in TIES),
        migrations.RunSQL(
            "alter table funds_contract add constraint funds_contract_project_county"
            " foreign key (project_id, place_code) references projects_project (id, county_code)",
            "alter table funds_contract drop constraint funds_contract_project_county",
        ),
        # A payment repeats who claimed and who checked: its own check tells the three people apart.
        migrations.RunSQL(
            "alter table funds_payment add constraint funds_payment_people"
            " foreign key (claim_id, claimed_by, checked_by)"
            " references funds_claim (id, claimed_by, checked_by)",
            "alter table funds_payment drop constraint funds_payment_people",
        ),
        policies.only_by_actor("funds_contract", "recorded_by"),
        policies.only_by_actor("funds_release", "released_by"),
        policies.only_by_actor("funds_claim", "claimed_by"),
        policies.only_by_actor("funds_payment", "paid_by"),
        policies.only_by_actor("funds_recovery", "recovered_by"),
        migrations.RunSQL(SQL.read_text("utf-8"), migrations.RunSQL.noop),
    ]
