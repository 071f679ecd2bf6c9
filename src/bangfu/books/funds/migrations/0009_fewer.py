"""A posting takes fewer statements.

The ties of links and of heads to their postings go: the function that writes them, and nobody else may,
has just read posting and lines, a posting is never deleted, and a line is kept by its head.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0006_fewer.sql"
TIES = (
    ("funds_head", "posting_id", "funds_posting"),
    ("funds_link", "posting_id", "funds_posting"),
    ("funds_link", "line_id", "funds_fundline"),
)


def untied(table: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{table}_{column}_place"
    return migrations.RunSQL(
        f'alter table "{table}" drop constraint "{name}"',
        f'alter table "{table}" add constraint "{name}" foreign key ({column}, place_code)'
        f' references "{parent}" (id, place_code) on update cascade',
    )


class Migration(migrations.Migration):
    dependencies = [("funds", "0008_post")]

    operations = [
        *(untied(*tie) for tie in TIES),
        migrations.RunSQL(SQL.read_text("utf-8"), migrations.RunSQL.noop),
    ]
