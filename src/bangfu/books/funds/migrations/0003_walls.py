"""The walls of the funds, the ties between their tables, and what guards the ledger."""

from pathlib import Path

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

LEDGER = Path(__file__).parents[1] / "sql" / "0001_ledger.sql"
UNDO = """
do $$ declare f regprocedure; begin
  for f in select oid from pg_proc where proname like 'funds\\_%' loop
    execute format('drop function %s cascade', f);
  end loop;
end $$
"""


def in_county(table: str) -> migrations.RunSQL:
    name = f"{table}_project_county"
    return migrations.RunSQL(
        f'alter table "{table}" add constraint "{name}" foreign key (project_id, place_code)'
        " references projects_project (id, county_code)",
        f'alter table "{table}" drop constraint "{name}"',
    )


class Migration(migrations.Migration):
    dependencies = [("funds", "0002_entries")]

    operations = [
        policies.walled("funds_fundline", classes=[DataClass.MONEY]),
        policies.walled("funds_fundlinehistory", classes=[DataClass.MONEY]),
        policies.walled("funds_sharerule", classes=[DataClass.MONEY]),
        policies.walled("funds_sharerulehistory", classes=[DataClass.MONEY]),
        policies.walled("funds_document", classes=[DataClass.MONEY]),
        policies.walled("funds_plan", classes=[DataClass.MONEY]),
        policies.walled("funds_planhistory", classes=[DataClass.MONEY]),
        policies.walled("funds_planitem", classes=[DataClass.MONEY]),
        policies.walled("funds_posting", classes=[DataClass.MONEY]),
        policies.walled("funds_entry", classes=[DataClass.MONEY]),
        policies.walled("funds_balance", classes=[DataClass.MONEY]),
        policies.walled("funds_head", classes=[DataClass.MONEY]),
        policies.walled("funds_link", classes=[DataClass.MONEY]),
        policies.walled("funds_monthseal", classes=[DataClass.MONEY]),
        policies.walled("funds_sealedhead", classes=[DataClass.MONEY]),
        policies.tied("funds_sharerule", ["line_id"], "funds_fundline", ["id"]),
        policies.tied("funds_plan", ["document_id"], "funds_document", ["id"]),
        policies.tied("funds_planitem", ["project_id"], "projects_project", ["id"]),
        policies.tied("funds_posting", ["document_id"], "funds_document", ["id"]),
        policies.tied("funds_posting", ["plan_id"], "funds_plan", ["id"]),
        policies.tied("funds_balance", ["line_id"], "funds_fundline", ["id"]),
        policies.tied("funds_head", ["line_id"], "funds_fundline", ["id"]),
        policies.tied("funds_head", ["posting_id"], "funds_posting", ["id"]),
        policies.tied("funds_link", ["posting_id"], "funds_posting", ["id"]),
        policies.tied("funds_link", ["line_id"], "funds_fundline", ["id"]),
        policies.tied("funds_sealedhead", ["seal_id"], "funds_monthseal", ["id"]),
        policies.tied("funds_sealedhead", ["line_id"], "funds_fundline", ["id"]),
        # The ledger is kept by county, a project lies in a village: tie to that county. Entries, which
        # come by the hundred thousand, are tied by the statement trigger that books them.
        in_county("funds_balance"),
        policies.only_by_actor("funds_posting", "actor"),
        policies.only_by_actor("funds_monthseal", "actor"),
        migrations.RunSQL(LEDGER.read_text("utf-8"), UNDO),
    ]
